import { holdsListToken, isToken } from "./marker";
import { type PropPath } from "./prop-path";

/** Refuses a string in which `pattern` finds something. */
export function checkWithout(at: PropPath, text: string, pattern: RegExp, what: string): void {
  if (pattern.test(text)) at.refuse(`not contain ${what}`, text);
}

/** Refuses a token where the text of a unit has to be known at synth. */
export function checkKnown<T>(at: PropPath, value: T): T {
  if (isToken(value) || (typeof value === "string" && holdsListToken(value))) {
    at.fail(
      "must be known at synth, got a Terraform token; " +
        "tokens are welcome in hosts and in the values of 'environment' and 'args'",
    );
  }
  return value;
}

/** A string, known at synth. */
export function checkString(at: PropPath, value: string): string {
  if (typeof checkKnown(at, value) !== "string") at.refuse("be a string", value);
  return value;
}

/** A string that may hold Terraform tokens. */
export function checkTokenString(at: PropPath, value: string): string {
  if (typeof value !== "string") at.refuse("be a string", value);
  if (holdsListToken(value)) {
    at.fail("must be a string, got a Terraform list; take its elements with Fn.element, or Fn.join them");
  }
  return value;
}

/** True or false, known at synth; or not given. */
export function checkBoolean<T extends boolean | undefined>(at: PropPath, value: T): T {
  if (value !== undefined) checkOneOf<boolean>(at, value, [true, false]);
  return value;
}

/** One of a closed set of values, known at synth. */
export function checkOneOf<T>(at: PropPath, value: T, choices: readonly T[]): T {
  if (!choices.includes(checkKnown(at, value))) at.refuse(`be one of ${choices.join(", ")}`, value);
  return value;
}

/** A list, whatever is in it. */
export function checkList<T>(at: PropPath, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) at.refuse("be a list", value);
  return value;
}

/** A value of one of this library's classes. */
export function checkInstance<T>(
  at: PropPath,
  value: T,
  type: { readonly prototype: T; readonly name: string },
): T {
  const isOne: boolean = Object.prototype.isPrototypeOf.call(type.prototype as object, value as object);
  if (!isOne) at.refuse(`be of the class ${type.name}`, value);
  return value;
}

/** A value of one of this library's classes; or not given. */
export function checkOptional<T>(
  at: PropPath,
  value: T | undefined,
  type: { readonly prototype: T; readonly name: string },
): void {
  if (value !== undefined) checkInstance(at, value, type);
}

/** The fields of an object, whatever they are: neither a list nor a Map. */
export function checkObject<T extends object>(at: PropPath, value: T): T {
  const hasFields = typeof value === "object" && value !== null && !(Symbol.iterator in value);
  if (!hasFields || isToken(value)) at.refuse("be an object", value);
  return value;
}

/** An access mode in octal; or not given. */
export function checkMode(at: PropPath, mode: string | undefined): void {
  if (mode !== undefined && !/^0?[0-7]{3}$/.test(checkString(at, mode))) {
    at.refuse(`be an access mode in octal such as "0660"`, mode);
  }
}

/** A whole number within limits, both included. */
export function checkInteger(at: PropPath, value: number, min: number, max: number): number {
  checkKnown(at, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    at.refuse(`be a whole number between ${min} and ${max}`, value);
  }
  return value;
}
