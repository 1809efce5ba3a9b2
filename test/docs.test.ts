import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = join(__dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

const SCRIPTS = readdirSync(join(ROOT, "lib/runtime"))
  .filter((file) => file.endsWith(".sh"))
  .map((file) => read(`lib/runtime/${file}`))
  .join("\n");

/** The messages in the first column of the tables about our own script, cut where they differ from run to run. */
function ownMessages(): string[] {
  const [, tables = ""] = read("docs/troubleshooting.md").split("## What the script on the host says");
  const cells = [...tables.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell]) => cell as string);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`(.*?)`/g)].flatMap(([, text]) => (text as string).split(" … ")),
  );
}

test.each(ownMessages())("the scripts say what the docs explain: %s", (message) => {
  expect(SCRIPTS).toContain(message);
});

/** The heading's anchor, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

const DOCUMENTS = [
  "README.md",
  "CHANGELOG.md",
  ...readdirSync(join(ROOT, "docs")).map((file) => `docs/${file}`),
];
const LINKS = DOCUMENTS.flatMap((file) =>
  [...read(file).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path, heading]) => ({
    ...{ file, path: path as string, heading },
  })),
);

test.each(LINKS)("$file links to what is there: $path#$heading", ({ file, path, heading }) => {
  const target = path === "" ? file : join(dirname(file), path);
  expect(existsSync(join(ROOT, target))).toBe(true);
  if (heading === undefined) return;
  const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, text]) => anchor(text as string));
  expect(headings).toContain(heading);
});
