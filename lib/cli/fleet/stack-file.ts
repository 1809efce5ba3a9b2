import { readFileSync } from "node:fs";
import { isRemovalsHosts } from "../../terraform/names";
import { type Fields } from "./reach";

/** A service on a host as a synthesized stack has it: `unknown` are the names of what only the engine knows. */
export interface StackEntry {
  /** Its key among the removals. */
  readonly key: string;
  readonly fields: Fields;
  readonly unknown: Readonly<Record<string, string>>;
}

/**
 * What a synthesized stack says of its services' hosts.
 * @param path of its cdk.tf.json
 * @throws if it is no JSON
 */
export function entriesOf(path: string): StackEntry[] {
  const { locals = {} } = parsed(path) as { locals?: Record<string, unknown> };
  return Object.entries(locals)
    .filter(([name]) => isRemovalsHosts(name))
    .flatMap(([, hosts]) => Object.entries((hosts ?? {}) as Record<string, unknown>))
    .map(([key, said]) => entryOf(key, said));
}

/** A file's JSON. @throws with its path */
export function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}

function entryOf(key: string, said: unknown): StackEntry {
  const fields = typeof said === "string" ? literalObject(said) : templates(said as Record<string, unknown>);
  const known = Object.entries(fields).filter(([, value]) => !isExpression(value));
  const others = Object.entries(fields).filter(([, value]) => isExpression(value));
  return {
    key,
    fields: Object.fromEntries(known) as Fields,
    unknown: Object.fromEntries(others.map(([name, value]) => [name, (value as Expression).text])),
  };
}

/** What only the engine can evaluate. */
class Expression {
  constructor(readonly text: string) {}
}

function isExpression(value: unknown): value is Expression {
  return value instanceof Expression;
}

/**
 * The other way round of `objectExpression`: `${{ name = "web1", port = 22 }}`.
 * @throws if it is anything else
 */
export function literalObject(text: string): Record<string, unknown> {
  const [, inside] = /^\$\{\{ (.*) \}\}$/s.exec(text) ?? [];
  const entry = /(\w+) = ("(?:[^"\\]|\\.)*"|\w+)(?:, |$)/y;
  const fields: [string, unknown][] = [];
  while (inside !== undefined && entry.lastIndex < inside.length) {
    const [, name, value] = entry.exec(inside) ?? [];
    if (name === undefined || value === undefined) throw new Error(`cannot be read: ${text.slice(0, 100)}`);
    fields.push([name, unescaped(JSON.parse(value))]);
  }
  return Object.fromEntries(fields);
}

function templates(said: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(said).map(([name, value]) => [
      name,
      typeof value === "string" && /(?<![$])\$\{|(?<![%])%\{/.test(value)
        ? new Expression(value)
        : unescaped(value),
    ]),
  );
}

/** As the engine reads a text that is no template. */
function unescaped(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/([$%])\1\{/g, "$1{") : value;
}
