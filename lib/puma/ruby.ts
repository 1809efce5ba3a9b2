import { checkCharacters } from "../values/characters";
import { checkString } from "../values/check";
import { type PropPath } from "../values/prop-path";

const LETTERS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * A string as a literal of Ruby, which is exactly that string whatever is in it. In ASCII alone: what a Ruby takes the bytes of a
 * file for depends on the locale of its process.
 */
export function rubyString(at: PropPath, text: string): string {
  checkCharacters(at, checkString(at, text));
  const escaped = text
    .replace(/["\\#]/g, "\\$&")
    .replace(/[^\x20-\x7e]/gu, (character) => LETTERS[character] ?? codePoint(character));
  return `"${escaped}"`;
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** A list of strings. */
export function rubyStrings(at: PropPath, texts: readonly string[]): string {
  return `[${texts.map((text, i) => rubyString(at.index(i), text)).join(", ")}]`;
}
