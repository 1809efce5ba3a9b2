import { refuse, refuseMatch } from "../values/check";
import { checkOneLine } from "../values/text";
import { checkLineLength, checkValue } from "./text";

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
export function directive(prop: string, name: string, value: string): Directive {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name)) {
    refuse(prop, "have a name of letters, digits, '-', '_' and '.'", name);
  }
  checkValue(prop, value);
  checkLineLength(prop, `${name}=${value}`);
  return Object.freeze({ kind: "directive", name, value });
}

/** An entry for a line of comment that begins with its marker. */
export function comment(prop: string, text: string): Comment {
  // systemd does not look at a comment's characters: only what would end the line matters here.
  refuseMatch(prop, text, /[\0\r\n]/, "NUL or a line break");
  refuseMatch(prop, text, /\p{Cs}/u, "a lone surrogate");
  checkLineLength(prop, text);
  return Object.freeze({ kind: "comment", text });
}

/** Refuses a section name that would not come back the same, or that can only be a slip. */
export function checkSectionName(prop: string, name: string): void {
  checkOneLine(prop, name);
  if (!/^[A-Za-z0-9_.-]([A-Za-z0-9_. -]*[A-Za-z0-9_.-])?$/.test(name)) {
    refuse(prop, "be a section's name without brackets: letters, digits, '-', '_', '.'", name);
  }
}
