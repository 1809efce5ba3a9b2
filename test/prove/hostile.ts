import { Workspace } from "../../lab/engine/workspace";
import { Fleet, type Release } from "../../lab/fleet/fleet";
import { Deployer } from "./hostile/deployer";
import { HostileHost } from "./hostile/hostile-host";
import { report } from "./hostile/report";
import { lies } from "./hostile/verdict";

/** Shorter for a look at it. */
const MINUTES = Number(process.env.MINUTES ?? 10);

/** Deploys beside two local users and an application that are all hostile; whether every promise was kept. */
export async function proveHostile(release: Release, tell: (text: string) => void): Promise<boolean> {
  const fleet = await Fleet.start([{ name: release, release }]);
  const workspace = await Workspace.open();
  try {
    const hostile = new HostileHost(fleet.host(release));
    const deployer = new Deployer(hostile, workspace);
    await hostile.prepare();
    const before = await deployer.quiet();
    await hostile.attack();
    const applies = await deployer.deployFor(MINUTES * 60);
    const ended = await hostile.ended();
    await hostile.endAttacks();
    const damage = [...before, ...ended, ...(await deployer.settle())];
    for (const one of damage) console.log(one);
    tell(report(release, MINUTES, applies, await hostile.deeds(), damage));
    return damage.length === 0 && applies.every((apply) => lies(apply).length === 0);
  } finally {
    await workspace.close();
    await fleet.stop();
  }
}
