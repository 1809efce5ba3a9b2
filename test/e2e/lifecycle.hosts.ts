import { TerraformLocal, type TerraformStack } from "cdktf";
import { Bind, PumaService, PumaSocket, type PumaServiceProps, type PumaSocketProps } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type FleetHost, type HostSpec } from "../../lab/fleet/fleet";
import {
  all,
  eachDayOn,
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
import { setUpHosts } from "./set-up";
import { type Build } from "../../lab/engine/workspace";

const TLS = { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" };

type Edit = { service?: Partial<PumaServiceProps>; socket?: Partial<PumaSocketProps> };

/** What the life of a service looks like from its host. */
describe.each<[EngineKind, HostSpec[]]>([
  // The oldest and the newest; what comes in between has the Pumas and the systemds of other files.
  ["terraform", eachDayOn(["bullseye", "forky"])],
  ["tofu", oneOfEach(["trixie"])],
])("with %s, a service", (engine, specs) => {
  const at = setUpHosts(specs, { engine });

  const stackWith =
    (edit: Edit): Build =>
    (stack) =>
      everywhere(stack, at.hosts, "web", (host) => ({
        socket: webSocket(stack, host, edit.socket),
        environment: { GREETING: "good morning" },
        ...edit.service,
      }));

  const serviceAndSocket = async (host: FleetHost): Promise<[string, string]> => [
    await invocation(host, "web.service"),
    await invocation(host, "web.socket"),
  ];

  const answersEverywhere = async (): Promise<void> => {
    expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/"))).toEqual(
      greetings(at.hosts),
    );
    expect(await onEach(at.hosts, (host) => get(host, "https://127.0.0.1:9293/"))).toEqual(
      greetings(at.hosts),
    );
    const unix = "--unix-socket /run/web.sock";
    expect(await onEach(at.hosts, (host) => get(host, "http://web/", unix))).toEqual(greetings(at.hosts));
  };

  test("is applied, and every bind answers", async () => {
    await at.workspace.apply(stackWith({}));
    await answersEverywhere();
    expect(await onEach(at.hosts, (host) => property(host, "web.service", "UnitFileState"))).toEqual(
      all(at.hosts, "enabled"),
    );
  });

  test("is edited, and its socket stays open", async () => {
    const inodes = await onEach(at.hosts, (host) => listeningInode(host, 9292));
    const before = await onEach(at.hosts, serviceAndSocket);
    await at.workspace.apply(stackWith({ service: { environment: { GREETING: "good evening" } } }));
    expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/env?GREETING"))).toEqual(
      all(at.hosts, "good evening"),
    );
    expect(await onEach(at.hosts, (host) => listeningInode(host, 9292))).toEqual(inodes);
    const after = await onEach(at.hosts, serviceAndSocket);
    for (const { name } of at.hosts) {
      expect(inodes[name]).toMatch(/^\d+$/);
      expect(after[name]?.[0]).not.toBe(before[name]?.[0]);
      expect(after[name]?.[1]).toBe(before[name]?.[1]);
    }
  });

  test("restarts with its socket where that is edited", async () => {
    const inodes = await onEach(at.hosts, (host) => listeningInode(host, 9292));
    const before = await onEach(at.hosts, serviceAndSocket);
    await at.workspace.apply(stackWith(EDITED_SOCKET));
    await answersEverywhere();
    expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9294/"))).toEqual(
      greetings(at.hosts),
    );
    const after = await onEach(at.hosts, serviceAndSocket);
    for (const host of at.hosts) {
      expect(after[host.name]?.[0]).not.toBe(before[host.name]?.[0]);
      expect(after[host.name]?.[1]).not.toBe(before[host.name]?.[1]);
      expect(await listeningInode(host, 9292)).not.toBe(inodes[host.name]);
    }
  });

  test("restarts nothing for a new description", async () => {
    const before = await onEach(at.hosts, serviceAndSocket);
    await at.workspace.apply(stackWith(DESCRIBED));
    expect(await onEach(at.hosts, (host) => property(host, "web.service", "Description"))).toEqual(
      all(at.hosts, "The shop"),
    );
    expect(await onEach(at.hosts, (host) => property(host, "web.socket", "Description"))).toEqual(
      all(at.hosts, "The shop's sockets"),
    );
    expect(await onEach(at.hosts, serviceAndSocket)).toEqual(before);
  });

  test("restarts nothing for a comment", async () => {
    const before = await onEach(at.hosts, serviceAndSocket);
    await at.workspace.apply(withComments(stackWith(DESCRIBED)));
    for (const unit of ["web.service", "web.socket"]) {
      expect(await onEach(at.hosts, (host) => says(host, `tail -n 1 /etc/systemd/system/${unit}`))).toEqual(
        all(at.hosts, COMMENT),
      );
      expect(await onEach(at.hosts, (host) => property(host, unit, "NeedDaemonReload"))).toEqual(
        all(at.hosts, "no"),
      );
    }
    expect(await onEach(at.hosts, serviceAndSocket)).toEqual(before);
  });

  test("is applied again without a connection to the host", async () => {
    const before = await onEach(at.hosts, logins);
    expect(Math.min(...Object.values(before))).toBeGreaterThanOrEqual(4);
    expect(await at.workspace.apply(withComments(stackWith(DESCRIBED)))).toContain("No changes.");
    expect(await onEach(at.hosts, logins)).toEqual(before);
  });

  test("serves again after a reboot", async () => {
    await Promise.all(at.hosts.map((host) => host.reboot()));
    await Promise.all(at.hosts.map((host) => eventually(`${host.name} serves`, () => isActive(host))));
    await answersEverywhere();
  });

  test("serves again after its main process was killed", async () => {
    const before = await onEach(at.hosts, (host) => property(host, "web.service", "MainPID"));
    await onEach(at.hosts, (host) => host.exec(`kill -9 ${before[host.name]}`));
    await answersEverywhere();
    for (const host of at.hosts) {
      expect(await property(host, "web.service", "MainPID")).not.toBe(before[host.name]);
      expect(await property(host, "web.service", "NRestarts")).toBe("1");
    }
  });

  test("is destroyed, and leaves nothing", async () => {
    const ports = [9292, 9293, 9294];
    for (const host of at.hosts) expect((await traces(host, ["web"], ports)).length).toBeGreaterThan(10);
    await at.workspace.destroy();
    await Promise.all(at.hosts.map((host) => eventually("an empty ~/.ssh", () => hasNoScript(host))));
    expect(await onEach(at.hosts, (host) => traces(host, ["web"], ports))).toEqual(all(at.hosts, []));
    expect(await onEach(at.hosts, (host) => says(host, "ls /run/web.sock"))).toEqual(all(at.hosts, ""));
  });
});

