import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps, type PumaSocketProps } from "../../lib";
import { type EngineKind } from "../engine/engine";
import { Fleet, type FleetHost, type Release, RELEASES } from "../fleet/fleet";
import {
  all,
  eventually,
  everywhere,
  get,
  invocation,
  listeningInode,
  logins,
  oneOfEach,
  onEach,
  property,
  says,
  traces,
} from "./hosts";
import { type Build, Stage } from "./stage";

const TLS = { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" };

type Edit = { service?: Partial<PumaServiceProps>; socket?: Partial<PumaSocketProps> };

/** What the life of a service looks like from its host. */
describe.each<[EngineKind, readonly Release[]]>([
  ["terraform", RELEASES],
  ["tofu", ["trixie"]],
])("with %s, a service on %j", (kind, releases) => {
  let fleet: Fleet;
  let stage: Stage;
  let hosts: readonly FleetHost[];

  beforeAll(async () => {
    fleet = await Fleet.start(oneOfEach(releases));
    hosts = fleet.hosts;
    stage = await Stage.open(kind);
  }, 900_000);
  afterAll(async () => {
    await stage?.close();
    await fleet?.stop();
  }, 60_000);

  const site =
    (edit: Edit): Build =>
    (stack) =>
      everywhere(stack, hosts, "web", (host) => ({
        socket: webSocket(stack, host, edit.socket),
        environment: { GREETING: "good morning" },
        ...edit.service,
      }));

  const serviceAndSocket = async (host: FleetHost): Promise<[string, string]> => [
    await invocation(host, "web.service"),
    await invocation(host, "web.socket"),
  ];

  const answersEverywhere = async (): Promise<void> => {
    expect(await onEach(hosts, (host) => get(host, "http://127.0.0.1:9292/"))).toEqual(greetings(hosts));
    expect(await onEach(hosts, (host) => get(host, "https://127.0.0.1:9293/"))).toEqual(greetings(hosts));
    const unix = "--unix-socket /run/web.sock";
    expect(await onEach(hosts, (host) => get(host, "http://web/", unix))).toEqual(greetings(hosts));
  };

  test("is applied, and every bind answers", async () => {
    await stage.apply(site({}));
    await answersEverywhere();
    expect(await onEach(hosts, (host) => property(host, "web.service", "UnitFileState"))).toEqual(
      all(hosts, "enabled"),
    );
  }, 120_000);

  test("is edited, and its socket stays open", async () => {
    const inodes = await onEach(hosts, (host) => listeningInode(host, 9292));
    const before = await onEach(hosts, serviceAndSocket);
    await stage.apply(site({ service: { environment: { GREETING: "good evening" } } }));
    expect(await onEach(hosts, (host) => get(host, "http://127.0.0.1:9292/env?GREETING"))).toEqual(
      all(hosts, "good evening"),
    );
    expect(await onEach(hosts, (host) => listeningInode(host, 9292))).toEqual(inodes);
    const after = await onEach(hosts, serviceAndSocket);
    for (const { name } of hosts) {
      expect(inodes[name]).toMatch(/^\d+$/);
      expect(after[name]?.[0]).not.toBe(before[name]?.[0]);
      expect(after[name]?.[1]).toBe(before[name]?.[1]);
    }
  }, 120_000);

  test("restarts with its socket where that is edited", async () => {
    const inodes = await onEach(hosts, (host) => listeningInode(host, 9292));
    const before = await onEach(hosts, serviceAndSocket);
    await stage.apply(site(EDITED_SOCKET));
    await answersEverywhere();
    expect(await onEach(hosts, (host) => get(host, "http://127.0.0.1:9294/"))).toEqual(greetings(hosts));
    const after = await onEach(hosts, serviceAndSocket);
    for (const host of hosts) {
      expect(after[host.name]?.[0]).not.toBe(before[host.name]?.[0]);
      expect(after[host.name]?.[1]).not.toBe(before[host.name]?.[1]);
      expect(await listeningInode(host, 9292)).not.toBe(inodes[host.name]);
    }
  }, 120_000);

  test("restarts nothing for a new description", async () => {
    const before = await onEach(hosts, serviceAndSocket);
    await stage.apply(site(DESCRIBED));
    expect(await onEach(hosts, (host) => property(host, "web.service", "Description"))).toEqual(
      all(hosts, "The shop"),
    );
    expect(await onEach(hosts, (host) => property(host, "web.socket", "Description"))).toEqual(
      all(hosts, "The shop's sockets"),
    );
    expect(await onEach(hosts, serviceAndSocket)).toEqual(before);
  }, 120_000);

  test("is applied again without a connection to the host", async () => {
    const before = await onEach(hosts, logins);
    expect(Math.min(...Object.values(before))).toBeGreaterThanOrEqual(4);
    expect(await stage.apply(site(DESCRIBED))).toContain("No changes.");
    expect(await onEach(hosts, logins)).toEqual(before);
  }, 120_000);

  test("serves again after a reboot", async () => {
    await Promise.all(hosts.map((host) => host.reboot()));
    await Promise.all(hosts.map((host) => eventually(`${host.name} serves`, () => isActive(host))));
    await answersEverywhere();
  }, 120_000);

  test("serves again after its main process was killed", async () => {
    const before = await onEach(hosts, (host) => property(host, "web.service", "MainPID"));
    await onEach(hosts, (host) => host.exec(`kill -9 ${before[host.name]}`));
    await answersEverywhere();
    for (const host of hosts) {
      expect(await property(host, "web.service", "MainPID")).not.toBe(before[host.name]);
      expect(await property(host, "web.service", "NRestarts")).toBe("1");
    }
  }, 120_000);

  test("is destroyed, and leaves nothing", async () => {
    const ports = [9292, 9293, 9294];
    for (const host of hosts) expect((await traces(host, ["web"], ports)).length).toBeGreaterThan(10);
    await stage.destroy();
    await Promise.all(hosts.map((host) => eventually("an empty ~/.ssh", () => hasNoScript(host), 15)));
    expect(await onEach(hosts, (host) => traces(host, ["web"], ports))).toEqual(all(hosts, []));
    expect(await onEach(hosts, (host) => says(host, "ls /run/web.sock"))).toEqual(all(hosts, ""));
  }, 120_000);
});

const BINDS = [Bind.tcp(9292), Bind.ssl(9293, TLS), Bind.unix("/run/web.sock")];
const EDITED_SOCKET: Edit = { socket: { binds: [...BINDS, Bind.tcp(9294)], backlog: 77 } };
const DESCRIBED: Edit = {
  service: { directives: { Unit: { Description: "The shop" } } },
  socket: { ...EDITED_SOCKET.socket, directives: { Unit: { Description: "The shop's sockets" } } },
};

function webSocket(stack: TerraformStack, host: FleetHost, edit?: Partial<PumaSocketProps>): PumaSocket {
  return new PumaSocket(stack, `socket-${host.name}`, { binds: BINDS, ...edit });
}

function greetings(hosts: readonly FleetHost[]): Record<string, string> {
  return Object.fromEntries(hosts.map(({ name }) => [name, `hello from ${name} version 1\n`]));
}

async function isActive(host: FleetHost): Promise<boolean> {
  return (await property(host, "web.service", "ActiveState")) === "active";
}

/** The engine puts an empty file where its script was, which therefore goes a little later. */
async function hasNoScript(host: FleetHost): Promise<boolean> {
  return (await says(host, `ls -A /home/${host.user}/.ssh`)) === "authorized_keys";
}
