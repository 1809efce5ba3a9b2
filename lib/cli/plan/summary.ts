import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Command, Option } from "commander";
import { EXIT, Exit, type Output } from "../terminal/output";
import { MARKDOWN, TEXT } from "./paper";
import { planIn } from "./plan-file";
import { reportOf } from "./report";
import { blocksOf } from "./report-text";

interface Options {
  readonly format: keyof typeof PAPERS;
  readonly failOnRemoval?: boolean;
}

const PAPERS = { markdown: MARKDOWN, text: TEXT } as const;

/** By which a comment is found again. */
const MARK = "<!-- cdktf-puma summary -->";

/** The most that GitHub takes of a comment is 65,536 characters; GitLab takes more. */
const MOST = 65_000;

/** Standard input, as a file. */
const STDIN = "-";

/** Adds the command that tells people what a plan does. */
export function addSummary(program: Command, output: Output): void {
  program
    .command("summary")
    .description("Say what a plan does to the services, as a comment on a pull request.")
    .argument("[file...]", "what 'terraform show -json PLAN' prints; several are told one after another", [
      STDIN,
    ])
    .addOption(
      new Option("--format <format>", "how it is written").choices(Object.keys(PAPERS)).default("markdown"),
    )
    .option("--fail-on-removal", "exit code 3 where a service is removed from a host")
    .addHelpText("after", HELP)
    .action((files: string[], options: Options) => summarize(files, options, output));
}

const HELP = `
  terraform plan -out=plan
  terraform show -json plan | npx cdktf-puma summary

Nothing is read but standard input, or the files. Values that the engine holds to be sensitive are left out.

Exit codes:
  0 if the plan was read
  1 if it is none, or is not whole
  2 if it was called wrongly
  3 if a service is removed from a host, where --fail-on-removal is given`;

async function summarize(
  files: readonly string[],
  { format, failOnRemoval }: Options,
  output: Output,
): Promise<void> {
  const plans = await Promise.all(files.map(read));
  const reports = files.map((file, i) => reportOf(planIn(plans[i] ?? "", nameOf(file)), nameOf(file)));
  const blocks = reports.flatMap((report) => blocksOf(report, PAPERS[format]));
  const begin = format === "markdown" ? [MARK] : [];
  output.out(`${fitting(MOST, [...begin, ...blocks])}\n`);
  if (reports.some(({ isErrored }) => isErrored)) throw new Exit(EXIT.failed);
  if (failOnRemoval && reports.some(({ removed }) => removed.length > 0)) throw new Exit(EXIT.otherwise);
}

/** Standard input may take its time: the engine that writes into it begins at the same time as we do. */
async function read(file: string): Promise<string> {
  try {
    return await (file === STDIN ? text(process.stdin) : readFile(file, "utf8"));
  } catch (error) {
    throw new Error(`${nameOf(file)}: ${(error as Error).message}`, { cause: error });
  }
}

function nameOf(file: string): string {
  return file === STDIN ? "standard input" : file;
}

/** What fits of the blocks, none of which is cut: half of a fence would swallow what follows. */
function fitting(most: number, blocks: readonly string[]): string {
  const word = (left: number): string =>
    `Left away of this plan: ${left} ${left === 1 ? "part" : "parts"}, as a comment holds 65,536 characters.`;
  const shown: string[] = [];
  let room = most - word(blocks.length).length;
  for (const block of blocks) {
    if (block.length + 2 > room) continue;
    shown.push(block);
    room -= block.length + 2;
  }
  const left = blocks.length - shown.length;
  return [...shown, ...(left > 0 ? [word(left)] : [])].join("\n\n");
}
