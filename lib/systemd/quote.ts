import { byteLength, checkCharacters, isNormal } from "../values/characters";
import { checkTokenString, checkWithout } from "../values/check";
import { isToken, mapPieces } from "../values/marker";
import { absolutePath } from "../values/path";
import { type PropPath } from "../values/prop-path";
import { checkValue } from "./line";
import { checkVariableName } from "./names";

/** MAX_ARG_STRLEN of Linux without the final NUL: execve(2) takes no longer argument or variable. */
const LONGEST_STRING = 131_071;

/** PATH_MAX without the final NUL, and NAME_MAX. */
const LONGEST_PATH = 4_095;
const LONGEST_PATH_PART = 255;

/** Escapes with a letter that systemd reads inside quotes; all other control characters go by number. */
const LETTERS: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What is special inside the double quotes of the directive at hand. */
interface QuoteOptions {
  /** Whether `$` begins a variable there: it does in Exec lines, it does not in Environment=. */
  readonly dollar: boolean;
}

/**
 * One argument of an Exec line, which arrives as it is: `$` and `%` doubled, in quotes where it needs them
 * (systemd.service(5), "Command lines"). The marker of a token stays what it is, between quotes: who knows the value
 * quotes it.
 *
 * @param at the place that errors name
 */
export function execWord(at: PropPath, text: string): string {
  return quoted(at, checkTokenString(at, text), { dollar: true });
}

/**
 * The first word of an Exec line: an absolute path. systemd refuses quotes, backslashes and control characters in it
 * (262 also glob characters), and reads a `$` in two ways: literally to find the program, as a variable to name it.
 *
 * @param at the place that errors name
 */
export function execPath(at: PropPath, path: string): string {
  checkPath(at, path);
  checkWithout(
    at,
    path,
    /["'\\]/,
    "a quote or a backslash, which systemd does not allow in a program's path",
  );
  checkWithout(at, path, /[*?[]/, "'*', '?' or '[', which systemd does not allow in a program's path");
  checkWithout(at, path, /\$/, "'$', which systemd does not take literally in a program's path");
  if (path.endsWith("/")) at.refuse("be a program, not a directory", path);
  return quoteIfNeeded(path, escapeInsideQuotes(at, path, { dollar: false }));
}

/**
 * One assignment of Environment=, in quotes where it needs them. `$` has no meaning there (systemd.exec(5)). The marker
 * of a token stays what it is, between quotes.
 *
 * @param at the place that errors name
 */
export function environmentAssignment(at: PropPath, name: string, value: string): string {
  checkTokenString(at, value);
  checkVariableName(at, name);
  return quoted(at, `${name}=${value}`, { dollar: false });
}

/**
 * The value of a directive that takes one absolute path, such as WorkingDirectory=, PIDFile= and ListenStream=.
 * systemd reads neither quotes nor escapes there, so a path that would need them is refused.
 *
 * @param at the place that errors name
 */
export function pathValue(at: PropPath, path: string): string {
  checkPath(at, path);
  checkNoParent(at, path);
  const value = path.replace(/%/g, "%%");
  checkValue(at, value);
  return value;
}

/**
 * The value of a directive that takes a pattern, for one path and no other: EnvironmentFile= reads glob(7) patterns,
 * and a backslash takes their meaning away.
 *
 * @param at the place that errors name
 */
export function patternValue(at: PropPath, path: string): string {
  checkPath(at, path);
  checkNoParent(at, path);
  const value = path.replace(/[*?[\\]/g, "\\$&").replace(/%/g, "%%");
  checkValue(at, value);
  return value;
}

function quoted(at: PropPath, text: string, options: QuoteOptions): string {
  const literal = (piece: string): string => escapeInsideQuotes(at, piece, options);
  const escaped = mapPieces(text, literal, (marker) => marker);
  if (isToken(text)) return `"${escaped}"`;
  checkStringLength(at, text);
  return quoteIfNeeded(text, escaped);
}

/** Specifiers are doubled, quotes, backslashes and control characters escaped (systemd.syntax(7), "Quoting"). */
function escapeInsideQuotes(at: PropPath, text: string, options: QuoteOptions): string {
  checkCharacters(at, text);
  const special = isNormal(text) ? /(?![\x80-\x9f])\p{Cc}/gu : /\p{Cc}|\P{ASCII}/gu;
  const escaped = text
    .replace(/["\\]/g, "\\$&")
    .replace(/%/g, "%%")
    .replace(special, (character) => LETTERS[character] ?? hexadecimal(character));
  return options.dollar ? escaped.replace(/\$/g, "$$$$") : escaped;
}

function hexadecimal(character: string): string {
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Quotes are left away where there is nothing to hold together; a lone `;` would end the command. */
function quoteIfNeeded(text: string, escaped: string): string {
  return /^$|^;$|[\s"'\\\p{Cc}]/u.test(text) || escaped.includes("\\") ? `"${escaped}"` : escaped;
}

function checkStringLength(at: PropPath, text: string): void {
  if (text.length * 3 <= LONGEST_STRING || byteLength(text) <= LONGEST_STRING) return;
  at.refuse(`be at most ${LONGEST_STRING} bytes long, as Linux has it`, text);
}

function checkPath(at: PropPath, path: string): void {
  const parts = absolutePath(at, path).split("/");
  if (byteLength(path) > LONGEST_PATH || parts.some((part) => byteLength(part) > LONGEST_PATH_PART)) {
    at.refuse(`be at most ${LONGEST_PATH} bytes long, ${LONGEST_PATH_PART} in each part`, path);
  }
}

/** systemd ignores a path with `..` in it, and with it the directive. */
function checkNoParent(at: PropPath, path: string): void {
  if (path.split("/").includes("..")) at.refuse("be without '..'", path);
}
