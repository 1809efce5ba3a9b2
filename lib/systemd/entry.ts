import { checkOneLine } from "../values/characters";
import { checkWithout } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { checkLineLength, checkValue } from "./line";

/** `Name=value`, the continuation lines joined. An empty value resets a list. */
export interface Directive {
  readonly kind: "directive";
  readonly name: string;
  readonly value: string;
}

/** A line of comment, with the `#` or `;` that begins it. */
export interface Comment {
  readonly kind: "comment";
  readonly text: string;
}

/** An empty line. */
export interface Blank {
  readonly kind: "blank";
}

/** What a line of a unit file says, section headers aside. */
export type Entry = Directive | Comment | Blank;

/** A section header with what follows it up to the next; the first block of a file has no header. */
export interface Block {
  readonly name?: string;
  readonly entries: Entry[];
}

/** The entry of an empty line. */
export const BLANK: Blank = Object.freeze({ kind: "blank" });

/** An entry `name=value`, of a name and a value that come back the same from systemd's parser. */
export function directive(at: PropPath, name: string, value: string): Directive {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
    at.refuse("have a name of letters, digits, '-', '_' and '.'", name);
  }
  checkValue(at, value);
  checkLineLength(at, `${name}=${value}`);
  return Object.freeze({ kind: "directive", name, value });
}

/** An entry for a line of comment that begins with its marker. */
export function comment(at: PropPath, text: string): Comment {
  // systemd does not look at a comment's characters: only what would end the line matters here.
  checkWithout(at, text, /[\0\r\n]/, "NUL or a line break");
  checkWithout(at, text, /\p{Cs}/u, "a lone surrogate");
  checkLineLength(at, text);
  return Object.freeze({ kind: "comment", text });
}

/** Refuses a section name that would not come back the same, or that can only be a slip. */
export function checkSectionName(at: PropPath, name: string): void {
  checkOneLine(at, name);
  if (!/^[A-Za-z0-9_.-]([A-Za-z0-9_. -]*[A-Za-z0-9_.-])?$/.test(name)) {
    at.refuse("be a section's name without brackets: letters, digits, '-', '_', '.'", name);
  }
}
