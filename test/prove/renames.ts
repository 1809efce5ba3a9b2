import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  type HostOptions,
  PumaService,
  PumaSocket,
  Rollout,
  SshKey,
} from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, type Report } from "../../lab/load/report";
import { APP, get, PUMA } from "../e2e/hosts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const DEAD = "d";
const PORT = 9292;
const BOOT_SECONDS = 5;
const ENGINES: readonly EngineKind[] = ["terraform", "tofu"];

const TEXT = `## Renames

Six hosts in batches of two, an application that boots for ${BOOT_SECONDS} s, hot restarts. Meanwhile four clients ask each host that is
alive, over a new connection for each request. A version is what the application says that it is.

| what is applied | engine | it | requests | new connections lost | longest, s | versions served then, by host |
| --- | --- | --- | --- | --- | --- | --- |
`;

/** What a stack says: how service and hosts are called, what is served, and which hosts there are. */
interface Say {
  readonly service: string;
  readonly version: string;
  readonly prefix?: string;
  readonly hosts?: string;
  /** Whether a host is off. */
  readonly dead?: boolean;
}

/** One apply, under load. */
interface Row {
  readonly what: string;
  readonly say: Say;
  /** Whether the apply is to fail. */
  readonly fails: boolean;
  /** The versions that the hosts serve then; "-" for one that is off. */
  readonly serves: string;
  /** What is said in the end, so that the next row finds all as it is to be. */
  readonly then?: Say;
}

const BAD = "bad";
const ROWS: readonly Row[] = [
  {
    what: "the service renamed",
    say: { service: "shop", version: "2" },
    fails: false,
    serves: "2 2 2 2 2 2",
  },
  {
    what: "the service renamed, by a version that does not boot",
    say: { service: "web", version: BAD },
    fails: true,
    serves: "2 2 2 2 2 2",
    then: { service: "shop", version: "2" },
  },
  {
    what: "the hosts renamed",
    say: { service: "shop", version: "2", prefix: "app-" },
    fails: false,
    serves: "2 2 2 2 2 2",
  },
  {
    what: "the hosts renamed, by a version that does not boot",
    say: { service: "shop", version: BAD, prefix: "web-" },
    fails: true,
    serves: "2 2 2 2 2 2",
    then: { service: "shop", version: "2", prefix: "app-" },
  },
  {
    what: "both renamed, by a new version",
    say: { service: "web", version: "3" },
    fails: false,
    serves: "3 3 3 3 3 3",
  },
  {
    what: "the service renamed, a dead host in the second batch",
    say: { service: "shop", version: "4", dead: true },
    fails: true,
    serves: "4 4 4 - 3 3",
  },
  {
    what: "the same, once the dead host has left the list",
    say: { service: "shop", version: "4", hosts: "abcef", dead: true },
    fails: true,
    serves: "4 4 4 - 4 4",
  },
];

/** Renames by each engine; whether every promise was kept. */
export async function proveRenames(tell: (text: string) => void): Promise<boolean> {
  const lines: string[] = [];
  let kept = true;
  for (const engine of ENGINES) {
    const fleet = await Fleet.start(NAMES.map((name) => ({ name, release: "trixie" })));
    const workspace = await Workspace.open(engine);
    try {
      await prepare(fleet, workspace);
      for (const row of ROWS) {
        const seen = await applyUnderLoad(fleet, workspace, row);
        lines.push(lineOf(row, engine, seen));
        console.log(lines.at(-1));
        kept = isKept(row, seen) && kept;
      }
    } finally {
      await workspace.close();
      await fleet.stop();
    }
  }
  tell(TEXT + lines.join("\n"));
  return kept;
}

async function prepare(fleet: Fleet, workspace: Workspace): Promise<void> {
  const config = `raise "broken here" if ENV["EDITED"] == "${BAD}"\n`;
  await Promise.all(fleet.hosts.map((host) => host.write("/srv/app/current/config/puma.rb", config)));
  await workspace.apply(stackWith(fleet, { service: "web", version: "1" }));
}

function stackWith(fleet: Fleet, { service, version, prefix = "", hosts = NAMES.join("") }: Say): Build {
  return (stack) => {
    new PumaService(stack, "puma", {
      name: service,
      hosts: [...hosts].map((name) => declared(fleet.host(name), prefix)),
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
      pumaVersion: PUMA.trixie,
      ...APP,
      environment: { EDITED: version, BOOT_SECONDS: String(BOOT_SECONDS) },
      healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
      rollout: Rollout.rolling({ batchSize: 2 }),
    });
  };
}

/** The one that dies is not waited for so long. */
function declared({ name, address, user, keyFile, hostKey }: FleetHost, prefix: string): Host {
  const options: HostOptions = { address, user, hostKey, key: SshKey.file(keyFile) };
  return new Host(prefix + name, name === DEAD ? { ...options, timeout: Duration.seconds(15) } : options);
}

interface Seen {
  readonly failed: boolean;
  readonly requests: number;
  readonly lost: number;
  readonly longest: number;
  readonly serves: string;
}

async function applyUnderLoad(fleet: Fleet, workspace: Workspace, { say, then }: Row): Promise<Seen> {
  if (say.dead && say.hosts === undefined) await fleet.host(DEAD).powerCut();
  const isOff = ({ name }: FleetHost): boolean => say.dead === true && name === DEAD;
  const alive = fleet.hosts.filter((host) => !isOff(host));
  const loads = await Promise.all(
    alive.map(({ address }) =>
      Load.start({ address, port: PORT, path: "/env?EDITED", fresh: 4, keepAlive: 0 }),
    ),
  );
  const failed = await isFailure(workspace.apply(stackWith(fleet, say)));
  const reports = await Promise.all(loads.map((load) => load.stop()));
  const serves = await Promise.all(
    fleet.hosts.map((host) => (isOff(host) ? "-" : get(host, `http://127.0.0.1:${PORT}/env?EDITED`))),
  );
  if (then) await workspace.apply(stackWith(fleet, then));
  return { failed, serves: serves.join(" "), ...summaryOf(reports) };
}

async function isFailure(apply: Promise<unknown>): Promise<boolean> {
  return apply.then(
    () => false,
    () => true,
  );
}

function summaryOf(reports: readonly Report[]): Pick<Seen, "requests" | "lost" | "longest"> {
  const sum = (of: (report: Report) => number): number => reports.reduce((all, one) => all + of(one), 0);
  return {
    requests: sum((report) => answered(report) + report.refused + lost(report)),
    lost: sum((report) => report.refused + lost(report)),
    longest: Math.max(...reports.map(({ longest }) => longest)),
  };
}

function isKept({ fails, serves }: Row, seen: Seen): boolean {
  return seen.failed === fails && seen.serves === serves && seen.lost === 0;
}

function lineOf(row: Row, engine: EngineKind, seen: Seen): string {
  const cells = [
    row.what,
    engine === "tofu" ? "OpenTofu" : "Terraform",
    seen.failed ? "fails" : "succeeds",
    seen.requests,
    seen.lost,
    (seen.longest / 1000).toFixed(1),
    seen.serves +
      (isKept(row, seen) ? "" : ` **expected: ${row.serves}, ${row.fails ? "fails" : "succeeds"}, 0 lost**`),
  ];
  return `| ${cells.join(" | ")} |`;
}
