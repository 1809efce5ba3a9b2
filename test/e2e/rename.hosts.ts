import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  PumaService,
  type PumaServiceProps,
  PumaSocket,
  SshKey,
} from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  all,
  APP,
  eachDayOn,
  eventually,
  get,
  invocation,
  listeningInode,
  onEach,
  PUMA,
  says,
  traces,
} from "./hosts";
import { setUpHosts } from "./set-up";

const PORT = 9292;

/** A service on each host, under a name and for hosts that may be called otherwise; Puma differs by the release. */
const stackWith =
  (
    name: string,
    props: Partial<PumaServiceProps> = {},
    called = (host: FleetHost) => host.name,
    socket?: string,
  ): Build =>
  (stack) => {
    for (const host of at.hosts) {
      const { address, user, keyFile, hostKey, release } = host;
      new PumaService(stack, `${name}-${host.name}`, {
        name,
        hosts: [new Host(called(host), { address, user, hostKey, key: SshKey.file(keyFile) })],
        socket: new PumaSocket(stack, `socket-${host.name}`, { name: socket, binds: [Bind.tcp(PORT)] }),
        pumaVersion: PUMA[release],
        ...APP,
        environment: { EDITED: "good" },
        healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
        ...props,
      });
    }
  };

const BAD = { environment: { EDITED: "bad" } };

/** A rename is the work of systemd alone: the oldest. A newer one renames in rename-kept.hosts.ts. */
const at = setUpHosts(eachDayOn(["bullseye"], ["bullseye", "forky"]), {
  prepare: async ({ hosts, workspace }) => {
    const config = `raise "broken here" if ENV["EDITED"] == "bad"\n`;
    await onEach(hosts, (host) => host.write("/srv/app/current/config/puma.rb", config));
    await workspace.apply(stackWith("web"));
  },
});

const edited = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);
const socketOf = (host: FleetHost): Promise<string> => listeningInode(host, PORT);

/** The units and the records of one service, as they stand on a host. */
const standing = (host: FleetHost, name: string): Promise<string> =>
  says(
    host,
    `cd /etc/systemd/system && find . -name '${name}.*' ! -name '*.d' | sort; ls /var/lib/cdktf-puma | grep -x '${name}'
    systemctl is-enabled ${name}.socket ${name}.service; systemctl is-active ${name}.socket ${name}.service`,
  );

const there = (name: string): string =>
  [
    `./${name}.service ./${name}.socket`,
    `./multi-user.target.wants/${name}.service`,
    `./sockets.target.wants/${name}.socket`,
    `${name} enabled enabled active active`,
  ]
    .join(" ")
    .split(" ")
    .join("\n");

const sorted = (text: string): string[] => text.split("\n").sort();

async function expectOnly(name: string, gone: string): Promise<void> {
  for (const host of at.hosts) {
    expect(sorted(await standing(host, name))).toEqual(sorted(there(name)));
    const ofThisName = new RegExp(`(^|/)${gone}[.@]`);
    expect((await traces(host, [gone], [])).filter((line) => ofThisName.test(line))).toEqual([]);
    expect(await says(host, "ls /var/lib/cdktf-puma | grep -vx README")).toBe(name);
  }
}

test("a service goes on under its new name, and the socket that it listens on was never closed", async () => {
  const before = await onEach(at.hosts, socketOf);
  const said = await at.workspace.apply(stackWith("shop"));
  expect(await onEach(at.hosts, socketOf)).toEqual(before);
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  await expectOnly("shop", "web");
  for (const { name } of at.hosts) {
    const run = outputOf(said, `null_resource.puma_shop_on_${name}`);
    expect(run).toContain("web is now shop: what runs goes on under the new name");
    expect(run).toContain("restarting shop.service: web is now shop");
  }
  expect(await at.workspace.apply(stackWith("shop"))).toContain("No changes.");
});

test("one that does not boot under its new name is back under the former one, its socket open all the time", async () => {
  const before = await onEach(at.hosts, socketOf);
  const said = await at.workspace.applyInVain(stackWith("web", BAD));
  expect(await onEach(at.hosts, socketOf)).toEqual(before);
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  await expectOnly("shop", "web");
  for (const { name } of at.hosts) {
    const run = outputOf(said, `null_resource.puma_web_on_${name}`);
    expect(run).toContain("what runs is called shop again");
    expect(run).toMatch(/^FAILED on .*broken here[^]*shop is back to what it was/m);
  }
});

