import { UnitFile } from "../../lib/systemd/unit-file";

/**
 * What systemd reads in a unit file, one line for each assignment, `[Section] Name=value`. Written apart from the
 * library's parser, to judge it by.
 */
export function reading(text: string): string[] {
  const lines = text
    .replace("\uFEFF", "")
    .replace(/\r\n?|\n\r/g, "\n")
    .split("\n");
  const uncommented = lines.filter((line) => !/^[ \t]*[#;]/.test(line)).join("\n");
  const joined = uncommented.replace(/(?<!\\)((?:\\\\)*)\\(?:\n|$)/g, "$1 ").split("\n");
  const assignments: string[] = [];
  let section = "";
  for (const line of joined) {
    const [, header] = /^[ \t]*\[(.*)\][ \t]*$/.exec(line) ?? [];
    const [, name, value] = /^[ \t]*([^=]*?)[ \t]*=[ \t]*([^]*?)[ \t]*$/.exec(line) ?? [];
    if (header !== undefined) section = header;
    else if (name !== undefined) assignments.push(`[${section}] ${name}=${value}`);
  }
  return assignments;
}

/**
 * Parses and renders a unit file, and says what then differs: to what systemd reads in it, or from the model that the
 * rendered file parses to. Undefined where nothing does.
 */
export function roundTrips(text: string): string | undefined {
  const file = UnitFile.parse(text);
  const rendered = file.toString();
  const again = UnitFile.parse(rendered);
  return (
    difference("systemd reads", reading(text), reading(rendered)) ??
    difference("the model holds", assignmentsOf(file), reading(text)) ??
    difference("the model is", [JSON.stringify(file._header)], [JSON.stringify(again._header)]) ??
    difference("the model is", file._sections.map(toJson), again._sections.map(toJson)) ??
    difference("the file is", rendered.split("\n"), again.toString().split("\n"))
  );
}

const toJson = (value: unknown) => JSON.stringify(value);

function assignmentsOf(file: UnitFile): string[] {
  return file._sections.flatMap(({ name, entries }) =>
    entries.flatMap((entry) =>
      entry.kind === "directive" ? [`[${name}] ${entry.name}=${entry.value}`] : [],
    ),
  );
}

function difference(what: string, before: string[], after: string[]): string | undefined {
  const length = Math.max(before.length, after.length);
  const index = Array.from({ length }, (_, i) => i).find((i) => before[i] !== after[i]);
  return index === undefined ? undefined : `${what} ${toJson(before[index])}, then ${toJson(after[index])}`;
}
