import { type Command, InvalidArgumentError } from "commander";
import { lockScript } from "../../runtime/parts";
import { asRoot, LOGIN } from "../hosts/as-root";
import { askEach, type Told } from "../hosts/ask-all";
import { caller } from "../hosts/caller";
import { type Placement } from "../fleet/fleet";
import { type AskOptions, asksFleet, fleetMeant } from "../fleet/fleet-options";
import { type Named, Names } from "../fleet/names";
import { EXIT, Exit, exitCodes, jsonText, type Output } from "../terminal/output";

interface LockOptions extends AskOptions {
  readonly message?: string;
  readonly by: string;
}

/** What came of it on one host. */
interface Outcome extends Named {
  readonly outcome: "done" | "failed";
  readonly lines: readonly string[];
}

/** Adds the commands that put a lock on services, and take it away. */
export function addLock(program: Command, output: Output): void {
  const lock = program
    .command("lock")
    .description("Keep everybody from changing a service on its hosts: applies, restarts, removals.")
    .requiredOption("-m, --message <why>", "why: whoever meets the lock is told", said)
    .option("--by <name>", "whose it is", said, caller());
  asksFleet(lock, { timeout: 60 })
    .addHelpText(
      "after",
      exitCodes("if all are locked", "if a host was not reached, or somebody's lock is there"),
    )
    .action((options: LockOptions) => onEach("lock", options, output));
  const unlock = program
    .command("unlock")
    .description("Take the lock of a service away again, whoever has put it there.")
    .option("--by <name>", "who does", said, caller());
  asksFleet(unlock, { timeout: 60 })
    .addHelpText("after", exitCodes("if none is locked", "if a host was not reached"))
    .action((options: LockOptions) => onEach("unlock", options, output));
}

/** Somebody has to be able to read it. */
function said(text: string): string {
  if (/[^\p{C}\p{Z}]/u.test(text)) return text;
  throw new InvalidArgumentError("It has to say something.");
}

/** @throws an Exit if a host was not reached, or refuses */
async function onEach(word: "lock" | "unlock", options: LockOptions, output: Output): Promise<void> {
  const fleet = fleetMeant(options);
  const names = new Names(fleet);
  const script = (one: Placement): string => scriptOf(word, one, options);
  const told = await askEach(fleet, names, options, output, (one) => ({ script: script(one) }));
  const all = told.map(outcomeOf);
  if (options.json) output.out(jsonText(all));
  else for (const one of all) print(one, names, output);
  if (all.some(({ outcome }) => outcome === "failed")) throw new Exit(EXIT.failed);
}

function outcomeOf({ lines, status, error, ...one }: Told): Outcome {
  const said = error === undefined ? lines : [...lines, error];
  return { ...one, outcome: status === 0 ? "done" : "failed", lines: said };
}

function print({ outcome, lines, ...one }: Outcome, names: Names, output: Output): void {
  const write = outcome === "done" ? output.out : output.err;
  for (const line of lines) write(`${names.words(one)}: ${line}\n`);
}

function scriptOf(word: string, { service, scope }: Placement, { by, message = "" }: LockOptions): string {
  return asRoot({
    ...{ script: lockScript(), scope },
    known: [word, service, scope, LOGIN],
    words: [by, message],
  });
}
