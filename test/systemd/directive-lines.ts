import fc from "fast-check";
import { DIRECTIVES } from "../../lib/systemd/directive-table";
import { sectionsWith } from "../../lib/systemd/directives";
import { isContinued, strip } from "../../lib/systemd/line";
import { typeNameOf } from "../../lib/systemd/types/table";
import { SAMPLES_OF } from "./directive-samples";
import { type Line } from "./judge";

/** Every directive that a systemd knows, with each section that has it. */
export const ALL_DIRECTIVES: readonly Omit<Line, "value">[] = [
  ...new Set(
    Object.values(DIRECTIVES).flatMap((spans) =>
      Object.values<string>(spans).flatMap((names) => names.split(/\s+/).filter(Boolean)),
    ),
  ),
].flatMap((name) => sectionsWith(name).map((section) => ({ section, name })));

const EVERY_SAMPLE = [...SAMPLES_OF.values()].flat();

const SLIPS = [..."-+:%~,. /0x9", "K", "s", "=", "@", "a", '"', "%n", "ä"];

/** Lines by the directives in turn: values of the type's own, those with slips, and values of other types; some are empty. */
export function generated(count: number, seed: number): Line[] {
  const { length } = ALL_DIRECTIVES;
  const shuffled = fc.sample(fc.shuffledSubarray([...ALL_DIRECTIVES], { minLength: length }), {
    seed,
    numRuns: 1,
  });
  return Array.from({ length: count }, (_, i) => {
    const { section, name } = shuffled[0]?.[i % length] as (typeof ALL_DIRECTIVES)[number];
    const own = SAMPLES_OF.get(typeNameOf(name) as string) as string[];
    const [value] = fc.sample(valueOf(own), { seed: seed + i, numRuns: 1 });
    return { section, name, value: value as string };
  });
}

function valueOf(own: readonly string[]): fc.Arbitrary<string> {
  const right = fc.constantFrom(...own);
  const values = fc.oneof(
    { weight: 8, arbitrary: right },
    { weight: 6, arbitrary: slipped(right) },
    { weight: 4, arbitrary: fc.constantFrom(...EVERY_SAMPLE) },
    { weight: 1, arbitrary: fc.tuple(right, right).map((both) => both.join(" ")) },
    { weight: 1, arbitrary: fc.constant("") },
  );
  // Others are refused before their type is looked at.
  return values.filter((value) => strip(value) === value && !isContinued(value));
}

/** A letter more, another or one less, or another case. */
function slipped(right: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const slip = fc.tuple(right, fc.nat(40), fc.constantFrom(0, 1), fc.constantFrom("", ...SLIPS));
  return fc.oneof(
    {
      weight: 5,
      arbitrary: slip.map(([value, at, dropped, put]) =>
        splice(value, at % (value.length + 1), dropped, put),
      ),
    },
    { weight: 1, arbitrary: right.map((value) => value.toUpperCase()) },
    { weight: 1, arbitrary: right.map((value) => value.toLowerCase()) },
  );
}

function splice(value: string, at: number, dropped: number, put: string): string {
  return value.slice(0, at) + put + value.slice(at + dropped);
}

/** The sections of which lines stand in one file. */
export const isOfSocket = ({ section }: Line): boolean => section === "Socket";
