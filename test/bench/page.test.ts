import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { table, withPart } from "../../bench/page";

const DOCS = join(__dirname, "../../docs");

test("a part comes at the end of a page, and takes its own place when it is measured anew", () => {
  const one = withPart("# Page\n", "one", "first figures");
  const both = withPart(one, "two", "others");
  expect(withPart(both, "one", "second figures")).toBe(
    "# Page\n\n<!-- one -->\n\nsecond figures\n\n<!-- end of one -->\n\n<!-- two -->\n\nothers\n\n<!-- end of two -->\n",
  );
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
