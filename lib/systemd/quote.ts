import { refuse, refuseMatch } from "../values/check";
import { absolutePath } from "../values/path";
import { byteLength, checkText, isNormal } from "../values/text";
import { checkVariableName } from "./names";
import { checkValue } from "./text";

/** MAX_ARG_STRLEN of Linux without the final NUL: execve(2) takes no longer argument or variable. */
const LONGEST_STRING = 131_071;

/** PATH_MAX without the final NUL, and NAME_MAX. */
const LONGEST_PATH = 4_095;
const LONGEST_PATH_PART = 255;

/** Escapes with a letter that systemd reads inside quotes; all other control characters go by number. */
const LETTERS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What is special inside the double quotes of the directive at hand. */
export interface QuoteOptions {
  /** Whether `$` begins a variable there: it does in Exec lines, it does not in Environment=. */
  readonly dollar: boolean;
}

/**
 * Text that stands for itself between double quotes: for the literal parts of a word whose other parts are not known
 * yet. Specifiers are doubled, quotes, backslashes and control characters escaped (systemd.syntax(7), "Quoting").
 *
 * @param prop names the value in errors
 */
export function escapeInsideQuotes(prop: string, text: string, options: QuoteOptions): string {
  checkText(prop, text);
  const special = isNormal(text) ? /(?![\x80-\x9f])\p{Cc}/gu : /\p{Cc}|\P{ASCII}/gu;
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/%/g, "%%")
    .replace(special, (character) => LETTERS[character] ?? hexadecimal(character));
  return options.dollar ? escaped.replace(/\$/g, "$$$$") : escaped;
}

/**
 * One argument of an Exec line, which arrives as it is: `$` and `%` doubled, in quotes where it needs them
 * (systemd.service(5), "Command lines").
 *
 * @param prop names the value in errors
 */
export function execWord(prop: string, text: string): string {
  checkStringLength(prop, text);
  return quoteIfNeeded(text, escapeInsideQuotes(prop, text, { dollar: true }));
}

/**
 * The first word of an Exec line: an absolute path. systemd refuses quotes, backslashes and control characters in it
 * (262 also glob characters), and reads a `$` in two ways: literally to find the program, as a variable to name it.
 *
 * @param prop names the value in errors
 */
export function execPath(prop: string, path: string): string {
  checkPath(prop, path);
  refuseMatch(
    prop,
    path,
    /["'\\]/,
    "a quote or a backslash, which systemd does not allow in a program's path",
  );
  refuseMatch(prop, path, /[*?[]/, "'*', '?' or '[', which systemd does not allow in a program's path");
  refuseMatch(prop, path, /\$/, "'$', which systemd does not take literally in a program's path");
  if (path.endsWith("/")) refuse(prop, "be a program, not a directory", path);
  return quoteIfNeeded(path, escapeInsideQuotes(prop, path, { dollar: false }));
}

/**
 * One assignment of Environment=, in quotes where it needs them. `$` has no meaning there (systemd.exec(5)).
 *
 * @param prop names the value in errors
 */
export function environmentAssignment(prop: string, name: string, value: string): string {
  checkVariableName(prop, name);
  const assignment = `${name}=${value}`;
  checkStringLength(prop, assignment);
  return quoteIfNeeded(assignment, escapeInsideQuotes(prop, assignment, { dollar: false }));
}

/**
 * The value of a directive that takes one absolute path, such as WorkingDirectory=, PIDFile= and ListenStream=.
 * systemd reads neither quotes nor escapes there, so a path that would need them is refused.
 *
 * @param prop names the value in errors
 */
export function pathValue(prop: string, path: string): string {
  checkPath(prop, path);
  checkNoParent(prop, path);
  const value = path.replace(/%/g, "%%");
  checkValue(prop, value);
  return value;
}

/**
 * The value of a directive that takes a pattern, for one path and no other: EnvironmentFile= reads glob(7) patterns,
 * and a backslash takes their meaning away.
 *
 * @param prop names the value in errors
 */
export function patternValue(prop: string, path: string): string {
  checkPath(prop, path);
  checkNoParent(prop, path);
  const value = path.replace(/[*?[\\]/g, "\\$&").replace(/%/g, "%%");
  checkValue(prop, value);
  return value;
}

function hexadecimal(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Quotes are left away where there is nothing to hold together; a lone `;` would end the command. */
function quoteIfNeeded(text: string, escaped: string): string {
  return /^$|^;$|[\s"'\\\p{Cc}]/u.test(text) || escaped.includes("\\") ? `"${escaped}"` : escaped;
}

function checkStringLength(prop: string, text: string): void {
  if (text.length * 3 <= LONGEST_STRING || byteLength(text) <= LONGEST_STRING) return;
  refuse(prop, `be at most ${LONGEST_STRING} bytes long, as Linux has it`, text);
}

function checkPath(prop: string, path: string): void {
  const parts = absolutePath(prop, path).split("/");
  if (byteLength(path) > LONGEST_PATH || parts.some((part) => byteLength(part) > LONGEST_PATH_PART)) {
    refuse(prop, `be at most ${LONGEST_PATH} bytes long, ${LONGEST_PATH_PART} in each part`, path);
  }
}

/** systemd ignores a path with `..` in it, and with it the directive. */
function checkNoParent(prop: string, path: string): void {
  if (path.split("/").includes("..")) refuse(prop, "be without '..'", path);
}
