import { Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { seconds } from "../numbers";
import { ansible } from "./ansible";
import { bareSsh } from "./bare";
import { engineAlone, library, services } from "./library";
import { type Way } from "./way";

/** How many resources the engine changes at a time unless it is told. */
export const ENGINES_OWN = 10;

/** What the page calls the ways. */
export const BARE = "bare parallel ssh";
export const OURS = "cdktf-puma";
export const ANSIBLE = "Ansible";
export const ALONE = "the engine alone";

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
  const [workspace, empty] = [await Workspace.open(), await Workspace.open()];
  try {
    const ways = await waysTo(
      names.map((name) => fleet.host(name)),
      fleet.host("control"),
      workspace,
      empty,
    );
    return await inTurns(ways, rounds);
  } finally {
    await empty.close();
    await workspace.close();
    await fleet.stop();
  }
}

async function waysTo(
  hosts: readonly FleetHost[],
  control: FleetHost,
  workspace: Workspace,
  empty: Workspace,
): Promise<Record<string, Way>> {
  await install(hosts);
  return {
    [BARE]: await bareSsh(hosts, workspace.folder),
    [OURS]: library(workspace, hosts, hosts.length),
    ...(hosts.length > ENGINES_OWN && {
      [`${OURS}, ${ENGINES_OWN} at a time`]: library(workspace, hosts, ENGINES_OWN),
    }),
    [ANSIBLE]: await ansible(control, hosts),
    [ALONE]: await engineAlone(empty, hosts.length),
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
      for (const kind of ["change", "again"] as const) {
        const work = way[kind];
        if (work === undefined) continue;
        const took = await seconds(() => work(edited));
        console.log(`round ${round}, ${name}, ${kind}: ${took.toFixed(2)} s`);
        if (round > 0) times[kind].push(took);
      }
    }
  }
  return measured;
}
