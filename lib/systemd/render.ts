import type { Block, Entry } from "./entry";

/** The lines of a unit file, without line breaks. Entries were checked when they were made: none yields two lines. */
export function renderLines(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ name, entries }) => [
    ...(name === undefined ? [] : [`[${name}]`]),
    ...entries.map(renderEntry),
  ]);
}

function renderEntry(entry: Entry): string {
  switch (entry.kind) {
    case "directive":
      return `${entry.name}=${entry.value}`;
    case "comment":
      return entry.text;
    case "blank":
      return "";
  }
}
