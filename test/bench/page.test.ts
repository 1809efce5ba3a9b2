import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { Page, table, withPart } from "../../bench/page";

const DOCS = join(__dirname, "../../docs");

test("a part comes at the end of a page, and takes its own place when it is measured anew", () => {
  const one = withPart("# Page\n", "one", "first figures");
  const both = withPart(one, "two", "others");
  expect(withPart(both, "one", "second figures")).toBe(
    "# Page\n\n<!-- one -->\n\nsecond figures\n\n<!-- end of one -->\n\n<!-- two -->\n\nothers\n\n<!-- end of two -->\n",
  );
});

test("a page stays as it was where it cannot be written whole", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-page-"));
  const file = join(folder, "page.md");
  const page = new Page(relative(DOCS, file), "# Page\n");
  try {
    page.write("one", "first figures", "npm run bench");
    expect(readdirSync(folder)).toEqual(["page.md"]);
    const before = readFileSync(file, "utf8");
    expect(before).toMatch(/^# Page\n\n<!-- one -->\n\nfirst figures\n\n`npm run bench`, ended /);
    // Stands for whatever ends it in the midst.
    mkdirSync(`${file}.new`);
    expect(() => page.write("one", "second figures", "npm run bench")).toThrow();
    expect(readFileSync(file, "utf8")).toBe(before);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("figures of a table stand at the right", () => {
  expect(table(["", "hosts"], [["ssh", "20"]])).toBe("|  | hosts |\n| --- | ---: |\n| ssh | 20 |");
});

test("the benchmarks show each chart that there is, and no other", () => {
  const page = readFileSync(join(DOCS, "benchmarks.md"), "utf8");
  const shown = [...page.matchAll(/!\[[^\]]+\]\(charts\/([^)]+)\)/g)].map(([, file]) => file);
  const folder = join(DOCS, "charts");
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.sort()).toEqual(existsSync(folder) ? readdirSync(folder).sort() : []);
});
