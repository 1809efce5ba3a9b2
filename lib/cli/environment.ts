import { unquote } from "../systemd/unquote";
import { PropPath } from "../values/prop-path";
import { expand, type UnitName } from "./specifiers";
import { type Line } from "./unit";

/** An assignment of Environment=. */
export interface Variable {
  readonly line: Line;
  readonly name: string;
  readonly value: string;
  /** Why it cannot be a prop. */
  readonly problem?: string;
}

const SECRET_NAME =
  /SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIAL|(MASTER|API|PRIVATE|ACCESS|ENCRYPTION|SIGNING|LICENSE)_?KEY/i;
const SECRET_VALUE = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@]*:[^\s/@]+@/i;

/** Whether a variable's value is for nobody to read. */
export function isSecret(name: string, value: string): boolean {
  return value !== "" && (SECRET_NAME.test(name) || SECRET_VALUE.test(value));
}

/** The assignments of Environment=, with the specifiers put in. */
export function variablesOf(lines: readonly Line[], unit: UnitName): Variable[] {
  return lines.flatMap((line) =>
    unquote(PropPath.of(line.name), line.value).map(({ text }) => variable(line, text, unit)),
  );
}

function variable(line: Line, word: string, unit: UnitName): Variable {
  const { text, unknown } = expand(word, unit);
  const [, name, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    return { line, name: text, value: "", problem: "is no assignment, and systemd ignores it" };
  const problem = unknown.length > 0 ? `only a host knows what ${unknown.join(" and ")} is` : undefined;
  return { line, name, value, problem };
}

/** A text without the secrets that are assigned in it, are in its URLs, or are Puma's own. */
export function withoutSecrets(text: string): string {
  return text
    .replace(ASSIGNMENT, (all, name: string, value: string) => (isSecret(name, value) ? `${name}=…` : all))
    .replace(/(--control-token[= ]+)(?!none\b)[^\s'"]+/g, "$1…")
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]*:[^\s/@'"]+@/gi, "$1…@");
}

const ASSIGNMENT = /\b([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;&|'"]+)/g;

/** A line of a unit as it may be shown. */
export function shown({ name, value }: Pick<Line, "name" | "value">): string {
  if (name === "SetCredential") return `${name}=${value.replace(/:.*/, ":…")}`;
  return `${name}=${name === "Environment" ? shownAssignments(value) : withoutSecrets(value)}`;
}

function shownAssignments(value: string): string {
  const words = unquote(PropPath.of("Environment"), value).map(
    ({ text }) => /^([^=]*)=(.*)$/s.exec(text) ?? [],
  );
  if (!words.some(([, name = "", assigned = ""]) => isSecret(name, assigned))) return value;
  return words
    .map(([word, name = "", assigned = ""]) => (isSecret(name, assigned) ? `${name}=…` : (word ?? "")))
    .map((word) => (/\s/.test(word) ? JSON.stringify(word) : word))
    .join(" ");
}
