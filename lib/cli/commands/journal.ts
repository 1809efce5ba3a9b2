import { type Command } from "commander";
import { shellQuoted } from "../../deploy/shell-settings";
import { CANDIDATE_ROLES, candidateName, OWN_PREFIX } from "../../layout";
import { BECOME } from "../hosts/asking";
import { type Fleet, type Placement } from "../fleet/fleet";
import { type AskOptions, asksFleet, count, fleetMeant } from "../fleet/fleet-options";
import { interruptible } from "../terminal/interrupt";
import { Kept } from "../terminal/lines";
import { SOCKETS } from "../hosts/host";
import { forEachOf } from "../hosts/many";
import { namedOf, Names } from "../fleet/names";
import { EXIT, Exit, exitCodes, type Output } from "../terminal/output";
import { Prefixes } from "../terminal/prefix";
import { reasonOf, Remote } from "../hosts/remote";
import { byHost, type OnHost } from "./status";

interface Options extends AskOptions {
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
  asksFleet(program.command("logs").description("Show the journal of services, of all hosts at once."), {
    timeout: 60,
  })
    .option("-f, --follow", "go on with what comes, until Ctrl-C: no time-out counts")
    .option("-n, --lines <number>", "how many lines of each host", count, 20)
    .option("--since <time>", "from then on, in journalctl's words: '1 hour ago'")
    .addHelpText("after", HELP)
    .action((options: Options) => logs(options, output));
}

const HELP = `
Times are UTC. Without --follow the lines of all hosts are in the order of their times.
${exitCodes("if all were asked", "if a host could not be asked")}`;

async function logs(options: Options, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  const reader = new Reader(fleet, options, output);
  if (!(await interruptible((signal) => reader.all(signal)))) throw new Exit(EXIT.failed);
}

/** Reads the journals of all hosts at the same time, as each may go on for ever. */
class Reader {
  private readonly remote = new Remote();
  private readonly names: Names;
  private readonly prefixes: Prefixes;
  private readonly kept: Line[] = [];

  constructor(
    private readonly fleet: Fleet,
    private readonly options: Options,
    private readonly output: Output,
  ) {
    this.names = new Names(fleet);
    const all = [...fleet.placements.map(namedOf), ...fleet.unreached];
    this.prefixes = new Prefixes(
      output,
      all.map((one) => this.names.host(one)),
    );
  }

  /** @returns whether each could be asked */
  async all(signal: AbortSignal): Promise<boolean> {
    const { follow, parallelism } = this.options;
    const { placements, unreached } = this.fleet;
    for (const one of unreached) this.complain(this.names.host(one), one.cause);
    const hosts = byHost(placements);
    const ended = await forEachOf(hosts, follow ? hosts.length : parallelism, (all) =>
      this.one(all, signal),
    ).finally(() => this.remote.close());
    for (const line of inOrder(this.kept)) this.print(line);
    return unreached.length === 0 && !ended.includes(false);
  }

  private async one(all: OnHost, signal: AbortSignal): Promise<boolean> {
    const [first] = all;
    const { follow, timeout } = this.options;
    const host = this.names.host(namedOf(first));
    const kept = new Kept();
    const onLine = (line: string): void =>
      follow ? this.print({ host, text: inUtc(line) }) : kept.add(inUtc(line));
    const call = { script: journalctl(all, this.options), onLine, signal, ...(!follow && { timeout }) };
    const ended = await this.remote.run(first.host, call).catch(reasonOf);
    for (const text of kept.lines) this.kept.push({ host, text });
    if (typeof ended === "string" && !signal.aborted) this.complain(host, ended);
    return ended === 0;
  }

  private print({ host, text }: Line): void {
    const { json } = this.options;
    this.output.out(json ? `${JSON.stringify({ host, text })}\n` : `${this.prefixes.line(host, text)}\n`);
  }

  private complain(host: string, cause: string): void {
    this.output.err(`${this.prefixes.line(host, cause)}\n`);
  }
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
  const call = (journalctl: string, scope: string, units: readonly Placement[]): string[] => {
    const all = units.map((one) => unitsOf(one, scope)).join(" ");
    return units.length === 0
      ? []
      : [`${journalctl} -q --no-pager -o short-iso --no-hostname ${rest} ${all}`];
  };
  const calls = [...call("become journalctl", "", ofSystem), ...call("journalctl --user", "--user ", ofUser)];
  return `export LC_ALL=C TZ=UTC SYSTEMD_COLORS=0\n${BECOME}${SOCKETS}${together(calls)}`;
}

/** Both go on at the same time, and either may fail. */
function together([one = "", other]: readonly string[]): string {
  if (other === undefined) return `${one}\n`;
  return `${one} &\ncode=0\n${other} || code=$?\nwait $! || code=$?\nexit "$code"\n`;
}

/** As options of journalctl. */
function unitsOf({ service }: Placement, scope: string): string {
  const candidates = CANDIDATE_ROLES.map((role) => `${candidateName(service, role)}.service`);
  const units = [`${service}.service`, `${OWN_PREFIX}${service}.service`, ...candidates];
  const sockets = `$(sockets ${scope}-- ${shellQuoted(`${service}.service`)} | sed 's/^/-u /')`;
  return [...units.map((unit) => `-u ${shellQuoted(unit)}`), sockets].join(" ");
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
