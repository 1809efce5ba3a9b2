import { checkObject } from "./check";
import { nearestName } from "./nearest";
import { type PropPath } from "./prop-path";

/** The names of all fields of `T`: one that is forgotten, or that is none, does not compile. */
export type Fields<T> = { readonly [K in keyof Required<T>]: true };

/**
 * Throws if an object has a field that nobody reads: a slip in its name would be without effect.
 * @param at where its fields are
 */
export function checkFields<T extends object>(at: PropPath, value: T, fields: Fields<T>): T {
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined || Object.hasOwn(fields, name)) continue;
    const known = Object.keys(fields);
    const near = nearestName(name, known);
    // Not its value, which may be a secret.
    at.key(name).fail(
      `must be left away, as nobody reads it; ${near ? `did you mean '${near}'?` : `known are ${known.join(", ")}`}`,
    );
  }
  return value;
}

/** The options of a factory. */
export function checkOptions<T extends object>(at: PropPath, value: T, fields: Fields<T>): T {
  return checkFields(at, checkObject(at.key("options"), value), fields);
}

/**
 * The props of a construct.
 * @param isExtended whether they are those of a class that extends it, and may have further ones: only what comes near to one
 * of its own is a slip then
 */
export function checkProps<T extends object>(
  at: PropPath,
  value: T,
  fields: Fields<T>,
  isExtended: boolean,
): T {
  checkObject(at.key("props"), value);
  if (!isExtended) return checkFields(at, value, fields);
  const names = Object.keys(fields);
  const given = Object.entries(value);
  const near = given.filter(([name]) => nearestName(name, names) !== undefined);
  checkFields<object>(at, Object.fromEntries(near) as object, fields);
  return value;
}
