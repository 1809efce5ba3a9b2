import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../e2e/hosts";
import type { FleetHost } from "../../lab/fleet/fleet";

/** Commands that stand between any two steps of the script. */
const COMMANDS = [
  "systemctl",
  "mkdir",
  "rm",
  "cp",
  "mv",
  "cmp",
  "sed",
  "sync",
  "sleep",
  "readlink",
  "systemd-run",
];

/** Kills the script with all that it started, as `kill -9` of its unit does. */
export const KILL = "systemctl kill --signal=KILL cdktf-puma-web.service; /usr/bin/sleep 60";

/** Asks the script and all that it started to end, as `systemctl stop` of its unit does. */
export const STOP = "systemctl stop --no-block cdktf-puma-web.service; /usr/bin/sleep 2";

/** Holds the script until {@link resume}. */
export const HOLD = "while [ ! -e /run/breakpoint/go ]; do /usr/bin/sleep 0.05; done";

/** Puts the breakpoint script before the commands, for as long as the host lives. */
export async function installBreakpoints(host: FleetHost): Promise<void> {
  await host.write(
    "/usr/local/lib/breakpoint",
    readFileSync(join(__dirname, "breakpoint.sh"), "utf8"),
    0o755,
  );
  await host.exec(
    `for name in ${COMMANDS.join(" ")}; do ln -sf ../lib/breakpoint /usr/local/bin/$name; done`,
  );
}

/** From now on the script does `action`, once, at the step whose line begins with `step`. */
export async function setBreakpoint(host: FleetHost, step: string, action: string): Promise<void> {
  await host.exec("rm -rf /run/breakpoint");
  await host.write("/run/breakpoint/action", action);
  await host.write("/run/breakpoint/at", `^${step}\n`);
}

/** Resolves when the script has come there. */
export async function waitForBreakpoint(host: FleetHost): Promise<void> {
  await eventually("the breakpoint", () => isReached(host));
}

/** Whether the script came there. */
async function isReached(host: FleetHost): Promise<boolean> {
  return (await host.exec("test -e /run/breakpoint/met", { allowFailure: true })).code === 0;
}

/** Lets a script go on that is held. */
export async function resume(host: FleetHost): Promise<void> {
  await host.exec("touch /run/breakpoint/go");
}

/** Nothing happens any more. */
export async function clearBreakpoint(host: FleetHost): Promise<void> {
  await host.exec("rm -rf /run/breakpoint");
}
