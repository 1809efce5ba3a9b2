import { PropPath } from "../values/prop-path";
import { differences, type Equals } from "./differences";
import { expectedLines, type ExpectedUnit } from "./expected-unit";
import { type MatcherUtils, noUnit, otherUnits, suchUnit } from "./message";
import { placedUnits } from "./placed-unit";

/** What a test runner gives to a matcher: jest and vitest alike. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly equals: Equals;
  readonly utils: MatcherUtils & { matcherHint: MatcherHint };
}

type MatcherHint = (
  name: string,
  received: string,
  expected: string,
  options: { readonly isNot: boolean },
) => string;

/** What a matcher answers. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

const AT = PropPath.of("toHaveUnit");

function toHaveUnit(
  this: MatcherContext,
  received: unknown,
  file: string,
  expected: ExpectedUnit = {},
): MatcherResult {
  const { equals, utils, isNot = false } = this;
  const lines = expectedLines(AT, expected);
  const units = placedUnits(AT, received);
  const compared = units
    .filter((unit) => unit.file === file)
    .map((unit) => ({ unit, differences: differences(unit.text, lines, equals) }));
  const alike = compared.filter((one) => one.differences.length === 0).map(({ unit }) => unit);
  const message = (): string => {
    if (alike.length > 0) return suchUnit(alike, lines);
    return compared.length > 0 ? otherUnits(utils, compared) : noUnit(utils, file, namesOf(units));
  };
  const hint = (): string => utils.matcherHint("toHaveUnit", "received", `"${file}"`, { isNot });
  return { pass: alike.length > 0, message: () => `${hint()}\n\n${message()}` };
}

function namesOf(units: readonly { readonly file: string }[]): string[] {
  return [...new Set(units.map(({ file }) => file))];
}

/**
 * Matchers for the units of a stack, to be given to the `expect` of jest or vitest, once in each test file or in one that is set up
 * before all: `expect.extend(matchers)`.
 * @example
 * expect.extend(matchers);
 * expect(stack).toHaveUnit("web.service", { Service: { User: "deploy", MemoryMax: "1G" } });
 */
export const matchers = { toHaveUnit };
