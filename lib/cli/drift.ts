import { type Command } from "commander";
import { driftScript } from "../runtime/parts";
import { asRoot } from "./as-root";
import { type Placement } from "./fleet";
import { fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { forEachOf } from "./many";
import { EXIT, Exit, type Output } from "./output";
import { HostError, Remote } from "./remote";

interface Options extends FleetOptions {
  readonly json?: boolean;
}

/** What is otherwise on a host than the last apply has left it. */
interface Drift {
  readonly stack: string;
  readonly service: string;
  readonly host: string;
  readonly drift: readonly string[];
  /** Why it could not be asked. */
  readonly error?: string;
}

/** Hosts that are asked at once, and the seconds that each has. */
const [AT_ONCE, TIMEOUT] = [32, 30];

/** What stands before each line that counts: a login may say more. */
const MARK = "drift ";

/** Adds the command that tells what was changed on hosts by hand. */
export function addDrift(program: Command, output: Output): void {
  overFleet(program.command("drift"))
    .description("Say what was changed by hand on each host since its last apply.")
    .option("--json", "print it for programs")
    .addHelpText("after", HELP)
    .action((options: Options) => lookAt(options, output));
}

const HELP = `
Exit codes: 0 where all is as it was applied, 1 if something is not or a host could not be asked, 2 if this command was called
wrongly.`;

async function lookAt(options: Options, output: Output): Promise<void> {
  const { placements, unreached } = fleetMeant(options);
  const remote = new Remote();
  const asked = await forEachOf(placements, AT_ONCE, (one) => ask(remote, one)).finally(() => remote.close());
  const others = unreached.map(({ cause, ...one }) => ({ ...one, drift: [], error: cause }));
  const all: Drift[] = [...asked, ...others];
  output.out(options.json ? `${JSON.stringify(all, undefined, 2)}\n` : all.map(shown).join(""));
  if (all.some(({ drift, error }) => drift.length > 0 || error !== undefined)) throw new Exit(EXIT.failed);
}

function shown({ service, host, drift, error }: Drift): string {
  const words = error === undefined ? drift : [`could not be asked: ${error}`];
  const lines = words.length === 0 ? ["as it was applied"] : words;
  return lines.map((line) => `${service} on ${host}: ${line}\n`).join("");
}

async function ask(remote: Remote, { stack, service, scope, host }: Placement): Promise<Drift> {
  const lines: string[] = [];
  const own = { stack, service, host: host.name };
  const script = asRoot({ script: driftScript(), scope, words: [service, scope] });
  const call = { script, timeout: TIMEOUT, onLine: (line: string) => lines.push(line) };
  try {
    const status = await remote.run(host, call);
    const drift = lines.filter((line) => line.startsWith(MARK)).map((line) => line.slice(MARK.length));
    return { ...own, drift, ...(status !== 0 && { error: lines.at(-1) ?? `exit status ${status}` }) };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { ...own, drift: [], error: error.reason };
  }
}
