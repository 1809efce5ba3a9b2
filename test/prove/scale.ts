import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, HealthCheck, PumaService, PumaSocket } from "../../lib";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { run } from "../../lab/fleet/run";
import { APP, declared, PUMA } from "../e2e/hosts";

const HOSTS = 20;
const ROUNDS = 3;
const LIMIT = 1.5;
const PORTS = { web: 9292, bare: 9293 };

const TEXT = `## ${HOSTS} hosts on one machine

One line of the unit changes, and nothing is waited for but Puma's first answer. *By hand* is one ssh for each host, all at
once and none over an older connection: it writes the unit, reloads systemd, restarts the service and asks by curl until it
answers. *cdktf-puma* is one apply of the engine with ${HOSTS} resources at a time. They take turns; in seconds.

| | ${Array.from({ length: ROUNDS }, (_, i) => `${i + 1}.`).join(" | ")} | median |
| --- | ${"--- | ".repeat(ROUNDS)}--- |
`;

interface Times {
  readonly hand: number[];
  readonly library: number[];
  readonly nothing: number[];
}

/** Changes many hosts in both ways; whether the library is fast enough. */
export async function proveScale(tell: (text: string) => void): Promise<boolean> {
  const names = Array.from({ length: HOSTS }, (_, i) => `web${i + 1}`);
  const fleet = await Fleet.start(names.map((name) => ({ name, release: "trixie" })));
  const workspace = await Workspace.open();
  try {
    const times = await measure(fleet.hosts, workspace);
    const ratio = median(times.library) / median(times.hand);
    tell(`${TEXT}${table(times)}\n\nRatio ${ratio.toFixed(2)}, at most ${LIMIT}.`);
    return ratio <= LIMIT;
  } finally {
    await workspace.close();
    await fleet.stop();
  }
}

async function measure(hosts: readonly FleetHost[], workspace: Workspace): Promise<Times> {
  const times: Times = { hand: [], library: [], nothing: [] };
  const knownHosts = join(workspace.folder, "known_hosts");
  writeFileSync(knownHosts, hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join(""));
  await apply(workspace, services(hosts, "0"));
  for (let round = 1; round <= ROUNDS; round++) {
    const units = await unitsByHand(hosts, String(round));
    times.hand.push(await seconds(() => Promise.all(units.map((change) => byHand(change, knownHosts)))));
    times.library.push(await apply(workspace, services(hosts, String(round))));
    times.nothing.push(await apply(workspace, services(hosts, String(round))));
    console.log(`${HOSTS} hosts, round ${round}:`, table(times).replaceAll("\n", "; "));
  }
  return times;
}

/** The service that applies change, and one of the same form that is changed by hand. */
function services(hosts: readonly FleetHost[], edited: string): Build {
  return (stack) => {
    for (const [name, port] of Object.entries(PORTS)) {
      new PumaService(stack, name, {
        ...APP,
        hosts: hosts.map((host) => declared(host)),
        socket: new PumaSocket(stack, `${name}-socket`, { binds: [Bind.tcp(port)] }),
        pumaVersion: PUMA.trixie,
        environment: { EDITED: name === "web" ? edited : "0" },
        healthCheck: HealthCheck.answers({ settle: false }),
      });
    }
  };
}

/** The seconds that the engine takes. */
async function apply(workspace: Workspace, build: Build): Promise<number> {
  await workspace.synth(build);
  return seconds(() => workspace.engine.apply(workspace.folder, [], { parallelism: HOSTS }));
}

interface Change {
  readonly host: FleetHost;
  readonly unit: string;
}

async function unitsByHand(hosts: readonly FleetHost[], edited: string): Promise<Change[]> {
  const unit = (text: string): string => text.replace(/EDITED=\d+/, `EDITED=${edited}`);
  const read = hosts.map((host) => host.read("/etc/systemd/system/bare.service"));
  return (await Promise.all(read)).map((text, i) => ({ host: hosts[i] as FleetHost, unit: unit(text) }));
}

const BY_HAND = `sudo sh -euc '
  cat >/etc/systemd/system/bare.service
  systemctl daemon-reload
  systemctl restart bare.service
  until curl --fail --silent --output /dev/null http://127.0.0.1:${PORTS.bare}/; do sleep 0.1; done'`;

async function byHand({ host, unit }: Change, knownHosts: string): Promise<void> {
  const args = host.sshArguments(knownHosts);
  await run("ssh", [...args, `${host.user}@${host.address}`, BY_HAND], { input: unit });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;
}

function table({ hand, library, nothing }: Times): string {
  const rows: [string, number[]][] = [
    ["by hand", hand],
    ["cdktf-puma", library],
    ["cdktf-puma, nothing to do", nothing],
  ];
  const row = ([name, times]: [string, number[]]): string =>
    `| ${[name, ...[...times, median(times)].map((time) => time.toFixed(1))].join(" | ")} |`;
  return rows.map(row).join("\n");
}
