import { holdsListToken, isToken } from "./token";

/** How a value looks in an error: JSON, or the class of an object; cut at 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : plain(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function plain(value: unknown): string {
  if (typeof value === "function") return `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return `an object of ${value.constructor?.name ?? "no class"}`;
}

/** Refuses a value: `<prop>: must <limit>, got <value>`. The one form of this library's errors at synth. */
export function refuse(prop: string, limit: string, value: unknown): never {
  throw new Error(`${prop}: must ${limit}, got ${show(value)}`);
}

/** Refuses a text in which `pattern` finds something. */
export function refuseMatch(prop: string, text: string, pattern: RegExp, what: string): void {
  if (pattern.test(text)) refuse(prop, `not contain ${what}`, text);
}

/** Refuses a Terraform token where the text of a unit has to be known at synth. */
export function known<T>(prop: string, value: T): T {
  if (isToken(value) || (typeof value === "string" && holdsListToken(value))) {
    throw new Error(
      `${prop}: must be known at synth, got a Terraform token; ` +
        `tokens are welcome in hosts and in the values of 'environment' and 'args'`,
    );
  }
  return value;
}

/** A text, known at synth. */
export function text(prop: string, value: string): string {
  if (typeof known(prop, value) !== "string") refuse(prop, "be a text", value);
  return value;
}

/** A text that may hold Terraform tokens. */
export function tokenText(prop: string, value: string): string {
  if (typeof value !== "string") refuse(prop, "be a text", value);
  if (holdsListToken(value)) {
    throw new Error(
      `${prop}: must be one text, got a Terraform list; take its elements with Fn.element, or Fn.join them`,
    );
  }
  return value;
}

/** True or false, known at synth; or not given. */
export function flag(prop: string, value: boolean | undefined): void {
  if (value !== undefined) oneOf(prop, value, [true, false]);
}

/** One of a closed set of values, known at synth. */
export function oneOf<T>(prop: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(known(prop, value))) refuse(prop, `be one of ${choices.join(", ")}`, value);
  return value;
}

/** A list, whatever is in it. */
export function list<T>(prop: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) refuse(prop, "be a list", value);
  return value;
}

/** A value of one of this library's classes. */
export function instance<T>(
  prop: string,
  value: T,
  type: { readonly prototype: T; readonly name: string },
): T {
  const isOne: boolean = Object.prototype.isPrototypeOf.call(type.prototype as object, value as object);
  if (!isOne) refuse(prop, `be of the class ${type.name}`, value);
  return value;
}

/** A value of one of this library's classes; or not given. */
export function optional<T>(
  prop: string,
  value: T | undefined,
  type: { readonly prototype: T; readonly name: string },
): void {
  if (value !== undefined) instance(prop, value, type);
}

/** The fields of an object, whatever they are: neither a list nor a Map. */
export function fields<T extends object>(prop: string, value: T): T {
  const hasFields = typeof value === "object" && value !== null && !(Symbol.iterator in value);
  if (!hasFields || isToken(value)) refuse(prop, "be an object", value);
  return value;
}

/** An access mode in octal; or not given. */
export function octal(prop: string, mode: string | undefined): void {
  if (mode !== undefined && !/^0?[0-7]{3}$/.test(text(prop, mode))) {
    refuse(prop, `be an access mode in octal such as "0660"`, mode);
  }
}

/** A whole number within limits, both included. */
export function integer(prop: string, value: number, min: number, max: number): number {
  known(prop, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    refuse(prop, `be a whole number between ${min} and ${max}`, value);
  }
  return value;
}
