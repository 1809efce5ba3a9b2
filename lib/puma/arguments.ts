import { type PropPath } from "../values/prop-path";

/** An argument of a command line, and where it was given. */
export type Argument = readonly [at: PropPath, value: string];

/** Flags of Puma's command line that may not be given: short and long name, and what must be done instead. */
const FLAGS: readonly (readonly [string | undefined, string, string])[] = [
  ["-b", "--bind", "be left to 'binds'"],
  ["-p", "--port", "be left to 'binds'"],
  ["-C", "--config", "be left to 'configFile'"],
  [undefined, "--no-config", "be left to 'configFile'"],
  [undefined, "--dir", "be left to 'workingDirectory'"],
  ["-w", "--workers", "be left to 'workers'"],
  ["-t", "--threads", "be left to 'threads'"],
  ["-e", "--environment", "be left to 'rackEnv'"],
  ["-d", "--daemon", "be left away: Puma runs in the foreground, unless 'daemon' of a Puma 4 says so"],
];

/** Flags that take the next argument for their value, whatever it looks like. */
const VALUED = [
  ["-I", "--include", "-R", "--restart-cmd", "-S", "--state", "--pidfile", "--plugin", "--tag"],
  ["--control-url", "--control-token", "--redirect-stdout", "--redirect-stderr"],
  ["--extra-runtime-dependencies"],
].flat();

/** What stands in commands, and is no rackup file. */
const OF_COMMANDS = [
  "bundle",
  "do",
  "exec",
  "puma",
  "pumactl",
  "rails",
  "restart",
  "s",
  "server",
  "start",
  "stop",
];

/** Refuses flags that a prop already sets, and what is none of Puma's arguments. */
export function checkArguments(args: readonly Argument[]): void {
  for (const [at, value] of flagsOf(args)) {
    const flag = refusedFlag(value);
    if (flag) at.refuse(flag.instead, value);
    if (OF_COMMANDS.includes(value))
      at.refuse("be an argument of Puma: a command of several words is PumaCommand.argv", value);
    if (/^(?:-\w|--[\w-]+)\s/.test(value)) at.refuse("be one argument: each word is one by itself", value);
  }
}

/** The arguments that can be flags: what is not the value of another one, and does not stand behind `--`. */
export function flagsOf(args: readonly Argument[]): readonly Argument[] {
  let isValue = false;
  return beforeDoubleDash(args).filter(([, value]) => {
    const canBeFlag = !isValue;
    isValue = canBeFlag && VALUED.includes(value);
    return canBeFlag;
  });
}

/** The arguments before `--`, behind which are no flags. */
export function beforeDoubleDash(args: readonly Argument[]): readonly Argument[] {
  const end = args.findIndex(([, value]) => value === "--");
  return end < 0 ? args : args.slice(0, end);
}

/** Whether an argument is a flag; Puma also takes a long name that is cut short. */
export function isFlag(argument: string, long: string, short?: string): boolean {
  if (!argument.startsWith("--")) return short !== undefined && argument.startsWith(short);
  const [name = ""] = argument.split("=");
  return name.length > 2 && long.startsWith(name);
}

/** A flag that may not be given: its names, and what must be done instead. */
export interface RefusedFlag {
  readonly short?: string;
  readonly long: string;
  readonly instead: string;
}

/** The flag that an argument is, if it may not be given. */
export function refusedFlag(argument: string): RefusedFlag | undefined {
  const [short, long, instead] = FLAGS.find(([short, long]) => isFlag(argument, long, short)) ?? [];
  return long === undefined || instead === undefined ? undefined : { short, long, instead };
}

/** Whether an argument is a flag that may be given and takes the next one for its value. */
export function takesValue(argument: string): boolean {
  return VALUED.includes(argument);
}
