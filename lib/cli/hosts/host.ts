import { spawnSync } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { type Source } from "../import/unit";

/** Who is asked for units. */
export interface Login {
  readonly user?: string;
  readonly address: string;
}

/** What OpenSSH's client is told beside the host: to give up in time, also on one that falls silent, and to take no terminal there. */
export const OPTIONS = [
  ...["-T", "-o", "ConnectTimeout=15"],
  ...["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=8"],
];

/** A function of a shell that prints the sockets of a service that are loaded, whatever their names: `sockets [--user] -- SERVICE`. */
export const SOCKETS = `sockets() {
  for unit in $(systemctl show --property=TriggeredBy --value "$@" 2>/dev/null); do
    case $unit in *.socket) printf '%s\\n' "$unit" ;; esac
  done
}
`;

/** Reads `ops@10.0.1.11`; undefined for what OpenSSH would take for an option, or for more than a host. */
export function loginOf(text: string): Login | undefined {
  const [, user, address] = /^(?:([\w.][\w.+-]*)@)?([\w[][\w.:%\]-]*)$/.exec(text) ?? [];
  return address === undefined ? undefined : { user, address };
}

/** Whether a text is the name of a unit that a host can be asked for, with its suffix or without. */
export function isUnitName(name: string): boolean {
  return /^[\w:.\\@][\w:.\\@-]*$/.test(name);
}

/**
 * The files of a service, of its sockets, and of their drop-ins, as a host has them.
 * @throws with the host and the cause
 */
export function unitsOfHost(host: string, name: string): Source[] {
  const service = name.endsWith(".service") ? name : `${name}.service`;
  const socket = service.replace(/\.service$/, ".socket");
  // A name has no quote in it.
  const command =
    `${SOCKETS}systemctl cat --no-pager -- '${service}' && { systemctl cat --no-pager -- '${socket}' 2>/dev/null || :; } && ` +
    `for unit in $(sockets -- '${service}'); do ` +
    `[ "$unit" = '${socket}' ] || systemctl cat --no-pager -- "$unit" 2>/dev/null || :; done`;
  const { status, stdout, stderr, error } = spawnSync("ssh", [...OPTIONS, "--", host, command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LC_ALL: "C" },
  });
  if (error) throw new Error(`${host}: ssh could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`${host}: ${causeOf(stderr, status)}`);
  const sources = sourcesOf(stdout, service, socket);
  if (sources.length === 0) throw new Error(`${host}: systemctl cat ${service} printed no file`);
  return sources;
}

/** The last that ssh, or what it ran, has said. */
export function causeOf(stderr: string, status: number | null): string {
  const lines = stderr.split("\n").map((line) => line.replace(/\p{Cc}+/gu, " ").trim());
  const [last] = lines.filter(Boolean).slice(-1);
  return last ?? `ssh ended with ${status ?? "a signal"}`;
}

/** The socket that a file is of: a template's file is there for the instance that was asked for. */
function socketIn(path: string, asked: string): string {
  return path.endsWith("@.socket") ? asked : basename(path);
}

/**
 * `systemctl cat` prints the path of each file before what is in it, first that of the unit, then those of its drop-ins. A
 * template's has no instance in its name. Many a file begins with such a line itself: that goes on with the file before it.
 */
function sourcesOf(output: string, service: string, socket: string): Source[] {
  const parts = output.split(/^# (\/.*(?:\.service|\.socket|\.d\/[^/]*\.conf))$/m).slice(1);
  const sources: Source[] = [];
  let of = service;
  for (let i = 0; i < parts.length; i += 2) {
    const [printed = "", rest = ""] = parts.slice(i, i + 2);
    const isDropIn = printed.endsWith(".conf");
    if (!isDropIn) of = printed.endsWith(".socket") ? socketIn(printed, socket) : service;
    const path = isDropIn ? printed : join(dirname(printed), of);
    const text = rest.replace(/^\n/, "");
    const last = sources.at(-1);
    const isBegun = sources.some((one) => (isDropIn ? one.path === path : basename(one.path) === of));
    if (last && isBegun) sources.splice(-1, 1, { ...last, text: `${last.text}# ${printed}\n${text}` });
    else sources.push({ path, text, ...(isDropIn && { of }) });
  }
  return sources;
}
