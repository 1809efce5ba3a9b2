import { says } from "../e2e/hosts";
import type { FleetHost } from "../../lab/fleet/fleet";
import type { Fault } from "./interruptions";
import type { Change, DeployedService, Outcome } from "./deployed-service";
import { HOLD, KILL, resume, setBreakpoint, STOP, waitForBreakpoint } from "./breakpoint";

/** Ends the sshd processes that serve the engine, each by its id. */
const CUT = `
  for pid in $(pgrep -u ops '^sshd'); do kill -9 $pid; done`;

const DOWN =
  "link=$(ip -o link show up | sed -n 's/^[0-9]*: \\([^@:]*\\)@.*/\\1/p'); ip link set $link down; sleep 3; ip link set $link up";

const STATE = "/var/lib/cdktf-puma";

/** A small file system in the place of the folder, with what is in it. */
const SMALL = `cp -a ${STATE} /root/kept && mount -t tmpfs -o size=3m tmpfs ${STATE} && cp -a /root/kept/. ${STATE}/`;
const FILL = `dd if=/dev/zero of=${STATE}/.full bs=4k 2>/dev/null; true`;
const LARGE_AGAIN = `
  rm -rf /root/kept ${STATE}/.full; cp -a ${STATE} /root/kept; umount ${STATE}
  rm -rf ${STATE}; mv /root/kept ${STATE}`;

const onHost: Partial<Record<Fault, string>> = {
  "connection cut": CUT,
  "network down for 3 s": DOWN,
  "disk full": FILL,
};

/** What the script does to itself, in the faults that hit it alone. */
const onItself: Partial<Record<Fault, string>> = { "kill -9": KILL, "asked to stop": STOP };

/** Applies a change, and injects a fault when the script comes to a step. Undefined where there is no engine left to say anything. */
export async function applyWithFault(
  deployed: DeployedService,
  change: Change,
  step: string,
  fault: Fault,
): Promise<Outcome | undefined> {
  if (fault === "disk full") await deployed.host.exec(SMALL);
  await setBreakpoint(deployed.host, step, onItself[fault] ?? HOLD);
  if (fault === "engine killed") return killEngine(deployed, change);
  const apply = deployed.apply(change);
  await waitForBreakpoint(deployed.host);
  if (!onItself[fault]) await inject(deployed.host, fault);
  const outcome = await apply;
  if (fault === "disk full") await deployed.host.exec(LARGE_AGAIN);
  if (fault !== "reboot" && fault !== "power cut") await deployed.waitForRunToEnd();
  return outcome;
}

async function inject(host: FleetHost, fault: Fault): Promise<void> {
  if (fault === "reboot") return host.reboot();
  if (fault === "power cut") {
    await host.powerCut();
    return host.boot();
  }
  await says(host, onHost[fault] ?? "");
  await resume(host);
}

async function killEngine(deployed: DeployedService, change: Change): Promise<undefined> {
  await deployed.workspace.synth(deployed.build(change));
  const engine = deployed.workspace.engine.start(deployed.workspace.folder, [
    "apply",
    "-auto-approve",
    "-input=false",
  ]);
  await waitForBreakpoint(deployed.host);
  engine.kill("SIGKILL");
  await engine.ended;
  await resume(deployed.host);
  await deployed.waitForRunToEnd();
}
