/** How a value is written in TypeScript: as it is, as a list, or as an object. */
export type Code = string | readonly Code[] | CodeObject;

/** Written values by the names of their fields. */
export interface CodeObject {
  readonly [name: string]: Code;
}

/** A value, and the TypeScript that makes it. */
export interface Written<T = unknown> {
  readonly value: T;
  readonly code: Code;
}

/** Data that TypeScript has as literals. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain };

const LONGEST_LINE = 100;

/** A value that is written as a literal. */
export function plain<T extends Plain>(value: T): Written<T> {
  return { value, code: codeOf(value) };
}

/** A list of written values. */
export function list<T>(items: readonly Written<T>[]): Written<T[]> {
  return { value: items.map(({ value }) => value), code: items.map(({ code }) => code) };
}

/** A call of a factory: its name, its arguments, and what it makes of them. */
export function call<T>(name: string, args: readonly Plain[], value: T): Written<T> {
  return { value, code: `${name}(${args.map((arg) => inline(codeOf(arg))).join(", ")})` };
}

function codeOf(value: Plain): Code {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return value.map(codeOf);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, codeOf(field as Plain)]));
}

/** The text of a written value; lists and objects that do not fit into a line have one for each element. */
export function render(code: Code, indent = ""): string {
  if (typeof code === "string") return code;
  const line = inline(code);
  if (indent.length + line.length <= LONGEST_LINE) return line;
  const [open, ...parts] = Array.isArray(code)
    ? ["[", ...code.map((item: Code) => render(item, `${indent}  `))]
    : ["{", ...Object.entries(code).map(([name, field]) => `${key(name)}: ${render(field, `${indent}  `)}`)];
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join("")}${indent}${open === "[" ? "]" : "}"}`;
}

function inline(code: Code): string {
  if (typeof code === "string") return code;
  if (Array.isArray(code)) return `[${code.map(inline).join(", ")}]`;
  const fields = Object.entries(code).map(([name, field]) => `${key(name)}: ${inline(field)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function key(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
