import { type TerraformStack } from "cdktf";
import {
  Bind,
  Duration,
  type HostOptions,
  PumaService,
  type PumaServiceProps,
  PumaSocket,
  Removal,
} from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  all,
  APP,
  declared,
  eachDayOn,
  eventually,
  get,
  invocation,
  listeningInode,
  onEach,
  says,
  traces,
} from "./hosts";
import { setUpHosts } from "./set-up";
import { errorOf, outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

const PORT = 9292;

/** A removal asks systemd and the engine alone: the oldest and the newest. */
const at = setUpHosts(eachDayOn(["bullseye", "forky"]));

type Options = (host: FleetHost) => Partial<HostOptions>;

/** One service on some hosts: what its Puma tells systemd is the same on all. */
const stackWith =
  (
    on: readonly FleetHost[],
    props: Partial<PumaServiceProps> & { socketless?: boolean } = {},
    options: Options = () => ({}),
  ): Build =>
  (stack) => {
    const { socketless, ...rest } = props;
    new PumaService(stack, "web", {
      hosts: on.map((host) => declared(host, options(host))),
      ...APP,
      ...(socketless ? { binds: [Bind.tcp(PORT)] } : { socket: socketOf(stack) }),
      ...rest,
    });
  };

const socketOf = (stack: TerraformStack): PumaSocket =>
  new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] });

