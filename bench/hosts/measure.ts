import { Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { seconds } from "../numbers";
import { ansible } from "./ansible";
import { bareSsh } from "./bare";
import { library, services } from "./library";
import { type Way } from "./way";

/** How many resources the engine changes at a time unless it is told. */
const ENGINES_OWN = 10;

/** The seconds that each round took of a way, by what was done. */
export interface Times {
  readonly change: number[];
  readonly again: number[];
}

/** The times of all ways, by their names. */
export type Measured = Map<string, Times>;

/** Changes so many hosts in each way, which take turns. */
export async function measure(hosts: number, rounds: number): Promise<Measured> {
  const names = Array.from({ length: hosts }, (_, i) => `web${i + 1}`);
  const packages = ["ansible-core"];
  const fleet = await Fleet.start(
    ["control", ...names].map((name) => ({ name, release: "trixie", packages })),
  );
  const workspace = await Workspace.open();
  try {
    const ways = await waysTo(
      names.map((name) => fleet.host(name)),
      fleet.host("control"),
      workspace,
    );
    return await inTurns(ways, rounds);
  } finally {
    await workspace.close();
    await fleet.stop();
  }
}

async function waysTo(
  hosts: readonly FleetHost[],
  control: FleetHost,
  workspace: Workspace,
): Promise<Record<string, Way>> {
  await install(hosts);
  return {
    "bare parallel ssh": await bareSsh(hosts, workspace.folder),
    "cdktf-puma": library(workspace, hosts, hosts.length),
    ...(hosts.length > ENGINES_OWN && {
      [`cdktf-puma, ${ENGINES_OWN} at a time`]: library(workspace, hosts, ENGINES_OWN),
    }),
    Ansible: await ansible(control, hosts),
  };
}

/** The services of the others, which this library never sees again. */
async function install(hosts: readonly FleetHost[]): Promise<void> {
  const workspace = await Workspace.open(undefined, "others");
  try {
    await workspace.synth(services(["bare", "ansible"], hosts, "0"));
    await workspace.engine.apply(workspace.folder, [], { parallelism: hosts.length });
  } finally {
    await workspace.close();
  }
}

/** The first round, which installs and opens connections, does not count. */
async function inTurns(ways: Record<string, Way>, rounds: number): Promise<Measured> {
  const measured: Measured = new Map(Object.keys(ways).map((name) => [name, { change: [], again: [] }]));
  for (let round = 0; round <= rounds; round++) {
    for (const [i, [name, way]] of Object.entries(ways).entries()) {
      const edited = `${round}-${i}`;
      const times = measured.get(name) as Times;
      await way.prepare?.(edited);
      const change = await seconds(() => way.change(edited));
      const again = way.again && (await seconds(() => way.again?.(edited) as Promise<void>));
      console.log(`round ${round}, ${name}: ${change.toFixed(1)} s, again ${again?.toFixed(2) ?? "-"} s`);
      if (round === 0) continue;
      times.change.push(change);
      if (again !== undefined) times.again.push(again);
    }
  }
  return measured;
}
