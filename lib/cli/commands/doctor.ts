import { type Command } from "commander";
import { shellQuoted } from "../../deploy/shell-settings";
import { applyText } from "../fleet/apply-text";
import { askEach, type Told } from "../hosts/ask-all";
import { fileOfStack, type Placement } from "../fleet/fleet";
import { type AskOptions, asksFleet, fleetMeant } from "../fleet/fleet-options";
import { type Named, Names } from "../fleet/names";
import { endBy, exitCodes, jsonText, type Output } from "../terminal/output";

/** What a host lacks for a service, if it was asked. */
interface Diagnosis extends Named {
  readonly isReady: boolean;
  /** Of what is not ready, what is wrong; otherwise what an apply would do. */
  readonly lines: readonly string[];
  /** Why it could not be asked. */
  readonly error?: string;
}

/** Adds the command that tells what hosts lack. */
export function addDoctor(program: Command, output: Output): void {
  asksFleet(
    program
      .command("doctor")
      .description("Say what each host lacks for an apply, all at once, and change nothing there."),
    { timeout: 120, parallelism: 10 },
  )
    .addHelpText("after", HELP)
    .action((options: AskOptions) => diagnose(options, output));
}

const HELP = `
It sends each host what an apply would, as a dry run.
${exitCodes("if all are ready", "if a host could not be asked", "if a host lacks something")}`;

async function diagnose(options: AskOptions, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  const names = new Names(fleet);
  const told = await askEach(fleet, names, options, output, (one) => ({
    script: READ,
    input: dryRunOf(one, options.output),
  }));
  const all = told.map(diagnosisOf);
  output.out(options.json ? jsonText(all) : all.map((one) => shown(one, names)).join(""));
  endBy(
    all.some(({ isReady, error }) => !isReady && error === undefined),
    all.some(({ error }) => error !== undefined),
  );
}

function shown({ isReady, lines, error, ...one }: Diagnosis, names: Names): string {
  const state = isReady ? "ready" : "not ready";
  const head = `${names.words(one)}: ${error === undefined ? state : `could not be asked: ${error}`}`;
  return [head, ...lines.map((line) => `  ${line.trimStart()}`)].map((line) => `${line}\n`).join("");
}

function diagnosisOf({ lines, status, error, ...one }: Told): Diagnosis {
  if (error !== undefined) return { ...one, isReady: false, lines, error };
  const problems = lines.filter((line) => line.startsWith("  - "));
  if (status === 0 && problems.length > 0) return { ...one, isReady: false, lines: problems };
  return { ...one, isReady: status === 0, lines };
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
