import { renameSync, writeFileSync } from "node:fs";
import { type DriftByStack, driftIn, driftText, placeOf, writable } from "../../terraform/drift-file";
import { fleetOf } from "../fleet/fleet";
import { type FleetOptions } from "../fleet/fleet-options";
import { type Named } from "../fleet/names";
import { type Output } from "../terminal/output";

/** What is otherwise on a host than the last apply has left it. */
export interface Drift extends Named {
  readonly drift: readonly string[];
  /** Why it could not be asked. */
  readonly error?: string;
}

/** Where an installation is. */
interface Place {
  readonly stack: string;
  readonly place: string;
}

/** The most that one installation has to say, and the longest sentence: a host is not to fill the plan. */
const [MOST, LONGEST] = [20, 200];

/**
 * What was seen, for the plan. An installation where nothing is otherwise any more keeps what was seen of it last: were that to go,
 * the plan would have one more change. So do those that are not meant this time, and those that could not be asked.
 */
export class KeptDrift {
  /** @throws if the file is another's, before anything is asked */
  static in(file: string, { output, state }: FleetOptions): KeptDrift {
    const { placements, unreached } = fleetOf({ output, states: state });
    const places = [...placements.map(({ host, ...one }) => ({ ...one, host: host.name })), ...unreached];
    return new KeptDrift(file, driftIn(file), places.map(placed));
  }

  private constructor(
    private readonly file: string,
    private readonly before: DriftByStack,
    private readonly places: readonly Place[],
  ) {}

  /** Writes it, whole or not at all, and says what of it is not of now. */
  write(seen: readonly Drift[], output: Output): void {
    const part = `${this.file}.new`;
    writeFileSync(part, driftText(this.grown(seen)));
    renameSync(part, this.file);
    for (const { service, host, error } of seen)
      if (error !== undefined)
        output.err(
          `${service} on ${host}: ${this.file} keeps what was seen before, as it could not be asked\n`,
        );
  }

  /** Of a stack that was synthesized there is what it has now; of others what there was. */
  private grown(seen: readonly Drift[]): DriftByStack {
    const stacks = new Map<string, ReadonlyMap<string, readonly string[]>>(this.before);
    for (const stack of new Set(this.places.map((one) => one.stack))) {
      const there = this.places.filter((one) => one.stack === stack);
      const entries = there.map((one) => [one.place, this.sentencesOf(one, seen)] as const);
      const ofStack = new Map(entries.filter(([, sentences]) => sentences.length > 0));
      stacks.delete(stack);
      if (ofStack.size > 0) stacks.set(stack, ofStack);
    }
    return stacks;
  }

  private sentencesOf({ stack, place }: Place, seen: readonly Drift[]): readonly string[] {
    const now = seen.find((one) => one.stack === stack && placed(one).place === place);
    if (now !== undefined && now.error === undefined && now.drift.length > 0)
      return now.drift.slice(0, MOST).map((sentence) => writable(sentence.slice(0, LONGEST)));
    return this.before.get(stack)?.get(place) ?? [];
  }
}

function placed({ stack, service, host }: Named): Place {
  return { stack, place: placeOf(service, host) };
}
