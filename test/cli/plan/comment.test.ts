/** The comment that a plan makes: it holds what is anybody's, and no more than there is room for. And the command. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { said, summary } from "./called";
import { plan, removal, service } from "./plans";

const HOT = "web.service: restarts Puma (hot)";

describe("what is anybody's text", () => {
  const HOSTILE = "`x` | <b>@all</b> ```` **\n# heading\n```\n</details>\u001b[31m\u202e";

  test("stays within a code span or a fence", async () => {
    const text = await said([
      ...service({
        hosts: ["web1"],
        before: { [HOT]: ["A=1"] },
        after: { [HOT]: [HOSTILE], [`${HOSTILE}: ${HOSTILE}`]: [HOSTILE] },
      }),
    ]);
    const fence = /^(`{3,})diff\n([^]*?)\n\1$/m.exec(text);
    expect(fence?.[1]).toBe("`````");
    expect(fence?.[2]).toContain("+`x` | <b>@all</b> ```` **?# heading?```?</details>?[31m?");
    const outside = text.replace(fence?.[0] ?? "", "").replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "CODE");
    expect(outside).not.toMatch(/[<@](?!!--)|\bheading\b|details/);
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });

  test.each(["|", "\\|", "\\\\|"])("is no row and no cell of its own by %s", async (bar) => {
    const drift = "a | b";
    const sentence = `web.service: restarts Puma <img src=x> ${bar} y`;
    const text = await said(
      service({
        hosts: ["web1"],
        after: { [sentence]: [] },
        triggers: { drift: [undefined, drift], "web.service": ["a", "b"] },
      }),
    );
    expect(text).toMatch(/^\| `web1` \| `restarts Puma <img src=x> .* y` \|$/m);
    // A backslash takes what follows it, another one too.
    for (const row of text.match(/^\|.*$/gm) ?? [])
      expect(row.replace(/\\./g, "").split("|")).toHaveLength(4);
    expect(text).toContain("- Changed by hand on `web1`: `a | b`");
    expect(text).not.toMatch(/^[^`@]*<img/m);
  });
});

test("what is sensitive is not shown, and that it changes is; nor is what only an apply knows", async () => {
  const [review, ...others] = service({
    hosts: ["web1"],
    before: { [HOT]: ["A=secret-1", "B=same"] },
    after: { [HOT]: ["A=secret-2", "B=same"] },
    triggers: { "web.service": ["a", "b"] },
  }) as { change: object }[];
  const marked = { triggers_replace: { [HOT]: [true, false] } };
  const hidden = {
    ...review,
    change: { ...review?.change, before_sensitive: marked, after_sensitive: marked },
  };
  const text = await said([hidden, ...others]);
  expect(text).toContain(`@@ ${HOT} @@\n-(sensitive value)\n+(another sensitive value)\n`);
  expect(text).not.toContain("secret-");
  const unknown = {
    ...review,
    change: { ...review?.change, after_unknown: { triggers_replace: { [HOT]: [true, false] } } },
  };
  expect(await said([unknown, ...others])).toContain("-A=secret-1\n+(known after apply)\n");
});

test("what comes to be sensitive is hidden as it was before, and its place in the list is no change", async () => {
  const [review, ...others] = service({
    hosts: ["web1"],
    before: { [HOT]: ["A=token", "B=1", "C=secret"] },
    after: { [HOT]: ["N=1", "A=token", "B=2", "C=secret"] },
    triggers: { "web.service": ["a", "b"], drift: ["token", "another"] },
  }) as { change: object }[];
  const marked = {
    ...review?.change,
    before_sensitive: { triggers_replace: { [HOT]: [false, false, true] } },
    after_sensitive: { triggers_replace: { [HOT]: [false, true, false, true] } },
  };
  const [gone, installation] = others;
  const drift = { ...installation?.change, after_sensitive: { triggers: { drift: true } } };
  const changes = [{ ...review, change: marked }, gone as object, { ...installation, change: drift }];
  const text = await said(changes);
  expect(text).toContain(`@@ ${HOT} @@\n+N=1\n-B=1\n+B=2\n\`\`\``);
  expect(text).toContain("Changed by hand on `web1`: `(another sensitive value)`");
  expect(text).not.toMatch(/token|secret/);
});

test("an installation of which nothing else is known is no empty plan", async () => {
  const [, , installation] = service({
    hosts: ["web1"],
    after: { [HOT]: [] },
    triggers: { release: ["1", "2"] },
  });
  const text = await said([installation as object]);
  expect(text).toContain("**1 installation changes of which this plan says too little: it is of another");
  expect(text).not.toContain("Nothing changes");
});

describe("a long plan", () => {
  const hosts = Array.from({ length: 2000 }, (_, i) => `web${i + 1}`);

  const changes = service({
    hosts,
    before: { [HOT]: [] },
    after: { [HOT]: Array.from({ length: 3000 }, (_, i) => `Environment=${"x".repeat(60)}${i}`) },
    triggers: { "web.service": ["a", "b"] },
  });

  test("shows the first lines of a service, and how many more there are", async () => {
    const text = await said(changes);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("**Puma restarts on 2000 hosts.**");
    expect(text).toContain("| … | 1960 more rows |  |");
    expect(text).toMatch(/^\+Environment=x{60}32\d$/m);
    const shown = text.match(/^\+Environment/gm)?.length ?? 0;
    expect(text).toContain(`\n@@ ${3000 - shown} more lines @@\n\`\`\``);
    expect(text).not.toContain("Left away");
  });

  test("stays below what GitHub takes, and says what is left away", async () => {
    const { out } = await summary(["a", "b", "c"].map(() => plan(changes)));
    expect(out.length).toBeLessThan(65_536);
    expect(out).toContain("Left away of this plan: 1 part, as a comment holds 65,536 characters");
    expect(out.match(/^```/gm)).toHaveLength(4);
  });

  test("names twenty hosts of a row", async () => {
    const changes = service({ hosts, after: { [HOT]: [] }, triggers: { "web.service": ["a", "b"] } });
    const { configuration } = JSON.parse(plan([])) as { configuration: object };
    const references = hosts.map((host) => ({
      address: `null_resource.puma_web_on_${host}`,
      expressions: { triggers: { references: ["local.puma_web_triggers"] } },
    }));
    const text = await said(changes, {
      configuration: { ...configuration, root_module: { resources: references } },
    });
    expect(text).toContain("`web20` and 1980 more | restarts Puma (hot) |");
  });
});

test("several plans are told one after another, each under its stack, in one comment", async () => {
  const one = (owner: string): string => plan(service({ hosts: ["web1"], after: { [HOT]: [] }, owner }));
  const { out } = await summary([one("blog"), one("shop/staging")]);
  expect(out.match(/^###.*$/gm)).toEqual(["### Puma: plan of `blog`", "### Puma: plan of `shop/staging`"]);
  expect(out.match(/<!-- cdktf-puma summary -->/g)).toHaveLength(1);
});

describe("the command", () => {
  const removed = plan([removal("web", "web3", 2, "blog", { actions: ["delete"], after: null })]);

  test("fails on a removal where it is asked to", async () => {
    expect((await summary([removed])).code).toBe(0);
    expect(await summary([removed], "--fail-on-removal")).toMatchObject({
      ...{ code: 3, err: "", out: expect.stringContaining("Removed: `web` on `web3`") as string },
    });
    expect((await summary([plan([])], "--fail-on-removal")).code).toBe(0);
  });

  test("says that a plan is not whole, and fails", async () => {
    const { code, out } = await summary([plan([], { errored: true })]);
    expect([code, out]).toEqual([
      1,
      expect.stringContaining("**The engine failed: this plan is not whole.**"),
    ]);
  });

  test.each([
    [
      "what is no JSON, without a word of it",
      '{"before": TOKEN}',
      /^cdktf-puma: (?!.*TOKEN).*plan\d+\.json: is not what 'terraform show -json PLAN' prints/,
    ],
    [
      "a state",
      '{"format_version":"1.0","values":{}}',
      /is not what 'terraform show -json PLAN' prints: make PLAN by/,
    ],
    ["no object", "null", /is not what 'terraform show -json PLAN' prints/],
  ])("refuses %s", async (_, text, message) => {
    const { code, err } = await summary([text]);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });

  test("refuses a file that is not there, and a format that it has not", async () => {
    expect((await summary([], "none.json")).err).toMatch(/^cdktf-puma: none\.json: ENOENT/);
    expect((await summary([], "--format", "html")).code).toBe(2);
  });

  test("waits for an engine that takes its time", async () => {
    const input = new PassThrough();
    jest.spyOn(process, "stdin", "get").mockReturnValue(input as unknown as typeof process.stdin);
    const said = summary([]);
    setImmediate(() => input.end(removed));
    expect((await said).out).toContain("Removed: `web` on `web3`");
  });

  test("reads standard input where no file is named, and writes for a terminal", () => {
    const command = join(__dirname, "../cdktf-puma.ts");
    const words = ["--import", "tsx", command, "summary", "--format", "text"];
    const text = execFileSync(process.execPath, words, { input: removed, encoding: "utf8" });
    expect(text).toBe("Puma: plan of blog\n\nRemoved from 1 host.\n\n  Removed: web on web3 at 10.0.1.13\n");
    const { status, stderr } = spawnSync(process.execPath, words, { input: "", encoding: "utf8" });
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("cdktf-puma: standard input: is not what 'terraform show"),
    ]);
  });
});
