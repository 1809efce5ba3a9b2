/** The reference of the public names, API.md, with a page for each: as one page it is too long to be used. */
import { type Page } from "./pages";

/** A public name of the reference. */
export interface ApiEntry {
  readonly name: string;
  /** The heading under which it stands: `Constructs`, `Structs`, … */
  readonly group: string;
  readonly text: string;
}

/** A heading as jsii-docgen writes it: its words, and the anchor that it is linked by. */
const HEADING = /^(#+) (.*?) <a name="[^"]*" id="([^"]*)"><\/a>$/;

export function apiEntries(api: string): ApiEntry[] {
  const [, ...groups] = api.split(/^## /m);
  return groups.flatMap((text) => {
    const [first = "", ...entries] = text.split(/^### /m);
    const group = first.replace(/ <a .*/s, "");
    return entries.map((entry) => ({ group, name: entry.replace(/ <a .*/s, ""), text: `### ${entry}` }));
  });
}

/** The pages of the reference: a list of all names, and one of each. */
export function apiPages(api: string): Page[] {
  const entries = apiEntries(api);
  return [contents(entries), ...entries.map((entry) => pageOfEntry(entry, entries))];
}

function contents(entries: readonly ApiEntry[]): Page {
  const groups = [...new Set(entries.map(({ group }) => group))].map((group) => {
    const rows = entries
      .filter((one) => one.group === group)
      .map((one) => `| [${one.name}](./${one.name}.md) | ${summary(one)} |`);
    return `## ${group}\n\n| name | what it is |\n| --- | --- |\n${rows.join("\n")}\n`;
  });
  const introduction =
    "Every public name, with its parameters, defaults and an example, as its docstrings say it.";
  return { path: "api/index.md", text: `# API\n\n${introduction}\n\n${groups.join("\n")}` };
}

/** The first sentence of what is said of a name, unless nothing is. */
function summary({ text }: ApiEntry): string {
  const [, line = ""] = /^### .*\n+([^\n#*`-].*)$/m.exec(text) ?? [];
  return line;
}

function pageOfEntry({ name, text }: ApiEntry, entries: readonly ApiEntry[]): Page {
  const lines = text.split("\n").map((line) => {
    const [, marks, words, id] = HEADING.exec(line) ?? [];
    return marks === undefined
      ? relinkEntry(line, entries)
      : `${marks.slice(2)} ${words.replace("<sup>", " <sup>")} {:#${id}}`;
  });
  return { path: `api/${name}.md`, text: lines.join("\n") };
}

/** A line with its links to other names made links to their pages. */
function relinkEntry(line: string, entries: readonly ApiEntry[]): string {
  return line.replace(/<a href="#cdktf-puma\.([^".]+)([^"]*)">([^<]*)<\/a>/g, (_, name, rest, words) =>
    entries.some((one) => one.name === name) ? `[${words}](./${name}.md#cdktf-puma.${name}${rest})` : words,
  );
}
