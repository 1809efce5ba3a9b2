import { cost } from "./compiled";
import { bare, Planned, service, type Took } from "./engine";
import { median } from "./numbers";

/** Something measured, and what it may be at most. */
export interface Check {
  readonly what: string;
  readonly figures: string;
  readonly ratio: number;
  /** @default - nothing is promised */
  readonly limit?: number;
}

export function isKept({ ratio, limit = Infinity }: Check): boolean {
  return ratio <= limit;
}

/** Rounds of what is measured in turns. */
const ROUNDS = 7;

/** The medians of several measures, which take turns. */
function medians(rounds: number, measures: readonly (() => number)[]): number[] {
  const times = measures.map((): number[] => []);
  for (let round = 0; round < rounds; round++) measures.forEach((one, i) => times[i]?.push(one()));
  return times.map(median);
}

const milliseconds = (cpu: number): string => `${cpu.toFixed(0)} ms`;
const seconds = (cpu: number): string => `${cpu.toFixed(2)} s`;

/** Synth of 1,000 hosts beside resources that somebody wrote by hand. */
export function* synthChecks(): Generator<Check> {
  const [byHand = NaN, ...library] = medians(ROUNDS, [
    () => cost("baseline.js").cpu,
    () => cost("synth.js", "1000").cpu,
    () => cost("synth.js", "1000", "rolling").cpu,
  ]);
  for (const [i, way] of ["all at once", "rolling"].entries()) {
    const own = library[i] ?? NaN;
    const figures = `${milliseconds(own)}, by hand ${milliseconds(byHand)}`;
    yield {
      what: `synth of 1,000 hosts, ${way}, by resources by hand`,
      figures,
      ratio: own / byHand,
      limit: 1.25,
    };
  }
}

/** Synth of 10,000 hosts beside 1,000. */
export function* growthChecks(): Generator<Check> {
  for (const way of ["", "rolling"]) {
    const [thousand, all] = [cost("synth.js", "1000", way), cost("synth.js", "10000", way)];
    const named = `10,000 hosts, ${way || "all at once"}`;
    const figures = `${seconds(all.cpu / 1000)}, 1,000 hosts ${seconds(thousand.cpu / 1000)}`;
    yield {
      what: `synth of ${named}, by 10 times 1,000`,
      figures,
      ratio: all.cpu / thousand.cpu / 10,
      limit: 1,
    };
    const bytes = `${megabytes(all.bytes)}, 1,000 hosts ${megabytes(thousand.bytes)}`;
    yield {
      what: `configuration of ${named}, by 10 times 1,000`,
      figures: bytes,
      ratio: all.bytes / thousand.bytes / 10,
      limit: 1.01,
    };
    yield {
      what: `memory for ${named}, by 2 GB`,
      figures: `${all.memory.toFixed(0)} MiB`,
      ratio: all.memory / 1907,
      limit: 1,
    };
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/**
 * Plans of a rollout beside those of all at once. The engine looks up for each host all that it waits for, however far away: with four
 * batches 94,000 pairs, a second of a processor.
 */
export async function* rollingChecks(): AsyncGenerator<Check> {
  const stacks = [await Planned.of(service(500)), await Planned.of(service(500, true))] as const;
  try {
    for (const state of ["of new hosts", "without changes"]) {
      const [once = NaN, rolling = NaN] = medians(
        3,
        stacks.map((stack) => () => stack.plan().cpu),
      );
      const figures = `${seconds(rolling)}, all at once ${seconds(once)}`;
      const isNew = state === "of new hosts";
      yield {
        what: `plan of 500 hosts ${state}, rolling, by all at once`,
        figures,
        ratio: rolling / once,
        // Of one without changes, most of the difference is that the engine reads its state (see stateChecks).
        ...(isNew && { limit: 1.4 }),
      };
      if (isNew) for (const stack of stacks) await stack.apply();
    }
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

/**
 * A plan without changes beside that of resources that nothing is done by: the least of several, since what else the machine
 * does only adds to it. The engine asks each resource for its state, and reads each text of the configuration again at every
 * walk: there are twice as many resources, one of each pair for the removal, and the texts of their provisioners.
 */
export async function* unchangedChecks(): AsyncGenerator<Check> {
  const stacks = [await Planned.of(bare(20)), await Planned.of(service(20))];
  try {
    for (const stack of stacks) await stack.apply();
    const took = stacks.map((): Took[] => []);
    for (let round = 0; round < 3 * ROUNDS; round++)
      stacks.forEach((stack, i) => took[i]?.push(unchanged(stack)));
    for (const [kind, limit] of [["passed"], ["cpu", 2.1]] as const) {
      const [nothing = NaN, own = NaN] = took.map((plans) => Math.min(...plans.map((plan) => plan[kind])));
      const of = kind === "cpu" ? " (seconds of processors)" : "";
      yield {
        what: `plan of 20 hosts without changes${of}, by 20 bare null_resources`,
        figures: `${seconds(own)}, bare resources ${seconds(nothing)}`,
        ratio: own / nothing,
        limit,
      };
    }
  } finally {
    for (const stack of stacks) await stack.close();
  }
}

function unchanged(stack: Planned): Took {
  const took = stack.plan();
  if (took.hasChanges) throw new Error("a plan without changes has some");
  return took;
}

/** The state of four times the hosts. */
export async function* stateChecks(): AsyncGenerator<Check> {
  for (const rolling of [false, true]) {
    const [few, many] = [await stateOf(100, rolling), await stateOf(400, rolling)];
    const what = `state of 400 hosts, ${rolling ? "rolling" : "all at once"}, by 4 times 100`;
    const figures = `${megabytes(many)}, 100 hosts ${megabytes(few)}`;
    // Of each host the engine itself keeps all that it waited for, however far away.
    yield { what, figures, ratio: many / few / 4, ...(!rolling && { limit: 1.05 }) };
  }
}

async function stateOf(hosts: number, rolling: boolean): Promise<number> {
  const stack = await Planned.of(service(hosts, rolling));
  try {
    return await stack.apply();
  } finally {
    await stack.close();
  }
}
