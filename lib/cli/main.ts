import { Command, CommanderError } from "commander";
import { installedCdk } from "../terraform/cdk";
import { addAsked } from "./commands/asked";
import { addDoctor } from "./commands/doctor";
import { addDrift } from "./commands/drift";
import { type Note } from "./import/draft";
import { readFiles } from "./import/files";
import { isUnitName, loginOf, unitsOfHost } from "./hosts/host";
import { importUnits } from "./import/import";
import { addLogs } from "./commands/journal";
import { plain } from "./terminal/lines";
import { addLock } from "./commands/lock";
import { endWithReaders, EXIT, Exit, type Output, STREAMS, WrongCall } from "./terminal/output";
import { programOf } from "./import/program";
import { addRun } from "./commands/run";
import { removeFrom, servicesOn, tableOf } from "./commands/services";
import { addStatus } from "./commands/status";
import { addSummary } from "./plan/summary";
import { type Source, unitsOf } from "./import/unit";

interface Options {
  readonly host?: string;
  readonly instance?: string;
}

/** The command line as a process: with its streams, and its exit code. */
export async function run(words: readonly string[]): Promise<void> {
  endWithReaders();
  process.exitCode = await main(words);
}

/**
 * The command line.
 * @param words behind the command's own name
 * @returns the exit code: 0, 1 if the input is refused or something failed, 2 if the words are, others as a command has them
 */
export async function main(words: readonly string[], output: Output = STREAMS): Promise<number> {
  const program = commands(output);
  try {
    await program.parseAsync(words, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === "commander.excessArguments") output.err(hint(program, words));
      return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    }
    if (error instanceof Exit) return error.status;
    output.err(`cdktf-puma: ${(error as Error).message}\n`);
    return error instanceof WrongCall ? EXIT.usage : EXIT.failed;
  }
}

/** What whoever names a service as a word means to say. */
function hint(program: Command, [name]: readonly string[]): string {
  const options = program.commands.find((command) => command.name() === name)?.options ?? [];
  const isOverFleet = options.some(({ long }) => long === "--services");
  return isOverFleet ? `services are named by --services, hosts by --hosts: see ${name} --help\n` : "";
}

function commands(output: Output): Command {
  const program = new Command("cdktf-puma").description(
    "Puma services under systemd, declared in TypeScript.",
  );
  program.exitOverride().configureOutput({ writeOut: output.out, writeErr: output.err });
  program
    .command("import")
    .description("Print the TypeScript that declares a service which runs already.")
    .argument("<file...>", "its .service, its .socket and drop-ins (.conf); with --host the name of its unit")
    .option("--host <login>", "read the units from a host by OpenSSH: ops@10.0.1.11")
    .option("--instance <name>", "instance of a template such as puma@.service")
    .addHelpText("after", HELP)
    .action((names: string[], options: Options, command: Command) => print(names, options, command, output));
  for (const add of ADDED) add(program, output);
  return program;
}

const ADDED = [
  addStatus,
  addLogs,
  addAsked,
  addRun,
  addDoctor,
  addDrift,
  addSummary,
  addLock,
  addList,
  addRemove,
] as const;

const HOST_OPTION = ["--host <login>", "a host by OpenSSH: ops@10.0.1.11; this machine otherwise"] as const;

function addList(program: Command, output: Output): void {
  program
    .command("list")
    .description("List the services on a host, and the stacks that own them.")
    .option(...HOST_OPTION)
    .action(({ host }: Options, command: Command) => {
      checkHost(host, command);
      output.out(tableOf(servicesOn(host)));
    });
}

function addRemove(program: Command, output: Output): void {
  program
    .command("remove")
    .description("Remove a service from a host, of a stack whose state is lost.")
    .argument("<service>", "its name, as list has it")
    .requiredOption(
      "--owner <stack>",
      "the stack that owns it, as list has it: nothing of another one's is removed",
    )
    .option(...HOST_OPTION)
    .action((service: string, { owner, host }: Options & { owner: string }, command: Command) => {
      checkHost(host, command);
      const { status, text } = removeFrom(host, service, owner);
      output.out(plain(text));
      if (status !== 0) throw new Error(`'${service}' was not removed: see above`);
    });
}

function checkHost(host: string | undefined, command: Command): void {
  if (host !== undefined && loginOf(host) === undefined)
    command.error(`error: --host has to be [USER@]ADDRESS, got '${host}'`);
}

const HELP = `
The program goes to standard output, what is left away of the files to standard error and, with the reason, into the
program's comments. Values of variables that look like secrets are left out.

  npx cdktf-puma import puma.service puma.socket > main.ts
  npx cdktf-puma import --host ops@10.0.1.11 puma > main.ts

Exit codes: 0, 1 if a file is refused (with its line), 2 if this command was called wrongly.`;

function print(names: string[], { host, instance }: Options, command: Command, output: Output): void {
  const login = host === undefined ? undefined : loginOf(host);
  checkHost(host, command);
  if (instance !== undefined && !/^[\w.-]+$/.test(instance))
    command.error(`error: --instance has to be a name, got '${instance}'`);
  const sources = host === undefined ? readFiles(names) : fromHost(host, names, command);
  const units = unitsOf(sources);
  const imported = importUnits(units, instance);
  output.out(programOf(imported, units, { cdk: installedCdk()?.name ?? "cdktf", host: login }));
  output.err(`${summary(sources, imported.notes)}\n`);
}

function fromHost(host: string, names: string[], command: Command): Source[] {
  const [name = "", ...others] = names;
  if (others.length > 0 || !isUnitName(name))
    command.error(`error: with --host, name one unit, got '${names.join(" ")}'`);
  return unitsOfHost(host, name);
}

function summary(sources: readonly Source[], notes: readonly Note[]): string {
  const files = sources.map(({ path }) => path).join(", ");
  const said = notes.filter(({ isSaid }) => isSaid).length;
  const left = notes.length - said;
  return `cdktf-puma: read ${files}: ${left} left away, ${said} said otherwise; the reasons are in the program`;
}
