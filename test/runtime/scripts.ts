/** The scripts of a host as they are, and with a break in them. */
import { part, PARTS } from "../../lib/runtime/parts";
import { type Part, ShellSource } from "./shell-rules";

const read = (name: string): Part => ({ file: `${name}.sh`, text: part(name) });

export const host = new ShellSource(PARTS.map(read), "run.sh");
export const launcher = new ShellSource([read("emptied"), read("launch")], "launch.sh");
export const loader = new ShellSource([read("emptied"), read("load")], "load.sh");
export const stopper = new ShellSource([read("processes"), read("stop")], "stop.sh");

const alone = (name: string): ShellSource => new ShellSource([read(name)], `${name}.sh`);

/**
 * Those of a host's run, beside a service's unit, for those who ask, and beside the engine. Two are not here: console.sh uses one half
 * of surroundings.sh, and declares nothing of the other, and converse.sh and transport.sh call each other.
 */
export const SCRIPTS: readonly ShellSource[] = [
  ...[host, launcher, loader, stopper],
  ...["ended", "reload", "stage", "fetch", "hear", "beside", "first-boot"].map(alone),
  ...["ask", "command", "list", "lock", "drift", "survey", "transport"].map(alone),
  new ShellSource([read("turn"), read("follow")], "follow.sh"),
  new ShellSource([read("turn"), read("answer")], "answer.sh"),
];

/** The script with lines more at the end of a part. */
export const broken = (file: string, ...lines: string[]): ShellSource => {
  const longer = ({ text }: Part): Part => ({ file, text: `${text}\n${lines.join("\n")}\n` });
  return new ShellSource(
    host.parts.map((part) => (part.file === file ? longer(part) : part)),
    "run.sh",
  );
};

/** The same, within a function that nobody calls. */
export const stray = (file: string, ...lines: string[]): ShellSource =>
  broken(file, "stray() {", ...lines, "}");

/** A break, and what a rule says of it. */
export type Broken = readonly [
  what: string,
  source: ShellSource,
  problems: (source: ShellSource) => string[],
  told: string | string[],
];

/** What rules say of the host's script without a break, which is told by other tests. */
export const usual = (...rules: readonly ((source: ShellSource) => string[])[]): string[] =>
  rules.flatMap((problems) => problems(host));
