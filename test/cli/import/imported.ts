import { importUnits, type Imported } from "../../../lib/cli/import/import";
import { programOf } from "../../../lib/cli/import/program";
import { type Source, type Units, unitsOf } from "../../../lib/cli/import/unit";

/** What an import makes of files. */
export interface Result {
  readonly units: Units;
  readonly imported: Imported;
  readonly program: string;
}

/** Imports files. */
export function imported(sources: readonly Source[], instance?: string): Result {
  const units = unitsOf(sources);
  const result = importUnits(units, instance);
  return { units, imported: result, program: programOf(result, units, { cdk: "cdktf" }) };
}

/** Imports files that are given by their names. */
export function importTexts(texts: Readonly<Record<string, string>>, instance?: string): Result {
  return imported(
    Object.entries(texts).map(([path, text]) => ({ path, text })),
    instance,
  );
}

/** What is noted, a line for each: where, of what, and why. */
export function notesOf({ imported: { notes } }: Result): string[] {
  return notes.map(({ line, part, reason }) => `${line.file}:${line.number} ${part ?? line.name}: ${reason}`);
}
