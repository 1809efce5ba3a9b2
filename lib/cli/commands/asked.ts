import { type Command } from "commander";
import { asking } from "../hosts/asking";
import { type Fleet, type Placement } from "../fleet/fleet";
import { type AskOptions, asksFleet, fleetMeant } from "../fleet/fleet-options";
import { interruptible } from "../terminal/interrupt";
import { Kept } from "../terminal/lines";
import { forEachOf } from "../hosts/many";
import { type Named, namedOf, Names } from "../fleet/names";
import { colored, EXIT, Exit, exitCodes, jsonText, type Output, WrongCall } from "../terminal/output";
import { Prefixes } from "../terminal/prefix";
import { reasonOf, Remote } from "../hosts/remote";
import { byHost, type OnHost } from "./status";

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
interface Outcome extends Named {
  /** "skipped" where another one had failed before, "left" where Ctrl-C has left it alone. */
  readonly outcome: "done" | "failed" | "skipped" | "left";
  readonly lines: readonly string[];
}

/** Adds the commands that ask each host for something of a service. */
export function addAsked(program: Command, output: Output): void {
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.description);
    asksFleet(command, verb.isChange ? { parallelism: 1 } : { timeout: 30 })
      .addHelpText("after", exitCodes("if it is done on all", "if it failed on a host"))
      .action((options: AskOptions) => ask(verb, options, output));
  }
}

async function ask(verb: Verb, options: AskOptions, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  if (verb.isChange) checkMeant(fleet, options);
  const outcomes = await interruptible(async (signal) => {
    const run = new Run(verb, fleet, options, output);
    const all = await run.all(signal);
    if (options.json) output.out(jsonText(all));
    else run.sum(all);
    return all;
  });
  if (outcomes.some(({ outcome }) => outcome !== "done")) throw new Exit(EXIT.failed);
}

/** What is to change has to be said, and reached. */
function checkMeant({ placements, unreached }: Fleet, { services, stacks }: AskOptions): void {
  const [first] = unreached;
  if (first) throw new WrongCall(`${first.host}: ${first.cause}, or choose others by --hosts`);
  checkOne(
    "services",
    services,
    placements.map(({ service }) => service),
  );
  checkOne(
    "stacks",
    stacks,
    placements.map(({ stack }) => stack),
  );
}

function checkOne(kind: "services" | "stacks", given: string | undefined, all: readonly string[]): void {
  const names = [...new Set(all)];
  if (given === undefined && names.length > 1)
    throw new WrongCall(
      `which of the ${kind}? There are ${names.join(", ")}: name one by --${kind}, or all by --${kind} '*'`,
    );
}

/** One call for all hosts. */
class Run {
  private readonly remote = new Remote();
  private readonly names: Names;
  private readonly prefixes: Prefixes;
  private hasFailed = false;

  constructor(
    private readonly verb: Verb,
    private readonly fleet: Fleet,
    private readonly options: AskOptions,
    private readonly output: Output,
  ) {
    this.names = new Names(fleet);
    const all = [...fleet.placements.map(namedOf), ...fleet.unreached];
    this.prefixes = new Prefixes(
      output,
      all.map((one) => this.names.label(one)),
    );
  }

  async all(signal: AbortSignal): Promise<Outcome[]> {
    const { parallelism } = this.options;
    const onHost = (all: OnHost): Promise<Outcome[]> => forEachOf(all, 1, (one) => this.one(one, signal));
    const outcomes = await forEachOf(byHost(this.fleet.placements), parallelism, onHost).finally(() =>
      this.remote.close(),
    );
    if (!this.verb.isChange) for (const one of outcomes.flat()) this.print(one, one.lines);
    const failed = this.fleet.unreached.map(({ cause, ...one }): Outcome => {
      this.output.err(`${this.prefixes.line(this.names.label(one), cause)}\n`);
      return { ...one, outcome: "failed", lines: [cause] };
    });
    return [...outcomes.flat(), ...failed];
  }

  /** For people: what came of it, where that is more than what is seen. */
  sum(outcomes: readonly Outcome[]): void {
    const named = (which: Outcome["outcome"]): string =>
      outcomes
        .filter(({ outcome }) => outcome === which)
        .map((one) => this.names.label(one))
        .join(", ");
    const [failed, left, skipped] = [named("failed"), named("left"), named("skipped")];
    if (left === "" && (outcomes.length === 1 || (!this.verb.isChange && failed === ""))) return;
    const parts = [
      `done on ${outcomes.filter(({ outcome }) => outcome === "done").length}`,
      ...(failed === "" ? [] : [colored(this.output, "red", `failed on ${failed}`)]),
      ...(left === "" ? [] : [`left alone on ${left}, where what has begun goes on to its end`]),
      ...(skipped === "" ? [] : [`not begun on ${skipped}`]),
    ];
    this.output.err(`${this.verb.name}: ${parts.join(", ")}\n`);
  }

  private async one(placement: Placement, signal: AbortSignal): Promise<Outcome> {
    const named = namedOf(placement);
    const { isChange } = this.verb;
    if (signal.aborted || (isChange && this.hasFailed)) return { ...named, outcome: "skipped", lines: [] };
    const kept = new Kept();
    const onLine = (line: string): void => {
      kept.add(line);
      if (isChange) this.print(named, [line]);
    };
    const ended = await this.call(placement, onLine, signal);
    if (signal.aborted && ended !== 0)
      return { ...named, outcome: isChange ? "left" : "skipped", lines: kept.lines };
    if (typeof ended === "string") onLine(ended);
    this.hasFailed ||= ended !== 0;
    return { ...named, outcome: ended === 0 ? "done" : "failed", lines: kept.lines };
  }

  private async call(
    placement: Placement,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<number | string> {
    const { timeout } = this.options;
    const script = asking(placement, this.verb.name);
    return this.remote.run(placement.host, { script, onLine, signal, timeout }).catch(reasonOf);
  }

  /** What changes goes on while one looks; the rest is told at the end, in the order of the hosts. */
  private print(one: Named, lines: readonly string[]): void {
    if (this.options.json) return;
    for (const line of lines) this.output.out(`${this.prefixes.line(this.names.label(one), line)}\n`);
  }
}