const BINDS = [Bind.tcp(9292), Bind.ssl(9293, TLS), Bind.unix("/run/web.sock")];
const EDITED_SOCKET: Edit = { socket: { binds: [...BINDS, Bind.tcp(9294)], backlog: 77 } };
const DESCRIBED: Edit = {
  service: { directives: { Unit: { Description: "The shop" } } },
  socket: { ...EDITED_SOCKET.socket, directives: { Unit: { Description: "The shop's sockets" } } },
};

const COMMENT = "# Ask the shop before you change this";

/** No prop writes comments: a reviewer's hand in what is to be applied. */
const withComments =
  (build: Build): Build =>
  (stack) => {
    build(stack);
    const constructs = stack.node.findAll();
    for (const service of constructs.filter((one) => one instanceof PumaService)) {
      const files = Object.entries(service.unitFiles);
      const units = files.map(([file, text]) => [file, [...text.trimEnd().split("\n"), COMMENT]] as const);
      localOf(service, "_units").expression = Object.fromEntries(units);
      const parts = localOf(service, "_parts");
      // Read as a property it is a reference to the local.
      const lines = Reflect.get(parts, "_expression") as Record<string, string[]>;
      const commented = Object.entries(lines).map(
        ([part, all]) => [part, part.endsWith(": no restart") ? [...all, COMMENT] : all] as const,
      );
      parts.expression = Object.fromEntries(commented);
    }
  };

function localOf(service: PumaService, suffix: string): TerraformLocal {
  const locals = service.node.children.filter((one) => one instanceof TerraformLocal);
  const local = locals.find(({ node }) => node.id.endsWith(suffix));
  if (local === undefined) throw new Error(`there is no local whose name ends in ${suffix}`);
  return local;
}

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