const greeting = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/`);

const greetings = (on: readonly FleetHost[]): Record<string, string> =>
  Object.fromEntries(on.map(({ name }) => [name, `hello from ${name} version 1\n`]));

/** What is left of a service, but for the empty script that the engine takes a little to lose. */
const left = async (host: FleetHost, name: string): Promise<string[]> => {
  const ofThisName = new RegExp(`(^|/)${name}[.@]`);
  return (await traces(host, [name], [])).filter((line) => ofThisName.test(line));
};

test("a host that leaves the list loses its service, the others keep theirs", async () => {
  const [gone, ...others] = at.hosts as [FleetHost, ...FleetHost[]];
  await at.workspace.apply(stackWith(at.hosts));
  expect((await left(gone, "web")).length).toBeGreaterThan(5);
  const before = await onEach(others, (host) => invocation(host, "web.service"));
  await at.workspace.apply(stackWith(others));
  expect(await left(gone, "web")).toEqual([]);
  expect(await says(gone, "pgrep -u deploy; ls /var/lib/cdktf-puma")).toBe("");
  expect(await listeningInode(gone, PORT)).toBe("");
  expect(await onEach(others, (host) => invocation(host, "web.service"))).toEqual(before);
  expect(await onEach(others, greeting)).toEqual(greetings(others));
  await at.workspace.apply(stackWith(at.hosts));
});

test.each(["reloads", "restarts"])("so it does where somebody %s it again and again", async (what) => {
  const [gone, ...others] = at.hosts as [FleetHost, ...FleetHost[]];
  const storm = `while :; do systemctl ${what.slice(0, -1)} web; done`;
  await gone.exec(`systemd-run --quiet --collect --unit=storm sh -c '${storm}'`);
  await at.workspace.apply(stackWith(others)).finally(() => gone.exec("systemctl stop storm"));
  // systemd has in mind what was asked for last.
  await eventually("that nothing is left", async () => (await left(gone, "web")).length === 0);
  expect(await says(gone, "pgrep -u deploy; ls /var/lib/cdktf-puma")).toBe("");
  expect(await listeningInode(gone, PORT)).toBe("");
  await at.workspace.apply(stackWith(at.hosts));
});

const KEPT = "/var/lib/cdktf-puma/web/run.sh";

const addressOf = ({ name, address }: FleetHost): string =>
  `terraform_data.puma_removals["web@${name}@${address}"]`;

test("what removes a service is root's alone, and where it is lost nothing counts as removed", async () => {
  const [gone, ...others] = at.hosts as [FleetHost, ...FleetHost[]];
  expect(await onEach(at.hosts, (host) => says(host, `stat -c '%a %U' ${KEPT}`))).toEqual(
    all(at.hosts, "600 root"),
  );
  await gone.exec(`rm ${KEPT}`);
  const text = await at.workspace.applyInVain(stackWith(others));
  expect(text).toContain(`FAILED on ${gone.name}: an older version of cdktf-puma has installed web`);
  expect(await greeting(gone)).toContain("hello");
  await at.workspace.apply(stackWith(at.hosts));
  await at.workspace.apply(stackWith(others));
  expect(await left(gone, "web")).toEqual([]);
  await at.workspace.apply(stackWith(at.hosts));
});

test("a host that was made anew has nothing to remove", async () => {
  const [gone, ...others] = at.hosts as [FleetHost, ...FleetHost[]];
  const owner = await says(gone, "sed -n 's/^owner=//p' /var/lib/cdktf-puma/web/record");
  await gone.exec(`sh ${KEPT} ${gone.name} ${gone.address} remove me '' web ${owner}`);
  const text = await at.workspace.apply(stackWith(others));
  expect(outputOf(text, addressOf(gone))).toContain("nothing of web is here");
  await eventually("that no script is left", async () => {
    return (
      (await says(gone, "ls /home/*/.ssh /root/.ssh 2>/dev/null | grep cdktf-puma || echo none")) === "none"
    );
  });
  await at.workspace.apply(stackWith(at.hosts));
});

test("a host whose address changes keeps its service under the new one", async () => {
  const moved = (host: FleetHost): string =>
    host.address.replace(/\d+$/, (number) => String(Number(number) + 100));
  await onEach(at.hosts, (host) => host.exec(`ip address add ${moved(host)}/24 dev eth0`));
  const text = await at.workspace.apply(stackWith(at.hosts, {}, (host) => ({ address: moved(host) })));
  expect(await onEach(at.hosts, greeting)).toEqual(greetings(at.hosts));
  expect(
    await onEach(at.hosts, (host) => says(host, "sed -n 's/^address=//p' /var/lib/cdktf-puma/web/record")),
  ).toEqual(Object.fromEntries(at.hosts.map((host) => [host.name, moved(host)])));
  expect(await onEach(at.hosts, (host) => says(host, "systemctl is-enabled web.service web.socket"))).toEqual(
    all(at.hosts, "enabled\nenabled"),
  );
  expect(text).toContain(`Host: ${at.hosts[0]?.address}\n`);
  await at.workspace.apply(stackWith(at.hosts));
  expect(await onEach(at.hosts, greeting)).toEqual(greetings(at.hosts));
});

test("a service that gets a new name leaves nothing of the old one", async () => {
  await at.workspace.apply(stackWith(at.hosts, { name: "shop" }));
  expect(await onEach(at.hosts, greeting)).toEqual(greetings(at.hosts));
  expect(
    await onEach(at.hosts, (host) => says(host, "systemctl is-active shop.service shop.socket")),
  ).toEqual(all(at.hosts, "active\nactive"));
  expect(await onEach(at.hosts, (host) => left(host, "web"))).toEqual(all(at.hosts, []));
  await at.workspace.apply(stackWith(at.hosts));
  expect(await onEach(at.hosts, (host) => left(host, "shop"))).toEqual(all(at.hosts, []));
});

test("a socket that is dropped leaves nothing", async () => {
  await at.workspace.apply(stackWith(at.hosts, { socketless: true }));
  expect(await onEach(at.hosts, greeting)).toEqual(greetings(at.hosts));
  const units =
    "cd /etc/systemd/system && find . -name 'web.*' ! -type d | sort; systemctl is-active web.socket";
  expect(await onEach(at.hosts, (host) => says(host, units))).toEqual(
    all(at.hosts, "./multi-user.target.wants/web.service\n./web.service\ninactive"),
  );
  await at.workspace.apply(stackWith(at.hosts));
  expect(await onEach(at.hosts, (host) => says(host, "systemctl is-active web.socket"))).toEqual(
    all(at.hosts, "active"),
  );
});

describe("a dead host that leaves the list", () => {
  const quickly: Options = (host) => (host === at.hosts[0] ? { timeout: Duration.seconds(5) } : {});
  const edited = (value: string): Partial<PumaServiceProps> => ({ environment: { EDITED: value } });
  const value = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);

  test("stops no change, and the apply says that it is there no more", async () => {
    const [dead, ...alive] = at.hosts as [FleetHost, ...FleetHost[]];
    await at.workspace.apply(stackWith(at.hosts, {}, quickly));
    await dead.powerCut();
    const text = await at.workspace.applyInVain(stackWith(alive, edited("once"), quickly));
    expect(await onEach(alive, value)).toEqual(all(alive, "once"));
    expect(errorOf(text, addressOf(dead))).toContain("last error: dial tcp");
    await at.workspace.engine.run(at.workspace.folder, ["state", "rm", addressOf(dead)]);
    expect(await at.workspace.apply(stackWith(alive, edited("once"), quickly))).toContain("No changes.");
    await dead.boot();
    await at.workspace.apply(stackWith(at.hosts, edited("once"), quickly));
  });

  test("stops nothing where that is said", async () => {
    const [dead, ...alive] = at.hosts as [FleetHost, ...FleetHost[]];
    const going =
      (...args: Parameters<typeof stackWith>): Build =>
      (stack) => {
        stackWith(...args)(stack);
        Removal.of(stack).onUnreachableHost("continue");
      };
    await at.workspace.apply(going(at.hosts, edited("once"), quickly));
    await dead.powerCut();
    const twice = going(alive, edited("twice"), quickly);
    expect(outputOf(await at.workspace.apply(twice), `null_resource.puma_web_on_${dead.name}`)).toBe("");
    expect(await onEach(alive, value)).toEqual(all(alive, "twice"));
    expect(await at.workspace.apply(twice)).toContain("No changes.");
  });
});
