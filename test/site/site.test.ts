/** The site is made of what GitHub shows: each page is in it, is found in it, and says what is true. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { apiEntries, apiPages } from "../../site/api";
import { deadLinks } from "../../site/check";
import { mapProse, relink } from "../../site/links";
import { pages } from "../../site/pages";
import { stepsOf } from "../../site/pictures/one-apply";
import { MOMENTS, UNITS } from "../../site/pictures/overlap";
import { pictures } from "../../site/pictures/pictures";
import { CHAPTERS } from "../../site/sidebar";

const ROOT = join(__dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const paths = pages().map(({ path }) => path);

describe("the sidebar", () => {
  const named = CHAPTERS.flatMap(({ pages }) => Object.keys(pages)).map((page) => `${page}.md`);

  test("has each page, but for those of single examples and names of the API", () => {
    const single = /^(api|examples)\/(?!index)/;
    expect(paths.filter((path) => !named.includes(path) && !single.test(path))).toEqual([]);
  });

  test("has each once", () => {
    expect(named.filter((path, i) => named.indexOf(path) < i)).toEqual([]);
  });
});

describe("the reference", () => {
  const entries = apiEntries(read("API.md"));

  test("has a page for each name of API.md", () => {
    const names = [...read("API.md").matchAll(/^### (\w+) /gm)].map(([, name]) => name);
    expect(entries.map(({ name }) => name)).toEqual(names);
    expect(paths).toEqual(expect.arrayContaining(names.map((name) => `api/${name}.md`)));
  });

  test("links from page to page", () => {
    const [, page] = apiPages(
      '# API\n\n## Structs <a name="x" id="x"></a>\n\n### A <a name="A" id="cdktf-puma.A"></a>\n\n' +
        '#### B <a name="b" id="cdktf-puma.A.b"></a>\n\n<code><a href="#cdktf-puma.A.b">b</a></code> <a href="#cdktf-puma.C">C</a>\n',
    );
    expect(page?.text).toBe(
      "# A {:#cdktf-puma.A}\n\n## B {:#cdktf-puma.A.b}\n\n<code>[b](./A.md#cdktf-puma.A.b)</code> C\n",
    );
  });
});

test.each([
  ["docs/guide.md", "[plans](plan.md#one)", "[plans](./plan.md#one)"],
  ["docs/guide.md", "[two\nwords](../CHANGELOG.md)", "[two\nwords](./changelog.md)"],
  ["docs/guide.md", "[it](../examples/rails.ts)", "[it](./examples/rails.md)"],
  ["docs/guide.md", "[a test](../test/x.test.ts)", "a test"],
  ["docs/guide.md", "[`a[0]`](https://example.org/x)", "[`a[0]`](https://example.org/x)"],
  ["docs/ci/github.md", "[it](../ci.md)", "[it](../ci.md)"],
  ["README.md", "[it](docs/guide.md) ![p](docs/pictures/p.svg)", "[it](./guide.md) ![p](./pictures/p.svg)"],
  ["CHANGELOG.md", "[it](API.md)", "[it](./api/index.md)"],
])("%s: %s", (file, link, inSite) => {
  expect(relink(link, file, undefined)).toBe(inSite);
});

test("a link to what is no page leads to the repository, where it is known", () => {
  expect(relink("[it](../test/x.ts#L1)", "docs/guide.md", "https://git.example.org/a/b")).toBe(
    "[it](https://git.example.org/a/b/blob/HEAD/test/x.ts#L1)",
  );
});

test("what stands in fences is no link", () => {
  const fence = "\n```md\n[a](b.md)\n```\n";
  expect(mapProse(`a${fence}a`, (prose) => prose.replaceAll("a", "o"))).toBe(`o${fence}o`);
});

describe("what leads nowhere in the built site", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-site-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const page = (file: string, body: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `<html><body>${body}</body></html>`);
  };

  test("is told: pages, anchors, pictures, and what is not below the site's path", () => {
    page("index.html", '<a href="/base/a/b.html#here">b</a> <a href="/base/">top</a> <a href="#top">top</a>');
    page(
      "a/b.html",
      '<h2 id="here"></h2><a href="../index.html">up</a> <a href="/base/a/b">clean</a> <img src="p.svg">',
    );
    page(
      "a/index.html",
      '<a class="x" href="/a/b.html">b</a> <a href="/base/c.html">c</a> <a href="https://example.org">e</a>',
    );
    expect(deadLinks(folder, "/base/").sort()).toEqual([
      "a/b.html: p.svg",
      "a/index.html: /a/b.html",
      "a/index.html: /base/c.html",
      "index.html: #top",
    ]);
  });
});

describe("pictures", () => {
  test.each(Object.keys(pictures()))("%s shows what there is: npm run docs:pictures", (name) => {
    const file = `docs/pictures/${name}`;
    expect(existsSync(join(ROOT, file)) && read(file)).toBe(pictures()[name]);
  });

  test("that of an apply has all its steps", () => {
    const steps = stepsOf(read("docs/architecture.md"));
    expect(steps).toHaveLength(13);
    expect(
      [...(pictures()["one-apply.svg"] as string).matchAll(/>\d+\. (\w+)</g)].map(([, name]) => name),
    ).toEqual(steps);
  });

  test("that of an overlap has the order in which the host does it", () => {
    const [, body = ""] =
      /^replace_behind_standin\(\) \{([^]*?)^\}/m.exec(read("lib/runtime/restart.sh")) ?? [];
    const done = [/start_standin/, /restart_units/, /wait_until_serving/, /end_candidate standin/].map(
      (step) => body.search(step),
    );
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done).not.toContain(-1);
    expect(MOMENTS.slice(2)).toEqual(["stand-in starts", "restart", "Puma answers", "stand-in leaves"]);
    const standin = UNITS["web-standin"]?.[0];
    const boots = UNITS["web.service"]?.find(({ words }) => words === "boots");
    expect([standin?.from, boots?.from, boots?.to, standin?.to]).toEqual([2, 3, 4, 5]);
  });
});

describe("the first page", () => {
  const page = read("docs/index.md");
  const evidence = read("docs/evidence.md");

  test("has the README's example, unit, plan and output", () => {
    const blocks = [...page.matchAll(/^```(\w+)\n[^]*?^```$/gm)];
    expect(blocks.map(([, language]) => language)).toEqual(["ts", "ini", "text", "text"]);
    for (const [block] of blocks) expect(read("README.md")).toContain(block);
  });

  test("has figures of evidence.md", () => {
    const restarts = [
      ...evidence.matchAll(/of all rows: (\S+) \/ (\S+) with\s`DeferAcceptSec=1`, (\S+) \/ (\S+)\swithout/g),
    ];
    expect(restarts).toHaveLength(4);
    const sum = (i: number): string =>
      restarts.reduce((all, row) => all + Number(row[i]?.replaceAll(",", "")), 0).toLocaleString("en");
    expect(sum(1)).toBe("0");
    const said = `none of ${sum(2)}; the same service without \`DeferAcceptSec=1\` lost ${sum(3)} beside ${sum(4)} that were answered`;
    expect(page).toContain(said);
    const median = (row: string): string =>
      new RegExp(`^\\| ${row} \\|.*\\| (\\S+) \\|$`, "m").exec(evidence)?.[1] ?? "none";
    expect(page).toContain(
      `| ${median("cdktf-puma")} s, and ${median("cdktf-puma, nothing to do")} s where there is nothing to do; one ssh for each host, all at once: ${median("by hand")} s |`,
    );
    expect(page).toContain(`| ${/^\| 50 \| 3 \| (.*) \|$/m.exec(evidence)?.[1]} |`);
  });
});
