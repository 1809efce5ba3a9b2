import { Bind, Connection, HealthCheck, type HostOptions, PumaService } from "../../lib";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { APP, declared, get, onEach, PUMA, says } from "../e2e/hosts";

const HOSTS = 20;
const ROUNDS = 3;
const PORT = 9292;

/** As Debian's sshd has it where nobody says anything. */
const MAX_STARTUPS = "10:30:100";

const TEXT = `## ${HOSTS} hosts through a jump host

One line of the unit changes on ${HOSTS} hosts, in one apply of the engine with ${HOSTS} resources at a time, which take turns: by the engine's
own ssh and by \`Connection.openssh()\`, to each host directly, and through one \`bastion\` whose sshd has its default
\`MaxStartups ${MAX_STARTUPS}\`. In seconds, and how many hosts had the change then.

| | ${Array.from({ length: ROUNDS }, (_, i) => `${i + 1}.`).join(" | ")} | median | arrived |
| --- | ${"--- | ".repeat(ROUNDS)}--- | --- |
`;

type Ways = Readonly<Record<string, Partial<HostOptions>>>;

interface Times {
  readonly seconds: number[];
  arrived: number;
}

/** Changes many hosts in each way; whether all arrive by OpenSSH. */
export async function proveJumpHost(tell: (text: string) => void): Promise<boolean> {
  const names = Array.from({ length: HOSTS }, (_, i) => `web${i + 1}`);
  const fleet = await Fleet.start([...names, "jump"].map((name) => ({ name, release: "trixie" })));
  const workspace = await Workspace.open();
  try {
    const jump = fleet.host("jump");
    const limit = await says(jump, "sshd -T | sed -n 's/^maxstartups //p'");
    if (limit !== MAX_STARTUPS) throw new Error(`the jump host has MaxStartups ${limit}`);
    const times = await measure(
      names.map((name) => fleet.host(name)),
      workspace,
      waysBy(jump),
    );
    tell(TEXT + [...times].map(row).join("\n"));
    return [...times].every(([way, { arrived }]) => !way.includes("OpenSSH") || arrived === HOSTS * ROUNDS);
  } finally {
    await workspace.close();
    await fleet.stop();
  }
}

function waysBy(jump: FleetHost): Ways {
  const connection = Connection.openssh();
  // The engines would compare the bastion's key with the host's (hashicorp/terraform#38318).
  const unpinned = { hostKey: undefined, bastion: { address: jump.address } };
  const pinned = { connection, bastion: { address: jump.address, hostKey: jump.hostKey } };
  return {
    "the engine's ssh": {},
    OpenSSH: { connection },
    "the engine's ssh, through the jump host": unpinned,
    "OpenSSH, through the jump host": pinned,
  };
}

async function measure(
  hosts: readonly FleetHost[],
  workspace: Workspace,
  ways: Ways,
): Promise<Map<string, Times>> {
  const times = new Map(Object.keys(ways).map((way): [string, Times] => [way, { seconds: [], arrived: 0 }]));
  await apply(workspace, service(hosts, {}, "first"));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [i, [way, options]] of Object.entries(ways).entries()) {
      const edited = `${round}-${i}`;
      const of = times.get(way) as Times;
      of.seconds.push(await apply(workspace, service(hosts, options, edited)));
      const values = await onEach(hosts, (host) => get(host, `http://127.0.0.1:${PORT}/env?EDITED`));
      of.arrived += Object.values(values).filter((value) => value === edited).length;
      console.log(`round ${round}, ${way}: ${of.seconds.at(-1)?.toFixed(1)} s, ${of.arrived} arrived so far`);
    }
  }
  return times;
}

function service(hosts: readonly FleetHost[], options: Partial<HostOptions>, edited: string): Build {
  return (stack) => {
    new PumaService(stack, "web", {
      ...APP,
      hosts: hosts.map((host) => declared(host, options)),
      binds: [Bind.tcp(PORT)],
      pumaVersion: PUMA.trixie,
      environment: { EDITED: edited },
      healthCheck: HealthCheck.answers({ settle: false }),
    });
  };
}

/** The seconds that the engine takes, whether all arrive or not. */
async function apply(workspace: Workspace, build: Build): Promise<number> {
  await workspace.synth(build);
  const begun = performance.now();
  await workspace.engine.apply(workspace.folder, [], { parallelism: HOSTS, allowFailure: true });
  return (performance.now() - begun) / 1000;
}

function row([way, { seconds, arrived }]: [string, Times]): string {
  const median = [...seconds].sort((a, b) => a - b)[seconds.length >> 1] as number;
  const cells = [...seconds, median].map((time) => time.toFixed(1));
  return `| ${[way, ...cells, `${arrived} of ${HOSTS * ROUNDS}`].join(" | ")} |`;
}
