/** White space that systemd strips from both ends of a line, a name and a value: no other (systemd.syntax(7)). */
const EDGES = /^[ \t]+|[ \t]+$/g;

/** The longest line that systemd reads, its continuations included: LONG_LINE_MAX without the line break. */
const LONGEST_LINE = 1_048_575;

/** An error that says which prop, what is asked of it, and what it was given. */
export function invalid(prop: string, demand: string, value: string): Error {
  const shown = value.length > 80 ? `${value.slice(0, 77)}...` : value;
  return new Error(`${prop}: ${demand}, got ${JSON.stringify(shown)}`);
}

/** Refuses `value` where `pattern` finds something in it. */
export function refuse(prop: string, value: string, pattern: RegExp, what: string): void {
  if (pattern.test(value)) throw invalid(prop, `must not contain ${what}`, value);
}

/** Strips what systemd strips. JavaScript's trim() takes more, a no-break space for one. */
export function strip(text: string): string {
  return text.replace(EDGES, "");
}

/** Length in the bytes that systemd and the kernel count. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Whether systemd would join this line with the next: it ends with a backslash that no other backslash escapes. */
export function isContinued(line: string): boolean {
  const backslashes = /\\*$/.exec(line)?.[0].length ?? 0;
  return backslashes % 2 === 1;
}

/**
 * Refuses what no unit file can carry, escaped or not. systemd's UTF-8 check rejects Unicode's noncharacters
 * (U+FDD0 to U+FDEF, and the last two of each plane), and with them the whole file.
 */
export function checkText(prop: string, text: string): void {
  refuse(prop, text, /\0/, "NUL");
  refuse(prop, text, /\p{Cs}/u, "a lone surrogate");
  refuse(prop, text, /\p{Noncharacter_Code_Point}/u, "a Unicode noncharacter");
}

/** Whether a text stays as it is where Terraform, which keeps all text in Unicode's normal form C, passes it on. */
export function isNormal(text: string): boolean {
  // Whatever stands before it could compose with a mark at its beginning, an "=" too.
  return text.normalize("NFC") === text && !/^\p{M}/u.test(text);
}

/** Refuses what Terraform would alter on its way. */
export function checkNormal(prop: string, text: string): void {
  if (isNormal(text)) return;
  throw invalid(prop, "must be in Unicode's normal form C, which Terraform would change it to", text);
}

/** Refuses what would end the line: systemd takes LF and CR, alone or together, for a line break. */
export function checkOneLine(prop: string, text: string): void {
  checkText(prop, text);
  refuse(prop, text, /[\r\n]/, "a line break");
}

/** Refuses what would not come back the same from a line `name=value`. */
export function checkValue(prop: string, value: string): void {
  checkOneLine(prop, value);
  if (strip(value) !== value) throw invalid(prop, "must not begin or end with white space", value);
  if (isContinued(value)) throw invalid(prop, "must not end with a backslash", value);
}

/** Refuses a line that systemd would not read to its end. */
export function checkLineLength(prop: string, line: string): void {
  // Three bytes are the most that UTF-8 takes for one UTF-16 unit.
  if (line.length * 3 <= LONGEST_LINE || byteLength(line) <= LONGEST_LINE) return;
  throw invalid(prop, `must not be longer than ${LONGEST_LINE} bytes in one line`, line);
}
