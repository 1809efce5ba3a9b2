import { type TerraformStack } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { changesOf, outputOf, type Plan } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { Load } from "../../lab/load/load";
import { notOk, type Report } from "../../lab/load/report";
import { all, eachDayOn, everywhere, get, invocation, listeningInode, onEach, says, traces } from "./hosts";
import { setUpHosts } from "./set-up";

const at = setUpHosts(eachDayOn(["trixie"], ["bullseye", "trixie"]), {
  prepare: async () => {
    const config = `raise "a bad version" if ENV.key?("BAD")\n`;
    await onEach(at.hosts, (host) => host.write("/srv/app/current/config/puma.rb", config));
  },
});

type Parts = Readonly<Record<string, unknown>>;

/** The binds of a service's sockets, by the names of their units. */
type Sockets = Readonly<Record<string, readonly Bind[]>>;

const WEB = [Bind.tcp(9292), Bind.unix("/run/web.sock")];
const MOVING = Bind.unix("/run/moving.sock");
const TWO: Sockets = { web: WEB, admin: [Bind.tcp(9393)] };
const CHANGED: Sockets = { web: WEB, admin: [Bind.tcp(9494)] };
const THREE: Sockets = { ...CHANGED, extra: [Bind.tcp(9595), Bind.unix("/run/extra.sock")] };

const socketsOf = (stack: TerraformStack, host: FleetHost, sockets: Sockets): PumaSocket[] =>
  Object.entries(sockets).map(
    ([name, binds]) => new PumaSocket(stack, `socket-${name}-${host.name}`, { name, binds: [...binds] }),
  );

const stackWith =
  (sockets: Sockets, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({ sockets: socketsOf(stack, host, sockets), ...props }));

const statusOf = (host: FleetHost, url: string, options = ""): Promise<string> =>
  get(host, url, `-o /dev/null -w '%{http_code}' ${options}`);

/** The ports and paths of a list at which Puma answers. */
async function answering(host: FleetHost, addresses: readonly (number | string)[]): Promise<unknown[]> {
  const statuses = await Promise.all(
    addresses.map((address) =>
      typeof address === "number"
        ? statusOf(host, `http://127.0.0.1:${address}/`)
        : statusOf(host, "http://web/", `--unix-socket ${address}`),
    ),
  );
  return addresses.filter((_, i) => statuses[i] === "200");
}

/** What there is of units, of what they listen at, and of what the library knows of them. */
async function left(host: FleetHost, names: readonly string[], ports: readonly number[]): Promise<string[]> {
  const files = await says(host, `ls ${names.map((name) => `/run/${name}.sock`).join(" ")} 2>/dev/null`);
  const found = [...(await traces(host, names, ports)), ...files.split("\n")];
  // What one may go back to keeps its own.
  const now = found.filter((line) => !line.includes("/generations/"));
  return now.filter((line) => /\/proc\/net/.test(line) || names.some((name) => line.includes(`${name}.so`)));
}

const inodes = (port: number): Promise<Record<string, string>> =>
  onEach(at.hosts, (host) => listeningInode(host, port));

const started = (unit: string): Promise<Record<string, string>> =>
  onEach(at.hosts, (host) => invocation(host, unit));

const loads = (port: number): Promise<Load[]> =>
  Promise.all(at.hosts.map(({ address }) => Load.start({ address, port, fresh: 3, keepAlive: 0 })));

/** The sentences under which the plan shows lines that change. */
function changedParts(plan: Plan): string[] {
  const parts = changesOf(plan).flatMap(({ change: { before, after } }) => {
    const [old, now] = [before, after].map((state) => (state?.triggers_replace ?? {}) as Parts);
    return Object.keys(now ?? {}).filter(
      (name) => JSON.stringify(old?.[name]) !== JSON.stringify(now?.[name]),
    );
  });
  return [...new Set(parts)].sort();
}

/** What new connections met that was no answer. */
const lost = (report: Report): number[] => [report.refused, report.reset, report.timedOut, notOk(report)];

async function expectNoneLost(running: readonly Load[]): Promise<void> {
  const reports = await Promise.all(running.map((load) => load.stop()));
  expect(reports.map(lost)).toEqual(reports.map(() => [0, 0, 0, 0]));
  for (const { answers } of reports) expect(Object.values(answers)[0]).toBeGreaterThan(20);
}

test("a service with two sockets serves at both", async () => {
  await at.workspace.apply(stackWith(TWO));
  const found = await onEach(at.hosts, (host) => answering(host, [9292, "/run/web.sock", 9393, 9494]));
  expect(found).toEqual(all(at.hosts, [9292, "/run/web.sock", 9393]));
});

