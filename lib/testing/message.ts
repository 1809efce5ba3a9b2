import { parseAssignments } from "../systemd/parse";
import { nearestName } from "../values/nearest";
import { type Difference, linesOf } from "./differences";
import { type ExpectedLines } from "./expected-unit";
import { type PlacedUnit } from "./placed-unit";

/** How a test runner prints: jest's and vitest's alike. */
export interface MatcherUtils {
  printExpected(value: unknown): string;
  printReceived(value: unknown): string;
  diff(expected: unknown, received: unknown): string | null | undefined;
}

/** A unit that was compared. */
export interface Compared {
  readonly unit: PlacedUnit;
  readonly differences: readonly Difference[];
}

/** That no unit has this name. */
export function noUnit(
  { printExpected, printReceived }: MatcherUtils,
  file: string,
  known: string[],
): string {
  const near = nearestName(file, known);
  const there = known.length === 0 ? "none" : known.map((name) => printReceived(name)).join(", ");
  const hint = near === undefined ? "" : `\n\nDid you mean ${near}?`;
  return `Expected unit:  ${printExpected(file)}\nReceived units: ${there}${hint}`;
}

/** In what the units of a name are otherwise than expected. */
export function otherUnits(utils: MatcherUtils, compared: readonly Compared[]): string {
  return compared
    .map(({ unit, differences }) => [headerOf(unit), ...differences.map((one) => difference(utils, one))])
    .flat()
    .join("\n\n");
}

/** That there is a unit which should not be: those of its lines that it should not have, or its name alone. */
export function suchUnit(units: readonly PlacedUnit[], expected: readonly ExpectedLines[]): string {
  return units
    .map((unit) => {
      const assignments = parseAssignments(unit.text);
      const lines = expected.flatMap((one) => linesOf(assignments, one).map(shown));
      return [`Expected no such unit, received ${headerOf(unit)}`, ...lines].join("\n");
    })
    .join("\n\n");
}

function headerOf({ file, hosts }: PlacedUnit): string {
  return `${file} on ${hosts.join(", ")}`;
}

function difference(utils: MatcherUtils, { section, name, given, lines, hint, ...one }: Difference): string {
  const isList = Array.isArray(one.expected) && Array.isArray(given);
  return [
    `[${section}] ${name}=`,
    ...(isList
      ? [utils.diff(one.expected, given) ?? ""]
      : [
          `Expected: ${one.expected === undefined ? "no such line" : utils.printExpected(one.expected)}`,
          `Received: ${given === undefined ? "no such line" : utils.printReceived(given)}`,
        ]),
    ...lines.map(shown),
    ...(hint === "" ? [] : [hint]),
  ].join("\n");
}

function shown({ line, name, value }: { line: number; name: string; value: string }): string {
  return `  line ${line}: ${name}=${value}`;
}
