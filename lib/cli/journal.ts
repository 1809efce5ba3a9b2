import { type Command } from "commander";
import { shellQuoted } from "../deploy/shell-settings";
import { CANDIDATE_ROLES, candidateName, OWN_PREFIX } from "../layout";
import { BECOME } from "./asking";
import { type Placement } from "./fleet";
import { AT_ONCE, count, fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { interruptible } from "./interrupt";
import { forEachOf } from "./many";
import { EXIT, Exit, type Output } from "./output";
import { Prefixes } from "./prefix";
import { reasonOf, Remote } from "./remote";
import { byHost, type OnHost } from "./status";

interface Options extends FleetOptions {
  readonly follow?: boolean;
  readonly lines: number;
  readonly since?: string;
}

/** A line of a journal. */
interface Line {
  readonly host: string;
  readonly text: string;
}

/** Adds the command that shows what services write. */
export function addLogs(program: Command, output: Output): void {
  overFleet(program.command("logs").description("Show the journal of services, of all hosts at once."))
    .option("-f, --follow", "go on with what comes, until Ctrl-C")
    .option("-n, --lines <number>", "how many lines of each host", count, 20)
    .option("--since <time>", "from then on, in journalctl's words: '1 hour ago'")
    .addHelpText("after", HELP)
    .action((options: Options) => logs(options, output));
}

const HELP = `
Times are UTC. Without --follow the lines of all hosts are in the order of their times.

Exit codes: 0, 1 if a host could not be asked, 2 if this command was called wrongly, 130 after Ctrl-C.`;

async function logs(options: Options, output: Output): Promise<void> {
  const { placements, unreached } = fleetMeant(options);
  const names = [...placements.map(({ host }) => host.name), ...unreached.map(({ host }) => host)];
  const prefixes = new Prefixes(output, names);
  const print = ({ host, text }: Line): void => output.out(`${prefixes.line(host, text)}\n`);
  const complain = (host: string, cause: string): void => output.err(`${prefixes.line(host, cause)}\n`);
  for (const { host, cause } of unreached) complain(host, cause);
  const kept: Line[] = [];
  const take = options.follow ? print : (line: Line): unknown => kept.push(line);
  const ended = await interruptible((signal) => readAll(placements, options, signal, { take, complain }));
  for (const line of inOrder(kept)) print(line);
  if (unreached.length > 0 || ended.includes(false)) throw new Exit(EXIT.failed);
}

/** Takes what hosts say, and why one says nothing. */
interface Reader {
  readonly take: (line: Line) => unknown;
  readonly complain: (host: string, cause: string) => void;
}

/** Reads the journals of all hosts at the same time, as each may go on for ever. */
async function readAll(
  placements: readonly Placement[],
  options: Options,
  signal: AbortSignal,
  { take, complain }: Reader,
): Promise<boolean[]> {
  const remote = new Remote();
  const hosts = byHost(placements);
  const read = async (all: OnHost): Promise<boolean> => {
    const [{ host }] = all;
    const onLine = (line: string): unknown => take({ host: host.name, text: inUtc(line) });
    const call = { script: journalctl(all, options), onLine, signal };
    const ended = await remote.run(host, call).catch(reasonOf);
    if (typeof ended === "string" && !signal.aborted) complain(host.name, ended);
    return ended === 0;
  };
  return forEachOf(hosts, options.follow ? hosts.length : AT_ONCE, read).finally(() => remote.close());
}

/** What is written by services, by what stands in for them, and by the runs that change them. */
function journalctl(all: OnHost, { follow, lines, since }: Options): string {
  const ofUser = all.filter(({ scope }) => scope === "user");
  const ofSystem = all.filter(({ scope }) => scope === "system");
  const rest = [
    `-n ${lines}`,
    ...(follow ? ["-f"] : []),
    ...(since === undefined ? [] : [`--since=${shellQuoted(since)}`]),
  ].join(" ");
  const call = (journalctl: string, units: readonly Placement[]): string[] =>
    units.length === 0
      ? []
      : [`${journalctl} -q --no-pager -o short-iso --no-hostname ${rest} ${units.map(unitsOf).join(" ")}`];
  const calls = [...call("become journalctl", ofSystem), ...call("journalctl --user", ofUser)];
  return `export LC_ALL=C TZ=UTC SYSTEMD_COLORS=0\n${BECOME}${together(calls)}`;
}

/** Both go on at the same time, and either may fail. */
function together([one = "", other]: readonly string[]): string {
  if (other === undefined) return `${one}\n`;
  return `${one} &\ncode=0\n${other} || code=$?\nwait $! || code=$?\nexit "$code"\n`;
}

function unitsOf({ service }: Placement): string {
  const candidates = CANDIDATE_ROLES.map((role) => `${candidateName(service, role)}.service`);
  const units = [`${service}.service`, `${service}.socket`, `${OWN_PREFIX}${service}.service`, ...candidates];
  return units.map((unit) => `-u ${shellQuoted(unit)}`).join(" ");
}

/** systemd writes UTC as `+0000` or `+00:00`, which one by its version. */
function inUtc(line: string): string {
  return line.replace(/^(\d{4}-\d\d-\d\dT[\d:]+)\+00:?00 /, "$1Z ");
}

/** By their times; what has none goes with the line before it. */
function inOrder(lines: readonly Line[]): Line[] {
  const times = new Map<string, string>();
  const dated = lines.map((line) => {
    const [time = times.get(line.host) ?? ""] = /^\d{4}-\d\d-\d\dT[\d:]+Z/.exec(line.text) ?? [];
    times.set(line.host, time);
    return { line, time };
  });
  return dated
    .sort((one, other) => (one.time < other.time ? -1 : Number(one.time > other.time)))
    .map(({ line }) => line);
}
