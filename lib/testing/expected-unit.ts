import { type DirectiveValue } from "../puma/directives";
import { checkObject } from "../values/check";
import { type PropPath } from "../values/prop-path";

/** An asymmetric matcher, such as `expect.stringContaining("…")`. */
export interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean;
}

/** What a line of a unit is to be. */
export type ExpectedValue = DirectiveValue | AsymmetricMatcher;

/**
 * What a directive is to be: a value if it stands in one line; a list of the values of all its lines, in their order; undefined, or an
 * empty list, if it is not to stand there. An asymmetric matcher is given the value, or the list if there are several lines.
 */
export type ExpectedDirective = ExpectedValue | ExpectedValue[] | undefined;

/** What a unit is to have at least: section → directive → value, like `directives` of a service. */
export type ExpectedUnit = Record<string, Record<string, ExpectedDirective>>;

/** What is expected of one directive, its values as they stand in a unit. */
export interface ExpectedLines {
  readonly section: string;
  readonly name: string;
  readonly expected: unknown;
}

/** Each directive of which something is expected. @throws if it is expected to be what no directive can be */
export function expectedLines(at: PropPath, unit: ExpectedUnit): ExpectedLines[] {
  return Object.entries(checkObject(at, unit)).flatMap(([section, directives]) =>
    Object.entries(checkObject(at.key(section), directives)).map(([name, expected]) => ({
      section,
      name,
      expected: Array.isArray(expected)
        ? expected.map((one, i) => written(at.key(section).key(name).index(i), one))
        : expected === undefined
          ? undefined
          : written(at.key(section).key(name), expected),
    })),
  );
}

function written(at: PropPath, value: ExpectedValue): unknown {
  if (isAsymmetric(value)) return value;
  if (["string", "number", "boolean"].includes(typeof value)) return String(value);
  return at.refuse("be a string, a number, a boolean, a list of them, or an asymmetric matcher", value);
}

/** Whether a value is an asymmetric matcher. */
export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return typeof value === "object" && value !== null && "asymmetricMatch" in value;
}
