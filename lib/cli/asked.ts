import { type Command } from "commander";
import { asking } from "./asking";
import { type Fleet, type Placement } from "./fleet";
import { AT_ONCE, count, fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { interruptible } from "./interrupt";
import { forEachOf } from "./many";
import { colored, EXIT, Exit, type Output, WrongCall } from "./output";
import { labelsOf, Prefixes } from "./prefix";
import { reasonOf, Remote } from "./remote";
import { byHost, type OnHost } from "./status";

interface Options extends FleetOptions {
  readonly json?: boolean;
  readonly parallelism: number;
}

/** What a service is asked for on its host. */
interface Verb {
  readonly name: string;
  readonly description: string;
  /** Whether it changes what runs: then one host comes after the other, and none after a failure. */
  readonly isChange: boolean;
}

const VERBS: readonly Verb[] = [
  { name: "restart", description: "Restart a service, one host after the other.", isChange: true },
  {
    name: "rollback",
    description: "Put back what was there before, one host after the other.",
    isChange: true,
  },
  { name: "history", description: "Say what can be gone back to on each host.", isChange: false },
];

/** What came of it on one host. */
interface Outcome {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  /** "skipped" where another one had failed before. */
  readonly outcome: "done" | "failed" | "skipped";
  readonly lines: readonly string[];
}

/** Adds the commands that ask each host for something of a service. */
export function addAsked(program: Command, output: Output): void {
  for (const verb of VERBS)
    overFleet(program.command(verb.name).description(verb.description))
      .option("--parallelism <hosts>", "on how many at once", count, verb.isChange ? 1 : AT_ONCE)
      .option("--json", "print what came of it at the end, for programs")
      .addHelpText("after", HELP)
      .action((options: Options) => ask(verb, options, output));
}

const HELP = `
Exit codes: 0, 1 if it failed on a host, 2 if this command was called wrongly.`;

async function ask(verb: Verb, options: Options, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  if (verb.isChange) checkMeant(fleet, options);
  const run = new Run(verb, fleet, options, output);
  const outcomes = await interruptible((signal) => run.all(signal)).catch((error: unknown) => {
    if (error instanceof Exit && verb.isChange)
      output.err(`cdktf-puma: what was begun goes on to its end on its host\n`);
    throw error;
  });
  if (options.json) output.out(`${JSON.stringify(outcomes, undefined, 2)}\n`);
  else run.sum(outcomes);
  if (outcomes.some(({ outcome }) => outcome !== "done")) throw new Exit(EXIT.failed);
}

/** What is to change has to be said, and reached. */
function checkMeant({ placements, unreached }: Fleet, { services }: Options): void {
  const [first] = unreached;
  if (first) throw new WrongCall(`${first.host}: ${first.cause}, or choose others by --hosts`);
  const names = [...new Set(placements.map(({ service }) => service))];
  if (services === undefined && names.length > 1)
    throw new WrongCall(
      `which one? There are ${names.join(", ")}: name it by --services, or all by --services '*'`,
    );
}

/** One call for all hosts. */
class Run {
  private readonly remote = new Remote();
  private readonly label: (placement: Placement) => string;
  private readonly prefixes: Prefixes;
  private hasFailed = false;

  constructor(
    private readonly verb: Verb,
    private readonly fleet: Fleet,
    private readonly options: Options,
    private readonly output: Output,
  ) {
    this.label = labelsOf(fleet.placements);
    this.prefixes = new Prefixes(output, fleet.placements.map(this.label));
  }

  async all(signal: AbortSignal): Promise<Outcome[]> {
    const { parallelism } = this.options;
    const onHost = (all: OnHost): Promise<Outcome[]> => forEachOf(all, 1, (one) => this.one(one, signal));
    const outcomes = await forEachOf(byHost(this.fleet.placements), parallelism, onHost).finally(() =>
      this.remote.close(),
    );
    const failed = this.fleet.unreached.map(({ cause, ...one }): Outcome => ({
      ...one,
      ...FAILED,
      lines: [cause],
    }));
    for (const { host, lines } of failed) this.output.err(`${this.prefixes.line(host, lines.join())}\n`);
    return [...outcomes.flat(), ...failed];
  }

  /** For people: what came of it, where that is more than what is seen. */
  sum(outcomes: readonly Outcome[]): void {
    const number = (which: Outcome["outcome"]): Outcome[] =>
      outcomes.filter(({ outcome }) => outcome === which);
    const [done, failed, skipped] = [number("done"), number("failed"), number("skipped")];
    if (outcomes.length === 1 || (!this.verb.isChange && failed.length === 0)) return;
    const names = (some: Outcome[]): string => some.map(({ host }) => host).join(", ");
    const parts = [
      `done on ${done.length}`,
      ...(failed.length > 0 ? [colored(this.output, "red", `failed on ${names(failed)}`)] : []),
      ...(skipped.length > 0 ? [`not begun on ${names(skipped)}`] : []),
    ];
    this.output.err(`${this.verb.name}: ${parts.join(", ")}\n`);
  }

  private async one(placement: Placement, signal: AbortSignal): Promise<Outcome> {
    const { stack, service, host } = placement;
    const named = { stack, service, host: host.name };
    if (signal.aborted || (this.verb.isChange && this.hasFailed))
      return { ...named, outcome: "skipped", lines: [] };
    const lines: string[] = [];
    const onLine = (line: string): void => {
      lines.push(line);
      if (this.verb.isChange) this.print(placement, [line]);
    };
    const isDone = await this.call(placement, onLine, signal);
    if (!this.verb.isChange) this.print(placement, lines);
    this.hasFailed ||= !isDone;
    return { ...named, ...(isDone ? { outcome: "done" } : FAILED), lines };
  }

  private async call(
    { host, ...one }: Placement,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { name, isChange } = this.verb;
    const timeout = isChange ? {} : { timeout: 30 };
    const call = { script: asking({ host, ...one }, name), onLine, signal, ...timeout };
    const ended = await this.remote.run(host, call).catch(reasonOf);
    if (typeof ended === "string") onLine(ended);
    return ended === 0;
  }

  /** What changes goes on while one looks; of the rest, each host's is in one piece. */
  private print(placement: Placement, lines: readonly string[]): void {
    if (this.options.json) return;
    for (const line of lines) this.output.out(`${this.prefixes.line(this.label(placement), line)}\n`);
  }
}

const FAILED = { outcome: "failed" } as const;
