import { type PropPath } from "./prop-path";
import { show } from "./show";
import { holdsListToken, isToken } from "./token";

/** Transitional: a place as a string, until all of lib/ has PropPath. */
export type At = PropPath | string;

/** Refuses a value: `<prop>: must <limit>, got <value>`. The one form of this library's errors at synth. */
export function refuse(prop: At, limit: string, value: unknown): never {
  throw new Error(`${prop}: must ${limit}, got ${show(value)}`);
}

/** Refuses a text in which `pattern` finds something. */
export function refuseMatch(prop: At, text: string, pattern: RegExp, what: string): void {
  if (pattern.test(text)) refuse(prop, `not contain ${what}`, text);
}

/** Refuses a Terraform token where the text of a unit has to be known at synth. */
export function checkKnown<T>(prop: At, value: T): T {
  if (isToken(value) || (typeof value === "string" && holdsListToken(value))) {
    throw new Error(
      `${prop}: must be known at synth, got a Terraform token; ` +
        `tokens are welcome in hosts and in the values of 'environment' and 'args'`,
    );
  }
  return value;
}

/** A text, known at synth. */
export function checkString(prop: At, value: string): string {
  if (typeof checkKnown(prop, value) !== "string") refuse(prop, "be a text", value);
  return value;
}

/** A text that may hold Terraform tokens. */
export function checkTokenString(prop: At, value: string): string {
  if (typeof value !== "string") refuse(prop, "be a text", value);
  if (holdsListToken(value)) {
    throw new Error(
      `${prop}: must be one text, got a Terraform list; take its elements with Fn.element, or Fn.join them`,
    );
  }
  return value;
}

/** True or false, known at synth; or not given. */
export function checkBoolean(prop: At, value: boolean | undefined): void {
  if (value !== undefined) checkOneOf(prop, value, [true, false]);
}

/** One of a closed set of values, known at synth. */
export function checkOneOf<T>(prop: At, value: T, choices: readonly T[]): T {
  if (!choices.includes(checkKnown(prop, value))) refuse(prop, `be one of ${choices.join(", ")}`, value);
  return value;
}

/** A list, whatever is in it. */
export function checkList<T>(prop: At, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) refuse(prop, "be a list", value);
  return value;
}

/** A value of one of this library's classes. */
export function checkInstance<T>(
  prop: At,
  value: T,
  type: { readonly prototype: T; readonly name: string },
): T {
  const isOne: boolean = Object.prototype.isPrototypeOf.call(type.prototype as object, value as object);
  if (!isOne) refuse(prop, `be of the class ${type.name}`, value);
  return value;
}

/** A value of one of this library's classes; or not given. */
export function checkOptional<T>(
  prop: At,
  value: T | undefined,
  type: { readonly prototype: T; readonly name: string },
): void {
  if (value !== undefined) checkInstance(prop, value, type);
}

/** The fields of an object, whatever they are: neither a list nor a Map. */
export function checkObject<T extends object>(prop: At, value: T): T {
  const hasFields = typeof value === "object" && value !== null && !(Symbol.iterator in value);
  if (!hasFields || isToken(value)) refuse(prop, "be an object", value);
  return value;
}

/** An access mode in octal; or not given. */
export function checkMode(prop: At, mode: string | undefined): void {
  if (mode !== undefined && !/^0?[0-7]{3}$/.test(checkString(prop, mode))) {
    refuse(prop, `be an access mode in octal such as "0660"`, mode);
  }
}

/** A whole number within limits, both included. */
export function checkInteger(prop: At, value: number, min: number, max: number): number {
  checkKnown(prop, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    refuse(prop, `be a whole number between ${min} and ${max}`, value);
  }
  return value;
}
