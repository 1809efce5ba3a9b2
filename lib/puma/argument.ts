import { refuse } from "../values/check";

/** Options of Puma's command line that a prop says: its short and its long name. */
const PROPS: readonly (readonly [string, string, string])[] = [
  ["-b", "--bind", "'binds'"],
  ["-p", "--port", "'binds'"],
  ["-C", "--config", "'configFile'"],
  ["-w", "--workers", "'workers'"],
  ["-t", "--threads", "'threads'"],
  ["-e", "--environment", "'rackEnv'"],
  ["-d", "--daemon", "nothing: Puma runs in the foreground"],
];

/** Refuses arguments of Puma that say again, or otherwise, what a prop says. Behind `--` are no options. */
export function checkArguments(prop: string, args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  args.slice(0, end < 0 ? args.length : end).forEach((argument, i) => {
    const [name] = argument.split("=");
    const said = PROPS.find(([short, long]) =>
      /^--/.test(argument) ? name === long : argument.startsWith(short),
    );
    if (said) refuse(`${prop} 'args[${i}]'`, `be left to ${said[2]}`, argument);
  });
  return args;
}
