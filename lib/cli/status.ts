import { type Command } from "commander";
import { type FleetHost, type Placement } from "./fleet";
import { AT_ONCE, count, fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { interruptible } from "./interrupt";
import { forEachOf } from "./many";
import { EXIT, Exit, type Output, Progress } from "./output";
import { reasonOf, Remote } from "./remote";
import { statusTable } from "./status-table";
import { type Condition, conditionOf, surveyOf } from "./survey";

/** A service on a host, and how it is there or why that is not known. */
export interface Report {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  readonly condition?: Condition;
  readonly error?: string;
}

interface Options extends FleetOptions {
  readonly json?: boolean;
  readonly timeout: number;
  readonly parallelism: number;
}

/** Adds the command that looks at all hosts. */
export function addStatus(program: Command, output: Output): void {
  overFleet(
    program.command("status").description("Say how the services are on all hosts of what was synthesized."),
  )
    .option("--timeout <seconds>", "after which a host counts as not reached", count, 8)
    .option("--parallelism <hosts>", "how many are asked at once", count, AT_ONCE)
    .option("--json", "print all that is known, for programs")
    .addHelpText("after", HELP)
    .action((options: Options) => status(options, output));
}

const HELP = `
Exit codes: 0 if all serve, 1 if a host could not be asked, 2 if this command was called wrongly, 3 if a service does not serve, or is not healthy.`;

async function status(options: Options, output: Output): Promise<void> {
  const { placements, unreached } = fleetMeant(options);
  const asked = await interruptible((signal) => askAll(placements, options, output, signal));
  const reports: Report[] = [...asked, ...unreached.map(({ cause, ...one }) => ({ ...one, error: cause }))];
  output.out(
    options.json ? `${JSON.stringify(reports.map(asJson), undefined, 2)}\n` : statusTable(reports, output),
  );
  const isDown = reports.some(
    ({ condition }) => condition && (!condition.serves || condition.health === "failed"),
  );
  if (isDown) throw new Exit(EXIT.down);
  if (reports.some(({ error }) => error !== undefined)) throw new Exit(EXIT.failed);
}

async function askAll(
  placements: readonly Placement[],
  { timeout, parallelism }: Options,
  output: Output,
  signal: AbortSignal,
): Promise<Report[]> {
  const hosts = byHost(placements);
  const [remote, progress] = [new Remote(), new Progress(output)];
  const waiting = new Set(hosts.map(([{ host }]) => host.name));
  const ask = async (all: OnHost): Promise<Report[]> => {
    progress.say(stillWaiting(waiting));
    const reports = await askOne(remote, all, timeout, signal);
    waiting.delete(all[0].host.name);
    progress.say(stillWaiting(waiting));
    return reports;
  };
  const reports = await forEachOf(hosts, parallelism, ask).finally(() => remote.close());
  progress.end();
  return reports.flat();
}

function stillWaiting(waiting: ReadonlySet<string>): string {
  return `waiting for ${waiting.size} ${waiting.size === 1 ? "host" : "hosts"}: ${[...waiting].slice(0, 4).join(", ")}`;
}

/** Services of a host that one login is enough for. */
export type OnHost = readonly [Placement, ...Placement[]];

/** The services of each login. */
export function byHost(placements: readonly Placement[]): OnHost[] {
  const groups = new Map<string, [Placement, ...Placement[]]>();
  for (const one of placements) {
    const key = loginOf(one.host);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

function loginOf({ name, reach }: FleetHost): string {
  return JSON.stringify([name, reach]);
}

async function askOne(remote: Remote, all: OnHost, timeout: number, signal: AbortSignal): Promise<Report[]> {
  const [{ host }] = all;
  const lines: string[] = [];
  const onLine = (line: string): unknown => lines.length < MOST_LINES && lines.push(line);
  const named = all.map(({ stack, service }) => ({ stack, service, host: host.name }));
  const call = { script: surveyOf(all), onLine, timeout, signal };
  const ended = await remote.run(host, call).catch(reasonOf);
  const error = typeof ended === "string" ? ended : whyNot(ended, lines);
  return named.map((one) =>
    error === undefined ? { ...one, condition: conditionOf(one.service, lines) } : { ...one, error },
  );
}

/** A host whose shell could not do what it was asked for. */
function whyNot(status: number, lines: readonly string[]): string | undefined {
  return status === 0 ? undefined : `it ended with ${status}: ${lines.at(-1) ?? "no word"}`;
}

/** Of a host that says more nothing is kept. */
const MOST_LINES = 10_000;

function asJson({ condition, ...one }: Report): object {
  return { ...one, ...condition };
}