test("a changed bind closes its own socket, and the other one loses no connection", async () => {
  const changed = stackWith(CHANGED);
  expect(changedParts(await at.workspace.plan(changed))).toEqual([
    "admin.socket: closes its sockets and opens them again, restarts Puma",
    "web.service: restarts Puma (hot)",
  ]);
  const [listener, unit] = [await inodes(9292), await started("web.socket")];
  const running = await loads(9292);
  const text = await at.workspace.apply(changed);
  await expectNoneLost(running);
  expect([await inodes(9292), await started("web.socket")]).toEqual([listener, unit]);
  for (const { name } of at.hosts)
    expect(outputOf(text, `null_resource.puma_web_on_${name}`)).toContain(
      "restarting admin.socket web.service: admin.socket changed: ListenStream",
    );
  const found = await onEach(at.hosts, (host) => answering(host, [9292, 9393, 9494]));
  expect(found).toEqual(all(at.hosts, [9292, 9494]));
});

test("a bad version with another socket leaves nothing of that, and what was open stays open", async () => {
  const listener = await inodes(9292);
  // Each of them would start whatever version there is just then.
  const running = await loads(9292);
  const text = await at.workspace.applyInVain(stackWith(THREE, { environment: { BAD: "1" } }));
  await expectNoneLost(running);
  expect(text).toContain("web is back to what it was");
  expect(await inodes(9292)).toEqual(listener);
  const addresses = [9292, 9494, 9595, "/run/extra.sock"];
  expect(await onEach(at.hosts, (host) => answering(host, addresses))).toEqual(all(at.hosts, [9292, 9494]));
  expect(await onEach(at.hosts, (host) => left(host, ["extra"], [9595]))).toEqual(all(at.hosts, []));
});

test("a bad version without a socket has that opened again", async () => {
  const listener = await inodes(9292);
  const running = await loads(9292);
  await at.workspace.applyInVain(stackWith({ web: WEB }, { environment: { BAD: "1" } }));
  await expectNoneLost(running);
  expect(await inodes(9292)).toEqual(listener);
  expect(await onEach(at.hosts, (host) => answering(host, [9292, 9494]))).toEqual(
    all(at.hosts, [9292, 9494]),
  );
});

test("a port moves without a refused connection", async () => {
  const old = await loads(9494);
  await at.workspace.apply(stackWith(THREE));
  const next = await loads(9595);
  // The balancer asks at the new port from here on.
  await expectNoneLost(old);
  const listener = await inodes(9595);
  await at.workspace.apply(stackWith({ web: WEB, extra: THREE.extra ?? [] }));
  await expectNoneLost(next);
  expect(await inodes(9595)).toEqual(listener);
  expect(await onEach(at.hosts, (host) => answering(host, [9292, 9494, 9595]))).toEqual(
    all(at.hosts, [9292, 9595]),
  );
  expect(await onEach(at.hosts, (host) => left(host, ["admin"], [9494]))).toEqual(all(at.hosts, []));
});

test("a bind may move from one socket to another", async () => {
  const addresses = [9292, "/run/web.sock", "/run/moving.sock"];
  const moves = [
    { web: [...WEB, MOVING], extra: [Bind.tcp(9595)] },
    { web: WEB, extra: [Bind.tcp(9595), MOVING] },
  ];
  for (const sockets of moves) {
    await at.workspace.apply(stackWith(sockets));
    expect(await onEach(at.hosts, (host) => answering(host, addresses))).toEqual(all(at.hosts, addresses));
  }
});

test("an overlap has a stand-in on all of them", async () => {
  const sockets = { web: WEB, extra: [Bind.tcp(9595), MOVING] };
  const listeners = [await inodes(9292), await inodes(9595)];
  const running = [...(await loads(9292)), ...(await loads(9595))];
  await at.workspace.apply((stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      sockets: socketsOf(stack, host, sockets),
      environment: { EDITED: "1" },
      // Puma 4 loses requests in an overlap.
      restart: host.release === "bullseye" ? Restart.hot() : Restart.overlap(),
    })),
  );
  await expectNoneLost(running);
  expect([await inodes(9292), await inodes(9595)]).toEqual(listeners);
});

test("under another name of the service all of them stay open", async () => {
  const listeners = [await inodes(9292), await inodes(9595)];
  const sockets = { web: WEB, extra: [Bind.tcp(9595), MOVING] };
  await at.workspace.apply((stack) =>
    everywhere(stack, at.hosts, "shop", (host) => ({ sockets: socketsOf(stack, host, sockets) })),
  );
  expect([await inodes(9292), await inodes(9595)]).toEqual(listeners);
  const addresses = [9292, 9595, "/run/moving.sock"];
  expect(await onEach(at.hosts, (host) => answering(host, addresses))).toEqual(all(at.hosts, addresses));
  expect(
    await onEach(at.hosts, (host) => says(host, "systemctl is-active web.service shop.service")),
  ).toEqual(all(at.hosts, "inactive\nactive"));
});

test("a destroy leaves nothing of any of them", async () => {
  await at.workspace.destroy();
  const names = ["web", "shop", "admin", "extra", "moving"];
  expect(await onEach(at.hosts, (host) => left(host, names, [9292, 9494, 9595]))).toEqual(all(at.hosts, []));
});
