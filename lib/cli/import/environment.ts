import { isSecret, withoutSecretValues } from "../../puma/secrets";
import { sectionsWith } from "../../systemd/directives";
import { expand, type UnitName } from "../../systemd/specifiers";
import { unquote } from "../../systemd/unquote";
import { PropPath } from "../../values/prop-path";
import { type Line } from "./unit";

/** An assignment of Environment=. */
export interface Variable {
  readonly line: Line;
  readonly name: string;
  readonly value: string;
  /** Why it cannot be a prop. */
  readonly problem?: string;
}

/** The assignments of Environment=, with the specifiers put in. */
export function variablesOf(lines: readonly Line[], unit: UnitName): Variable[] {
  return lines.flatMap((line) => {
    const words = wordsOf(line.value);
    return words.map((word) => variable(line, word, unit, hidesStrays(words)));
  });
}

function wordsOf(value: string): string[] {
  return unquote(PropPath.of("Environment"), value).map(({ text }) => text);
}

/** Whether words that are no assignment may be what is left of a secret: `API_KEY = hidden`, `PASSWORD=two hidden`. */
function hidesStrays(words: readonly string[]): boolean {
  return words.some((word) => isSecret(word.replace(/[=:].*/s, ""), "…"));
}

function variable(line: Line, word: string, unit: UnitName, hides: boolean): Variable {
  const { text, unknown } = expand(word, unit);
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!name || value === undefined) {
    const problem = "is no assignment, and systemd ignores it";
    return { line, name: hides ? "…" : text, value: "", problem };
  }
  const problem = unknown.length > 0 ? `only a host knows what ${unknown.join(" and ")} is` : undefined;
  return { line, name, value, problem };
}

const WORD = `(?:"[^"]*"|'[^']*'|[^\\s'"\\\\]+)`;

/** Up to where a shell's word may end, or systemd's, to which `;` and the like are letters. */
const WHOLE_WORD = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;&|'"\\]|[;&|](?=[^\s;&|]))+`;

/** `NAME=value`, in quotes as a whole or not, and `NAME: value`, as a slip or a header has it. */
const ASSIGNMENT = new RegExp(
  String.raw`(["'])([A-Za-z_]\w*)=((?:(?!\1)(?:[^\\]|\\.))*)|\b([A-Za-z_]\w*)(=|:\s+)(${WHOLE_WORD})`,
  "gs",
);

/** Options whose value is a secret, those with which programs are told a password by a letter among them. */
const OPTION = new RegExp(
  `(--(?!no-)[\\w-]*(?:password|passwd|passphrase|secret|token|api-?key)(?:=|[\\s"',]+)` +
    `|\\b(?:pumactl\\b.*?\\s-T|redis-cli\\b.*?\\s-a|curl\\b.*?\\s(?:-u|--user(?![\\w-])))[\\s"',=]*)(?!-|none\\b)${WORD}`,
  "gi",
);

/** A text without the secrets that are assigned in it, are values of its options, or tell themselves. */
export function withoutSecrets(text: string): string {
  return withoutSecretValues(text).replace(OPTION, "$1…").replace(ASSIGNMENT, withoutSecret);
}

function withoutSecret(
  _: string,
  quote = "",
  quoted: string | undefined,
  inQuotes = "",
  ...[plain = "", sign = "=", word = ""]: string[]
): string {
  const [name, value] = quoted === undefined ? [plain, word] : [quoted, inQuotes];
  const shown = isSecret(name, value) ? "…" : value.replace(ASSIGNMENT, withoutSecret);
  return `${quote}${name}${sign}${shown}`;
}

/** A line of a unit as it may be shown. */
export function shown({ name, value }: Pick<Line, "name" | "value">): string {
  if (name === "SetCredential") return `${name}=${value.replace(/:.*/, ":…")}`;
  if (sectionsWith(name).length === 0 && isSecret(name, value)) return `${name}=…`;
  return `${name}=${name === "Environment" ? shownAssignments(value) : withoutSecrets(value)}`;
}

function shownAssignments(value: string): string {
  const words = wordsOf(value);
  const safe = shownWords(value);
  return safe.every((word, i) => word === words[i])
    ? value
    : safe.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(" ");
}

/** The words of Environment= as they may be shown, without quotes. */
export function shownWords(value: string): string[] {
  const words = wordsOf(value);
  const hides = hidesStrays(words);
  return words.map((word) => {
    const [, name = "", assigned] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    if (name === "" || assigned === undefined) return hides ? "…" : word;
    return isSecret(name, assigned) ? `${name}=…` : word;
  });
}
