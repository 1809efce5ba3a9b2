import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Result, run } from "../../lab/fleet/run";
import { folderOf, part, quoted, type Shell, stubs } from "./shell";

/** Which busybox has not. */
const NAMEI = 'exec /usr/bin/namei "$@"';

/** What launch.sh calls on a host, each of which leaves a line in the file that $LOG names. */
const SUDO = 'echo "sudo $*" >>"$LOG"; [ "$1" != -n ] || shift; exec "$@"';
export const NO_SUDO = 'echo "sudo: a password is required" >&2; exit 1';
const SYSTEMCTL = `case $* in
  *=Description*) echo cdktf-puma apply of web on a by ben from 192.0.2.9 ;;
  *=ActiveEnterTimestamp*) echo Mon 2026-11-23 18:00:00 UTC ;;
  *=ActiveState*) echo active ;;
  esac`;
/** Runs what it is given, as systemd-run does, and says all that it was told. */
const SYSTEMD_RUN = `echo "systemd-run $*" >>"$LOG"
  while [ "$1" != /bin/sh ]; do shift; done
  exec "$@"`;
/** Says \`times\` that there is such a unit, and then goes on. */
export const busy = (times: number): string => `
  echo attempt >>"$LOG"
  if [ "$(grep -c attempt "$LOG")" -le ${times} ]; then
    echo "Failed to start transient service unit: Unit cdktf-puma-web.service already exists." >&2
    exit 1
  fi
  ${SYSTEMD_RUN}`;

/** Shorter than it should be, though long enough to do something meanwhile. */
const SLEEP = 'echo "sleep $*" >>"$LOG"; exec /bin/sleep 0.3';

/** What the launcher waits for when all is over. */
const CLEANING = /^sleep 2\n/gm;

const PRINT = 'echo "payload: $*"';

/** How launch.sh is started. */
export interface Launch {
  readonly payload?: string;
  readonly settings?: string;
  readonly become?: "sudo" | "root" | "auto" | "user";
  /** Whether the shell reads it from its standard input. */
  readonly stdin?: boolean;
  readonly pause?: number;
  readonly lockTimeout?: number;
  /** Of the folder that the script is in. */
  readonly mode?: number;
  readonly commands?: Record<string, string>;
  /** What sshd says of the connection. */
  readonly connection?: string;
  /** Who deploys, where it is said. */
  readonly deployedBy?: string;
  /** Those who are let go on when they log out. */
  readonly lingering?: readonly string[];
  /** The runtime folder of who logs in. */
  readonly runtime?: string;
  /** Whether systemd runs on the host. */
  readonly systemd?: boolean;
}

/** Runs launch.sh as the engine does: a file in a folder of the user's, with variables before it. */
export async function launch(
  shell: Shell,
  options: Launch = {},
): Promise<Result & { log: string; script: string }> {
  const folder = folderOf({ script: scriptFor(options) });
  chmodSync(folder, options.mode ?? 0o700);
  const script = join(folder, "script");
  const LOG = join(folderOf({ log: "" }), "log");
  const before = stubs({
    namei: NAMEI,
    sudo: SUDO,
    systemctl: SYSTEMCTL,
    "systemd-run": SYSTEMD_RUN,
    ...options.commands,
  });
  const PATH = `${stubs({ sleep: SLEEP })}:${before}:${shell.path}`;
  const own = options.runtime === undefined ? {} : { HOME: "/home/ops", XDG_RUNTIME_DIR: options.runtime };
  const env = { PATH, LOG, ...own, SSH_CONNECTION: options.connection ?? "192.0.2.9 55555 192.0.2.1 22" };
  const [command, ...words] = shell.command;
  const how = options.stdin ? ["-s"] : [script];
  const input = options.stdin ? readFileSync(script, "utf8") : undefined;
  const result = await run(command, [...words, ...how], { env, allowFailure: true, input });
  return { ...result, log: readFileSync(LOG, "utf8").replace(CLEANING, ""), script };
}

function scriptFor({
  payload = PRINT,
  settings = "",
  become = "root",
  pause = 0,
  lockTimeout = 600,
  systemd,
  lingering = [],
  stdin = false,
  deployedBy,
}: Launch): string {
  const users = Object.fromEntries(lingering.map((name) => [`var/lib/systemd/linger/${name}`, ""]));
  const root = folderOf(systemd === false ? {} : { "run/systemd/system/a-unit": "", ...users });
  const text = gzipSync(payload).toString("base64");
  return [
    `set -eu -- a 192.0.2.1 ${become} 'web api' ${pause}${stdin ? " stdin" : ""}`,
    `PUMA_SERVICE=web PUMA_OWNER=site PUMA_ACTION=apply PUMA_LOCK_TIMEOUT=${lockTimeout} PUMA_RUN_TIMEOUT=1500 PUMA_SCRIPT=${text} PUMA_SETTINGS=${quoted(settings)}`,
    deployedBy === undefined ? "" : `PUMA_DEPLOYED_BY=${quoted(deployedBy)}`,
    part("emptied"),
    part("launch", root),
  ].join("\n");
}
