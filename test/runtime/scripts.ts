/** The scripts of a host as they are, and with a break in them. */
import { part, PARTS } from "../../lib/runtime/parts";
import { type Part, ShellSource } from "./shell-rules";

const read = (name: string): Part => ({ file: `${name}.sh`, text: part(name) });

export const host = new ShellSource(PARTS.map(read), "run.sh");
export const launcher = new ShellSource([read("emptied"), read("launch")], "launch.sh");
export const loader = new ShellSource([read("emptied"), read("load")], "load.sh");
export const stopper = new ShellSource([read("processes"), read("stop")], "stop.sh");
export const ender = new ShellSource([read("ended")], "ended.sh");
export const stager = new ShellSource([read("stage")], "stage.sh");
export const fetcher = new ShellSource([read("fetch")], "fetch.sh");
export const follower = new ShellSource([read("turn"), read("follow")], "follow.sh");
export const hearer = new ShellSource([read("hear")], "hear.sh");
export const beside = new ShellSource([read("beside")], "beside.sh");
export const reloader = new ShellSource([read("reload")], "reload.sh");
export const firstBooter = new ShellSource([read("first-boot")], "first-boot.sh");
/** Those that stay on a host beside a service's unit. */
export const helpers: readonly ShellSource[] = [stopper, ender, reloader, follower];

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
