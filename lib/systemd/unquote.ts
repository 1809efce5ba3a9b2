import { type PropPath } from "../values/prop-path";

/** A word of a directive's value, without the quotes and escapes that it was written with. */
export interface Word {
  readonly text: string;
  /** Whether it had any: a plain `;` ends a command, a quoted one is an argument. */
  readonly isQuoted: boolean;
}

const WHITE_SPACE = " \t\r\n";

const LETTERS: Readonly<Record<string, string>> = {
  ...{ a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", s: " " },
  ...{ "\\": "\\", '"': '"', "'": "'" },
};

const HEX = "[0-9a-fA-F]";

/** A letter, a byte in two hexadecimal or three octal digits, a character in four or eight hexadecimal ones. */
const ESCAPE = new RegExp(
  `\\\\(?:([abfnrtvs\\\\"'])|x(?!00)(${HEX}{2})|(?!000)([0-3][0-7]{2})|u(?!0{4})(${HEX}{4})|U(?!0{8})(${HEX}{8}))`,
  "y",
);

/**
 * The words of a value that systemd splits at white space: an Exec line, Environment= (systemd.syntax(7), "Quoting";
 * extract_first_word() in its sources). An escape that it does not know stays as it is, as systemd leaves it.
 *
 * @param at the place that errors name
 * @throws if a quote is not closed, which makes systemd ignore the line
 */
export function unquote(at: PropPath, text: string): Word[] {
  const words: Word[] = [];
  for (let i = skipWhiteSpace(text, 0); i < text.length;) {
    const { word, end } = wordAt(at, text, i);
    words.push(word);
    i = skipWhiteSpace(text, end);
  }
  return words;
}

function skipWhiteSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && WHITE_SPACE.includes(text[i])) i++;
  return i;
}

function wordAt(at: PropPath, text: string, from: number): { word: Word; end: number } {
  const pieces: Buffer[] = [];
  let [i, quote, isQuoted] = [from, "", false];
  while (i < text.length && (quote !== "" || !WHITE_SPACE.includes(text[i]))) {
    const character = String.fromCodePoint(text.codePointAt(i) as number);
    const isMark = quote === "" ? `"'`.includes(character) : character === quote;
    const escape = character === "\\" ? escapeAt(text, i) : undefined;
    if (isMark) quote = quote === "" ? character : "";
    else pieces.push(escape?.bytes ?? Buffer.from(character));
    isQuoted ||= isMark || escape !== undefined;
    i += escape?.length ?? character.length;
  }
  if (quote !== "") at.refuse(`close the ${quote} that it opens`, text);
  return { word: { text: Buffer.concat(pieces).toString(), isQuoted }, end: i };
}

/** Of one that systemd does not know, the backslash and what follows it, white space too. */
function escapeAt(text: string, from: number): { bytes: Buffer; length: number } {
  ESCAPE.lastIndex = from;
  const match = ESCAPE.exec(text);
  if (match === null) {
    const kept = text.slice(from, from + 1 + String.fromCodePoint(text.codePointAt(from + 1) ?? 0).length);
    return { bytes: Buffer.from(kept), length: kept.length };
  }
  const [{ length }, letter, hex, octal, ...points] = match;
  const point = points.find((digits) => digits !== undefined);
  if (letter !== undefined) return { bytes: Buffer.from(LETTERS[letter]), length };
  if (point !== undefined) return { bytes: Buffer.from(String.fromCodePoint(parseInt(point, 16))), length };
  return { bytes: Buffer.of(hex === undefined ? parseInt(octal, 8) : parseInt(hex, 16)), length };
}
