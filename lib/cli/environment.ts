import { isSecret, withoutSecretValues } from "../puma/secrets";
import { expand, type UnitName } from "../systemd/specifiers";
import { unquote } from "../systemd/unquote";
import { PropPath } from "../values/prop-path";
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

const WORD = `(?:"[^"]*"|'[^']*'|[^\\s'"\\\\]+)`;
const ASSIGNMENT = /\b([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s;&|'"]+)/g;

/** Options whose value is a secret, those of `pumactl` among them. */
const OPTION = new RegExp(
  `(--(?!no-)[\\w-]*(?:password|passwd|passphrase|secret|token|api-?key)(?:=|[\\s"',]+)|\\bpumactl\\b.*?\\s-T[\\s"',]*)(?!-|none\\b)${WORD}`,
  "gi",
);

/** A text without the secrets that are assigned in it, are values of its options, or tell themselves. */
export function withoutSecrets(text: string): string {
  const told = text
    .replace(ASSIGNMENT, (all, name: string, value: string) => (isSecret(name, value) ? `${name}=…` : all))
    .replace(OPTION, "$1…");
  return withoutSecretValues(told);
}

/** A line of a unit as it may be shown. */
export function shown({ name, value }: Pick<Line, "name" | "value">): string {
  if (name === "SetCredential") return `${name}=${value.replace(/:.*/, ":…")}`;
  return `${name}=${name === "Environment" ? shownAssignments(value) : withoutSecrets(value)}`;
}

function shownAssignments(value: string): string {
  const words = unquote(PropPath.of("Environment"), value).map(({ text }) => text);
  const safe = words.map(shownAssignment);
  return safe.every((word, i) => word === words[i])
    ? value
    : safe.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(" ");
}

/** An assignment as it may be shown, without quotes. */
export function shownAssignment(word: string): string {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
  return isSecret(name, value) ? `${name}=…` : word;
}