test("who gives the rename up finds all as it was, and who mends it goes on", async () => {
  const before = await onEach(at.hosts, (host) => invocation(host, "shop.service"));
  await at.workspace.apply(stackWith("shop"));
  expect(await onEach(at.hosts, (host) => invocation(host, "shop.service"))).toEqual(before);
  await at.workspace.apply(stackWith("web"));
  await expectOnly("web", "shop");
});

test("a host that gets a new name keeps its Puma, and nothing restarts", async () => {
  const runs = await onEach(at.hosts, (host) => invocation(host, "web.service"));
  await at.workspace.apply(stackWith("web", {}, ({ name }) => `app-${name}`));
  expect(await onEach(at.hosts, (host) => invocation(host, "web.service"))).toEqual(runs);
  expect(
    await onEach(at.hosts, (host) => says(host, "sed -n 's/^host=//p' /var/lib/cdktf-puma/web/record")),
  ).toEqual(Object.fromEntries(at.hosts.map(({ name }) => [name, `app-${name}`])));
  await expectOnly("web", "shop");
});

test("both at once, by a version that does not boot, change nothing; by one that does, all", async () => {
  await at.workspace.applyInVain(stackWith("shop", BAD));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  await expectOnly("web", "shop");
  await at.workspace.apply(stackWith("shop"));
  await expectOnly("shop", "web");
});

test("a socket that has a name of its own goes to the renamed service, open, and back", async () => {
  const named = (name: string, props = {}): Build => stackWith(name, props, undefined, "app");
  const triggers = (host: FleetHost): Promise<string> =>
    says(host, "systemctl show --property=Triggers --value app.socket; systemctl is-enabled app.socket");
  const before = await onEach(at.hosts, socketOf);
  await at.workspace.apply(named("web"));
  await at.workspace.apply(named("shop"));
  expect(await onEach(at.hosts, triggers)).toEqual(all(at.hosts, "shop.service\nenabled"));
  await at.workspace.applyInVain(named("web", BAD));
  expect(await onEach(at.hosts, triggers)).toEqual(all(at.hosts, "shop.service\nenabled"));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  expect(await onEach(at.hosts, socketOf)).toEqual(before);
  await at.workspace.apply(stackWith("shop"));
  await expectOnly("shop", "web");
});

test("a name that another unit waits for is taken by a stop and a start", async () => {
  const waiting = "[Unit]\nWants=web.service\n[Service]\nExecStart=/bin/sleep infinity\n";
  await onEach(at.hosts, async (host) => {
    await host.write("/etc/systemd/system/waiting.service", waiting);
    await host.exec("systemctl daemon-reload && systemctl start waiting.service");
  });
  const said = await at.workspace.apply(stackWith("web"));
  for (const { name } of at.hosts) {
    expect(outputOf(said, `null_resource.puma_web_on_${name}`)).toContain(
      "shop: no longer in this stack, and in the way: stopping it",
    );
  }
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  await expectOnly("web", "shop");
});

test("a cut-off rename is gone on with, or put back", async () => {
  const touched = async (host: FleetHost): Promise<boolean> =>
    (await says(host, "cat /var/lib/cdktf-puma/shop/before/touched")) === "service";
  const slow = { environment: { EDITED: "good", BOOT_SECONDS: "8" } };
  await onEach(at.hosts, (host) =>
    host.exec(
      "systemctl stop waiting.service; rm /etc/systemd/system/waiting.service; systemctl daemon-reload",
    ),
  );
  const apply = at.workspace.applyInVain(stackWith("shop", slow));
  await onEach(at.hosts, async (host) => {
    await eventually("the restart", () => touched(host));
    await host.exec("systemctl kill --signal=KILL cdktf-puma-shop.service", { allowFailure: true });
  });
  await apply;
  await at.workspace.applyInVain(stackWith("shop", BAD));
  await expectOnly("web", "shop");
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  await at.workspace.apply(stackWith("shop"));
  await expectOnly("shop", "web");
});
