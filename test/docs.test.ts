import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { anchor } from "../site/links";
import { markdownIn } from "../site/pages";
import { PARTS } from "../lib/runtime/parts";
import { messagesInTables, messagesOf, unknownSpeakers } from "./messages";
import { broken, host, launcher, stopper } from "./runtime/scripts";

const ROOT = join(__dirname, "..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

describe("docs/messages.md", () => {
  const scripts = readdirSync(join(ROOT, "lib/runtime")).filter((file) => file.endsWith(".sh"));
  const printed = [...new Set(scripts.flatMap((file) => messagesOf(read(`lib/runtime/${file}`))))].sort();
  const [, ours = ""] =
    /^## What the script on the host prints$(.*?)^## /ms.exec(read("docs/messages.md")) ?? [];
  const explained = messagesInTables(ours).sort();

  test("explains every message that a host's scripts print", () => {
    expect(printed.filter((message) => !explained.includes(message))).toEqual([]);
  });

  test("explains no message that they do not print", () => {
    expect(explained.filter((message) => !printed.includes(message))).toEqual([]);
  });

  test("explains each once", () => {
    expect(explained.filter((message, i) => explained.indexOf(message) < i)).toEqual([]);
  });
});

test("each function that prints a message which it is given is known to do so", () => {
  expect([host, launcher, stopper].flatMap(unknownSpeakers)).toEqual([]);
});

test.each([
  ["all words", 'say "$*"'],
  ["the first, after others", 'problem "here too: ${1:-}"'],
  ["by way of another", 'hint "$@"', "}", "hint() {", 'fail "$@"'],
])("a new one is told that hands on %s", (_, ...lines) => {
  const calls = ["caller() {", 'tell "some words for $PUMA_HOST"', "}"];
  expect(unknownSpeakers(broken("main.sh", ...calls, "tell() {", ...lines, "}"))).toEqual(["tell"]);
});

test("docs/architecture.md has the parts of the host's script in their order", () => {
  const [listed = ""] = /`run` →[^]*?`main`/.exec(read("docs/architecture.md")) ?? [];
  expect(listed.match(/[a-z-]+/g)).toEqual([...PARTS]);
});

test("docs/architecture.md names files that there are", () => {
  const folders = ["lib", "lab", "test", "scripts", "bench"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map(
      (file) => `/${folder}/${file}`,
    ),
  );
  const named = read("docs/architecture.md").match(/(?<=`)[\w/-]+\.(?:ts|mjs)(?=`)/g) ?? [];
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});

test.each([
  ["say", `say "$unit: installing"`, ["installing"]],
  ["words without quotes at the end", `step "$*: no longer wanted" && true`, ["no longer wanted"]],
  ["nested quotes", `problem "no '$(recorded "$1" owner | tr '\\n' ' ')' ('name')"`, ["no '…' ('name')"]],
  ["arithmetic", `problem "about $((used / 1024)) MB"`, ["about … MB"]],
  ["an assignment", `work=none complaint="Puma ended: $1"`, ["Puma ended"]],
  ["printf", `printf '%s changed: %s' "$1" "$2"`, ["changed"]],
  ["printf of one string", `printf '%s\\n' "waiting \${pause}s for it"`, ["waiting …s for it"]],
  ["Ruby's abort", `abort "no answer within #{seconds} seconds" if late`, ["no answer within … seconds"]],
  ["a comment", `# say "no word of this"`, []],
  ["what is not said", `printf %s "$reason"; say "$*"; say_more "some words"`, []],
])("a message is found in %s", (_, script, messages) => {
  expect(messagesOf(script)).toEqual(messages);
});

const DOCUMENTS = [...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"], ...markdownIn("docs")];
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
