import { type Command } from "commander";
import { LEFT_TO_PUMA } from "../../puma/directive-table";
import { consoleScript } from "../../runtime/parts";
import { asRoot } from "../hosts/as-root";
import { caller } from "../hosts/caller";
import { type Placement } from "../fleet/fleet";
import { fleetMeant, type FleetOptions, overFleet } from "../fleet/fleet-options";
import { EXIT, Exit, WrongCall } from "../terminal/output";
import { Remote } from "../hosts/remote";

interface RunOptions extends FleetOptions {
  readonly tty: boolean;
}

/** The longest command, in bytes as they are sent: one argument has 128 KB. */
const LONGEST = 64 * 1024;

/** Adds the command that runs another as a service. */
export function addRun(program: Command): void {
  overFleet(program.command("run"))
    .description(
      "Run a command as a service: by its user, with its environment and secrets, in its folder and sandbox.",
    )
    .argument("<command...>", "behind '--': run -- bin/rails console")
    .option("--no-tty", "without a terminal, though there is one here")
    .addHelpText("after", HELP)
    .action((words: string[], options: RunOptions) => runAsService(words, options));
}

const HELP = `
It runs on the first of the hosts that are meant.

Exit codes: those of the command; 1 if there was nothing to run it on, 2 if this was called wrongly, 255 also of OpenSSH.`;

/** @throws an Exit with the status of the command, if it is not 0 */
async function runAsService(words: readonly string[], options: RunOptions): Promise<void> {
  checkWords(words);
  const placement = placementMeant(options);
  const isInteractive = options.tty && Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const remote = new Remote();
  const status = await remote
    .interact(placement.host, scriptOf(placement, words, isInteractive), isInteractive)
    .finally(() => remote.close());
  if (status !== EXIT.done) throw new Exit(status);
}

function checkWords(words: readonly string[]): void {
  const [program = ""] = words;
  if (program === "" || program.startsWith("-"))
    throw new WrongCall(`a command has to begin with a program, got '${program}'`);
  const size = words.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  if (size > LONGEST)
    throw new WrongCall(`a command has at most ${LONGEST} bytes, got ${size}: give it its input by a pipe`);
}

/** One service on one host. */
function placementMeant(options: RunOptions): Placement {
  const { placements, unreached } = fleetMeant(options);
  const services = [...new Set(placements.map(({ stack, service }) => `${service} (${stack})`))];
  if (services.length > 1)
    throw new WrongCall(`name one service by --services and --stacks: ${services.join(", ")}`);
  const [first] = placements;
  if (first !== undefined) return first;
  throw new Error(unreached.map((one) => `${one.service} on ${one.host}: ${one.cause}`).join("; "));
}

function scriptOf({ service, scope, host }: Placement, words: readonly string[], isPty: boolean): string {
  return asRoot({
    ...{ script: consoleScript(), scope },
    // The process of the connection, with which the command ends.
    known: [service, scope, isPty ? "pty" : "pipe", '"$PPID"'],
    words: [caller(), host.name, LEFT_TO_PUMA.join("|"), ...words],
  });
}
