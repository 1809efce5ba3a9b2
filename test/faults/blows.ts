import { says } from "../e2e/hosts";
import type { FleetHost } from "../../lab/fleet/fleet";
import type { Blow } from "./interruptions";
import type { Change, Outcome, Site } from "./site";
import { arm, HOLD, KILL, met, release, STOP } from "./tripwire";

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

const onHost: Partial<Record<Blow, string>> = {
  "connection cut": CUT,
  "network down for 3 s": DOWN,
  "disk full": FILL,
};

/** What the script does to itself, in the blows that meet it alone. */
const onItself: Partial<Record<Blow, string>> = { "kill -9": KILL, "asked to stop": STOP };

/** Applies a change, and deals a blow when the script comes to a step. Undefined where there is no engine left to say anything. */
export async function interrupted(
  site: Site,
  change: Change,
  step: string,
  blow: Blow,
): Promise<Outcome | undefined> {
  if (blow === "disk full") await site.host.exec(SMALL);
  await arm(site.host, step, onItself[blow] ?? HOLD);
  if (blow === "engine killed") return killEngine(site, change);
  const apply = site.apply(change);
  await met(site.host);
  if (!onItself[blow]) await deal(site.host, blow);
  const outcome = await apply;
  if (blow === "disk full") await site.host.exec(LARGE_AGAIN);
  if (blow !== "reboot" && blow !== "power cut") await site.quiet();
  return outcome;
}

async function deal(host: FleetHost, blow: Blow): Promise<void> {
  if (blow === "reboot") return host.reboot();
  if (blow === "power cut") {
    await host.powerCut();
    return host.boot();
  }
  await says(host, onHost[blow] ?? "");
  await release(host);
}

async function killEngine(site: Site, change: Change): Promise<undefined> {
  await site.stage.synth(site.build(change));
  const engine = site.stage.engine.start(site.stage.folder, ["apply", "-auto-approve", "-input=false"]);
  await met(site.host);
  engine.kill("SIGKILL");
  await engine.ended;
  await release(site.host);
  await site.quiet();
}
