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

/**
 * The options of a factory, or the props of a construct.
 * @param name what the whole of them is called in errors
 */
export function checkOptions<T extends object>(
  at: PropPath,
  value: T,
  fields: Fields<T>,
  name = "options",
): T {
  return checkFields(at, checkObject(at.key(name), value), fields);
}
