import { byteLength, checkOneLine } from "../values/characters";
import { type PropPath } from "../values/prop-path";

/** White space that systemd strips from both ends of a line, a name and a value: no other (systemd.syntax(7)). */
const EDGES = /^[ \t]+|[ \t]+$/g;

/** The longest line that systemd reads, its continuations included: LONG_LINE_MAX without the line break. */
const LONGEST_LINE = 1_048_575;

/** Strips what systemd strips. JavaScript's trim() takes more, a no-break space for one. */
export function strip(text: string): string {
  return text.replace(EDGES, "");
}

/** Whether systemd would join this line with the next: it ends with a backslash that no other backslash escapes. */
export function isContinued(line: string): boolean {
  const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

/** Refuses what would not come back the same from a line `name=value`. */
export function checkValue(at: PropPath, value: string): void {
  checkOneLine(at, value);
  if (strip(value) !== value) at.refuse("not begin or end with white space", value);
  if (isContinued(value)) at.refuse("not end with a backslash", value);
}

/** Refuses a line that systemd would not read to its end. */
export function checkLineLength(at: PropPath, line: string): void {
  // Three bytes are the most that UTF-8 takes for one UTF-16 unit.
  if (line.length * 3 <= LONGEST_LINE || byteLength(line) <= LONGEST_LINE) return;
  at.refuse(`not be longer than ${LONGEST_LINE} bytes in one line`, line);
}
