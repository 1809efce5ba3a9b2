import { type Command } from "commander";
import { driftScript } from "../../runtime/parts";
import { asRoot } from "../hosts/as-root";
import { askEach, type Told } from "../hosts/ask-all";
import { type AskOptions, asksFleet, fleetMeant } from "../fleet/fleet-options";
import { type Drift, KeptDrift } from "./kept-drift";
import { Names } from "../fleet/names";
import { endBy, exitCodes, jsonText, type Output } from "../terminal/output";

interface Options extends AskOptions {
  readonly write?: string;
}

/** What stands before each line that counts: a login may say more. */
const MARK = "drift ";

/** Adds the command that tells what was changed on hosts by hand. */
export function addDrift(program: Command, output: Output): void {
  asksFleet(
    program.command("drift").description("Say what was changed by hand on each host since its last apply."),
    { timeout: 30 },
  )
    .option("--write <file>", "keep it there for the plan, as Drift.of(stack).read() reads it")
    .addHelpText("after", HELP)
    .action((options: Options) => lookAt(options, output));
}

const HELP = exitCodes(
  "if all is as it was applied",
  "if a host could not be asked",
  "if something was changed by hand",
);

async function lookAt(options: Options, output: Output): Promise<void> {
  const kept = options.write === undefined ? undefined : KeptDrift.in(options.write, options);
  const fleet = fleetMeant(options);
  const names = new Names(fleet);
  const told = await askEach(fleet, names, options, output, ({ service, scope }) => ({
    script: asRoot({ script: driftScript(), scope, words: [service, scope] }),
  }));
  const all = told.map(driftOf);
  output.out(options.json ? jsonText(all) : all.map((one) => shown(one, names)).join(""));
  kept?.write(all, output);
  endBy(
    all.some(({ drift }) => drift.length > 0),
    all.some(({ error }) => error !== undefined),
  );
}

function shown({ drift, error, ...one }: Drift, names: Names): string {
  const words = error === undefined ? drift : [...drift, `could not be asked: ${error}`];
  const lines = words.length === 0 ? ["as it was applied"] : words;
  return lines.map((line) => `${names.words(one)}: ${line}\n`).join("");
}

function driftOf({ lines, status, error, ...one }: Told): Drift {
  const drift = lines.filter((line) => line.startsWith(MARK)).map((line) => line.slice(MARK.length));
  const cause = status === 0 ? undefined : (error ?? lines.at(-1) ?? `exit status ${status}`);
  return { ...one, drift, ...(cause !== undefined && { error: cause }) };
}
