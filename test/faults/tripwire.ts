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

/** Holds the script until {@link release}. */
export const HOLD = "while [ ! -e /run/tripwire/go ]; do /usr/bin/sleep 0.05; done";

/** Puts the tripwire before the commands, for as long as the host lives. */
export async function lay(host: FleetHost): Promise<void> {
  await host.write("/usr/local/lib/tripwire", readFileSync(join(__dirname, "tripwire.sh"), "utf8"), 0o755);
  await host.exec(`for name in ${COMMANDS.join(" ")}; do ln -sf ../lib/tripwire /usr/local/bin/$name; done`);
}

/** From now on the script does `action` at the step whose words begin so. */
export async function arm(host: FleetHost, step: string, action: string): Promise<void> {
  await host.exec("rm -rf /run/tripwire");
  await host.write("/run/tripwire/action", action);
  await host.write("/run/tripwire/at", `^${step}\n`);
}

/** Resolves when the script has come there. */
export async function met(host: FleetHost): Promise<void> {
  await eventually("the tripwire", () => wasMet(host), 60);
}

/** Whether the script came there. */
async function wasMet(host: FleetHost): Promise<boolean> {
  return (await host.exec("test -e /run/tripwire/met", { allowFailure: true })).code === 0;
}

/** Lets a script go on that is held. */
export async function release(host: FleetHost): Promise<void> {
  await host.exec("touch /run/tripwire/go");
}

/** Nothing happens any more. */
export async function disarm(host: FleetHost): Promise<void> {
  await host.exec("rm -rf /run/tripwire");
}
