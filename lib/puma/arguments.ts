import { refuse } from "../values/check";

/** A word of a command line, with the prop that it comes from. */
export type Word = readonly [prop: string, text: string];

/** Options of Puma's command line that a prop says: its short and its long name. */
const PROPS: readonly (readonly [string | undefined, string, string])[] = [
  ["-b", "--bind", "'binds'"],
  ["-p", "--port", "'binds'"],
  ["-C", "--config", "'configFile'"],
  [undefined, "--no-config", "'configFile'"],
  [undefined, "--dir", "'workingDirectory'"],
  ["-w", "--workers", "'workers'"],
  ["-t", "--threads", "'threads'"],
  ["-e", "--environment", "'rackEnv'"],
  ["-d", "--daemon", "nothing: Puma runs in the foreground"],
];

/** Options that take the next word for their value, whatever it looks like. */
const VALUED = [
  ["-I", "--include", "-R", "--restart-cmd", "-S", "--state", "--pidfile", "--plugin", "--tag"],
  ["--control-url", "--control-token", "--redirect-stdout", "--redirect-stderr"],
  ["--extra-runtime-dependencies"],
].flat();

/** Refuses arguments of Puma that say again, or otherwise, what a prop says. */
export function checkArguments(args: readonly Word[]): void {
  let isValue = false;
  for (const [prop, text] of optionsOf(args)) {
    const said = isValue ? undefined : PROPS.find(([short, long]) => isOption(text, short, long));
    if (said) refuse(prop, `be left to ${said[2]}`, text);
    isValue = !isValue && VALUED.includes(text);
  }
}

/** The arguments before `--`: behind it are no options. */
export function optionsOf(args: readonly Word[]): readonly Word[] {
  const end = args.findIndex(([, text]) => text === "--");
  return end < 0 ? args : args.slice(0, end);
}

/** Whether a word is an option, which Puma also takes for its long name cut short. */
function isOption(text: string, short: string | undefined, long: string): boolean {
  if (!text.startsWith("--")) return short !== undefined && text.startsWith(short);
  const [name = ""] = text.split("=");
  return name.length > 2 && long.startsWith(name);
}
