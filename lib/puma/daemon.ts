import { checkBoolean } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { type Argument, flagsOf, isFlag } from "./arguments";
import { type ServiceUnitProps } from "./service-props";
import { type PumaVersion } from "./version";

/** The folder in /run that systemd makes for a daemon, and removes as it ends. */
export function runtimeFolder(service: string): string {
  return `/run/${service}`;
}

/** Where a daemon writes the number of its process. */
export function pidFile(service: string): string {
  return `${runtimeFolder(service)}/puma.pid`;
}

/** What became of --daemon (Puma's History.md, 5.0.0 and 6.1.0). */
const MODERN =
  "from 5 on Puma runs in the foreground, and 'pumaVersion' yields Type=simple, or from 6.1 on Type=notify";

/**
 * Whether Puma goes to the background.
 * @throws if it cannot, or if its arguments name another file for its number
 */
export function isDaemon(
  at: PropPath,
  { daemon, pumaVersion, args = [] }: ServiceUnitProps,
  version?: PumaVersion,
): boolean {
  checkBoolean(at.key("daemon"), daemon);
  if (!daemon) return false;
  const path = at.key("daemon");
  if (version === undefined) return path.refuse("go with a 'pumaVersion' of 4, as no other can", daemon);
  if (version.since(5, 0)) path.refuse(`be left away: ${MODERN}`, pumaVersion);
  const given = args.map((arg, i): Argument => [at.key("args").index(i), arg]);
  for (const [path, arg] of flagsOf(given)) {
    if (isFlag(arg, "--pidfile")) path.refuse("be left to 'daemon', whose unit names the file too", arg);
  }
  return true;
}
