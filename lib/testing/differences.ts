import { type Assignment, parseAssignments } from "../systemd/parse";
import { nearestName } from "../values/nearest";
import { type ExpectedLines, isAsymmetric } from "./expected-unit";

/** Whether two values are alike; of a test runner, which knows its asymmetric matchers. */
export type Equals = (given: unknown, expected: unknown) => boolean;

/** A directive that is not as it is expected to be. */
export interface Difference extends ExpectedLines {
  /** Undefined where the unit does not have it; a list where it stands in several lines, or a list is expected. */
  readonly given: string | readonly string[] | undefined;
  /** Where it stands. */
  readonly lines: readonly Assignment[];
  /** What may be behind it; "" if nothing comes to mind. */
  readonly hint: string;
}

/** What a unit has otherwise than it is expected to. */
export function differences(text: string, expected: readonly ExpectedLines[], equals: Equals): Difference[] {
  const assignments = parseAssignments(text);
  return expected.flatMap((one) => {
    const lines = linesOf(assignments, one);
    const values = lines.map(({ value }) => value);
    const given = asExpected(values, one.expected);
    return equals(given, emptyIsNothing(one.expected))
      ? []
      : [{ ...one, given, lines, hint: hintFor(assignments, one, values, equals) }];
  });
}

/** The lines of a directive. */
export function linesOf(
  assignments: readonly Assignment[],
  { section, name }: Pick<ExpectedLines, "section" | "name">,
): Assignment[] {
  return assignments.filter((line) => line.section === section && line.name === name);
}

function emptyIsNothing(expected: unknown): unknown {
  return Array.isArray(expected) && expected.length === 0 ? undefined : expected;
}

/** A single value stands for itself, unless what is expected is a list. */
function asExpected(values: readonly string[], expected: unknown): Difference["given"] {
  if (values.length === 0) return undefined;
  return values.length > 1 || expectsList(expected) ? values : values[0];
}

function expectsList(expected: unknown): boolean {
  if (!isAsymmetric(expected)) return Array.isArray(expected);
  return "getExpectedType" in expected && (expected.getExpectedType as () => string)() === "array";
}

function hintFor(
  assignments: readonly Assignment[],
  { section, name, expected }: ExpectedLines,
  values: readonly string[],
  equals: Equals,
): string {
  if (values.length === 0) return expected === undefined ? "" : otherPlace(assignments, section, name);
  if (values.length > 1 && !expectsList(expected))
    return "It stands in several lines: expect a list, or expect.arrayContaining([…]).";
  const isShuffled = Array.isArray(expected) && equals([...values].sort(), [...expected].sort());
  return isShuffled ? "The values are the same, in another order." : "";
}

function otherPlace(assignments: readonly Assignment[], section: string, name: string): string {
  const elsewhere = assignments.find((line) => line.name === name);
  if (elsewhere) return `It stands in [${elsewhere.section}].`;
  const sections = [...new Set(assignments.map((line) => line.section))];
  if (!sections.includes(section)) return `The unit has the sections ${sections.join(", ")}.`;
  const near = nearestName(
    name,
    assignments.filter((line) => line.section === section).map((line) => line.name),
  );
  return near === undefined ? "" : `Did you mean ${near}=?`;
}
