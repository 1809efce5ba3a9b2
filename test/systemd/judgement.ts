import { type SectionName } from "../../lib/systemd/directives";
import { typeNameOf } from "../../lib/systemd/types/table";
import { takenBy } from "../../lib/systemd/values";
import { isOfSocket } from "./directive-lines";
import { disagreementOn } from "./disagreements";
import { judged, type Line, type Verify } from "./judge";

/** What came of lines that the library and a systemd judged. */
export interface Judgement {
  /** Lines that both take, and that both refuse. */
  readonly taken: number;
  readonly refused: number;
  /** How often each entry of the list of disagreements told of one. */
  readonly listed: ReadonlyMap<number, number>;
  /** What the list does not have. */
  readonly unlisted: readonly string[];
  /** What systemd takes and the library refuses. */
  readonly wronged: readonly string[];
}

/** Has a systemd judge lines, and compares what the library says for this version. */
export async function judgementOf(
  lines: readonly Line[],
  version: number,
  verify: Verify,
): Promise<Judgement> {
  const groups = [lines.filter(isOfSocket), lines.filter((line) => !isOfSocket(line))];
  const verdicts = await Promise.all(groups.map((group) => (group.length > 0 ? judged(group, verify) : [])));
  const said = groups.flatMap((group, i) =>
    group.map((line, j) => ({ line, message: verdicts[i]?.[j] ?? "" })),
  );
  const counts = { taken: 0, refused: 0 };
  const [listed, unlisted, wronged] = [new Map<number, number>(), [] as string[], [] as string[]];
  for (const { line, message } of said) {
    const isTaken = isTakenBy(line, version);
    const text = `${version} [${line.section}] ${line.name}=${line.value}: ${message}`;
    if (isTaken === (message === "")) counts[isTaken ? "taken" : "refused"]++;
    else if (!isTaken) wronged.push(text);
    else {
      const entry = disagreementOn(line, typeNameOf(line.name) as string, version);
      if (entry < 0) unlisted.push(text);
      else listed.set(entry, (listed.get(entry) ?? 0) + 1);
    }
  }
  return { ...counts, listed, unlisted, wronged };
}

function isTakenBy({ section, name, value }: Line, version: number): boolean {
  return takenBy(section as SectionName, name, value)?.includes(version) ?? false;
}
