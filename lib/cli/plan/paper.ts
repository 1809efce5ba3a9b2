import { printable } from "../terminal/lines";
import { table } from "../terminal/table";
import { type ChangedLine } from "./line-difference";

/** How something is written for people. What comes of a plan is anybody's, and is nothing but text wherever it stands. */
export interface Paper {
  /** A name, a value or a line of others, within a sentence. */
  code(text: string): string;
  strong(sentence: string): string;
  heading(text: string): string;
  table(head: readonly string[], rows: readonly (readonly string[])[]): string;
  list(items: readonly string[]): string;
  /** Changed lines, under what they are of. */
  difference(parts: readonly { readonly sentence: string; readonly lines: readonly ChangedLine[] }[]): string;
}

/** Beyond which a block is folded. */
const FOLDED_FROM = 40;

/** The longest line of a unit that is shown whole. */
const LONGEST = 500;

/** The most characters that the lines of one service take: a comment has room for two of them. */
const MOST_LINES = 25_000;

/** Markdown, as GitHub and GitLab read it. */
export const MARKDOWN: Paper = {
  code: (text) => {
    const shown = printable(text);
    const fence = "`".repeat(longestRun(shown) + 1);
    // Spaces keep a backtick at an edge apart from the fence, and are dropped by whoever renders it; no text is no end of it.
    return /^`|`$|^ .* $|^$/.test(shown) ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`;
  },
  strong: (sentence) => `**${sentence}**`,
  heading: (text) => `### ${text}`,
  table: (head, rows) =>
    [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n"),
  list: (items) => items.map((item) => `- ${item}`).join("\n"),
  difference: (parts) => {
    const lines = linesOf(parts);
    const fence = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
    const block = `${fence}diff\n${lines.join("\n")}\n${fence}`;
    if (lines.length <= FOLDED_FROM) return block;
    return `<details><summary>${lines.length} lines</summary>\n\n${block}\n\n</details>`;
  },
};

/** For a terminal. */
export const TEXT: Paper = {
  code: printable,
  strong: (sentence) => sentence,
  heading: (text) => text,
  table: (head, rows) => {
    const columns = head.map((name) => ({ head: name.toUpperCase() }));
    return indented(
      table(
        columns,
        rows.map((cells) => ({ cells })),
      )
        .trimEnd()
        .split("\n"),
    );
  },
  list: indented,
  difference: (parts) => indented(linesOf(parts)),
};

/** A bar ends a cell, even in code, unless an odd number of backslashes is before it. */
function cell(text: string): string {
  return text.replace(/(\\*)\|/g, "$1$1\\|");
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}

function linesOf(parts: Parameters<Paper["difference"]>[0]): string[] {
  return firstLines(
    MOST_LINES,
    parts.flatMap(({ sentence, lines }) => [
      `@@ ${printable(sentence)} @@`,
      ...lines.map(({ sign, text }) => `${sign}${shortened(printable(text))}`),
    ]),
  );
}

/** The first of the lines, and how many more there are. */
function firstLines(most: number, lines: readonly string[]): string[] {
  let size = 0;
  const shown = lines.filter((line) => (size += line.length + 1) <= most);
  const left = lines.length - shown.length;
  return left === 0 ? shown : [...shown, `@@ ${left} more ${left === 1 ? "line" : "lines"} @@`];
}

function shortened(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}… (${line.length} characters)` : line;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
