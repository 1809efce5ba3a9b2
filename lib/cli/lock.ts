import { userInfo } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { lockScript } from "../runtime/parts";
import { asRoot, LOGIN } from "./as-root";
import { type Placement } from "./fleet";
import { fleetMeant, type FleetOptions, overFleet } from "./fleet-options";
import { forEachOf } from "./many";
import { EXIT, Exit, type Output } from "./output";
import { Remote } from "./remote";

interface LockOptions extends FleetOptions {
  readonly message?: string;
  readonly by: string;
}

/** Hosts that are asked at once, and the seconds that each has. */
const [AT_ONCE, TIMEOUT] = [20, 60];

/** Adds the commands that put a lock on services, and take it away. */
export function addLock(program: Command, output: Output): void {
  overFleet(program.command("lock"))
    .description("Keep everybody from changing a service on its hosts: applies, restarts, removals.")
    .requiredOption("-m, --message <why>", "why: whoever meets the lock is told", said)
    .option("--by <name>", "whose it is", said, userInfo().username)
    .action((options: LockOptions) => onEach("lock", options, output));
  overFleet(program.command("unlock"))
    .description("Take the lock of a service away again, whoever has put it there.")
    .option("--by <name>", "who does", said, userInfo().username)
    .action((options: LockOptions) => onEach("unlock", options, output));
}

/** Somebody has to be able to read it. */
function said(text: string): string {
  if (/[^\p{C}\p{Z}]/u.test(text)) return text;
  throw new InvalidArgumentError("It has to say something.");
}

/** @throws an Exit if a host was not reached, or refuses */
async function onEach(word: "lock" | "unlock", options: LockOptions, output: Output): Promise<void> {
  const { placements, unreached } = fleetMeant(options);
  const remote = new Remote();
  const all = await forEachOf(placements, AT_ONCE, (one) => change(remote, one, word, options)).finally(() =>
    remote.close(),
  );
  for (const { isDone, lines } of all) for (const line of lines) (isDone ? output.out : output.err)(line);
  for (const { service, host, cause } of unreached) output.err(`${service} on ${host}: ${cause}\n`);
  if (unreached.length > 0 || !all.every(({ isDone }) => isDone)) throw new Exit(EXIT.failed);
}

interface Changed {
  readonly isDone: boolean;
  readonly lines: readonly string[];
}

async function change(
  remote: Remote,
  { service, scope, host }: Placement,
  word: string,
  { by, message = "" }: LockOptions,
): Promise<Changed> {
  const lines: string[] = [];
  const say = (line: string): unknown => lines.push(`${service} on ${host.name}: ${line}\n`);
  const script = asRoot({
    ...{ script: lockScript(), scope },
    known: [word, service, scope, LOGIN],
    words: [by, message],
  });
  try {
    return { isDone: (await remote.run(host, { script, onLine: say, timeout: TIMEOUT })) === 0, lines };
  } catch (error) {
    const cause = (error as Error).message.replace(`${host.name}: `, "");
    return { isDone: false, lines: [`${service} on ${host.name}: ${cause}\n`] };
  }
}
