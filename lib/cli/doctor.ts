import { type Command } from "commander";
import { shellQuoted } from "../deploy/shell-settings";
import { applyText } from "./apply-text";
import { fileOfStack, type Placement } from "./fleet";
import { fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { forEachOf } from "./many";
import { EXIT, Exit, type Output } from "./output";
import { HostError, Remote } from "./remote";

interface Options extends FleetOptions {
  readonly json?: boolean;
}

/** What a host lacks for a service, if it was asked. */
interface Diagnosis {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  readonly isReady: boolean;
  /** Of what is not ready, what is wrong; otherwise what an apply would do. */
  readonly lines: readonly string[];
}

/** Hosts that are asked at once, and the seconds that each has. */
const [AT_ONCE, TIMEOUT] = [10, 120];

/** Adds the command that tells what hosts lack. */
export function addDoctor(program: Command, output: Output): void {
  overFleet(program.command("doctor"))
    .description("Say what each host lacks for an apply, all at once, and change nothing there.")
    .option("--json", "print it for programs")
    .addHelpText("after", HELP)
    .action((options: Options) => diagnose(options, output));
}

const HELP = `
It sends each host what an apply would, as a dry run. Exit codes: 0, 1 if a host lacks something or was not asked, 2 if this
command was called wrongly.`;

async function diagnose(options: Options, output: Output): Promise<void> {
  const { placements, unreached } = fleetMeant(options);
  const remote = new Remote();
  const asked = await forEachOf(placements, AT_ONCE, (one) => ask(remote, one, options.output)).finally(() =>
    remote.close(),
  );
  const others = unreached.map(({ cause, ...one }) => ({ ...one, isReady: false, lines: [cause] }));
  const all = [...asked, ...others];
  output.out(options.json ? `${JSON.stringify(all, undefined, 2)}\n` : all.map(shown).join(""));
  if (!all.every(({ isReady }) => isReady)) throw new Exit(EXIT.failed);
}

function shown({ service, host, isReady, lines }: Diagnosis): string {
  const head = `${service} on ${host}: ${isReady ? "ready" : "not ready"}`;
  return [head, ...lines.map((line) => `  ${line.trimStart()}`)].map((line) => `${line}\n`).join("");
}

async function ask(remote: Remote, placement: Placement, output: string): Promise<Diagnosis> {
  const { stack, service, host } = placement;
  const lines: string[] = [];
  const own = { stack, service, host: host.name };
  try {
    const input = dryRunOf(placement, output);
    const call = { script: READ, input, timeout: TIMEOUT, onLine: (line: string) => lines.push(line) };
    const status = await remote.run(host, call);
    const problems = lines.filter((line) => line.startsWith("  - "));
    if (status === 0 && problems.length > 0) return { ...own, isReady: false, lines: problems };
    return { ...own, isReady: status === 0, lines };
  } catch (error) {
    return { ...own, isReady: false, lines: [reason(error)] };
  }
}

function reason(error: unknown): string {
  return error instanceof HostError ? error.reason : (error as Error).message;
}

/** No profile has taken of what is read: the whole of it is run, or nothing. */
const READ = `read -r begin; [ "$begin" = cdktf-puma-script ] || exit 9; exec /bin/sh -s\n`;

/** What an apply sends, but for what is done with it, and how long it waits for another run. */
function dryRunOf(placement: Placement, output: string): string {
  const { text, siblings } = applyText(fileOfStack(output, placement.stack), placement);
  const { host, scope } = placement;
  const become = scope === "user" ? "user" : host.sudo === undefined ? "auto" : host.sudo ? "sudo" : "root";
  const args = [host.name, host.reach.address, become, siblings].map(shellQuoted).join(" ");
  const script = text
    .replace("PUMA_ACTION='apply'\n", "PUMA_ACTION='plan'\n")
    .replace(/^PUMA_LOCK_TIMEOUT='\d+'$/m, "PUMA_LOCK_TIMEOUT='10'");
  return `cdktf-puma-script\nset -eu -- ${args} 0 stdin\n${script}`;
}
