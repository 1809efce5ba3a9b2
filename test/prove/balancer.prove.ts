/** Behind a balancer, a rollout by tasks that take each host out and back in loses nothing, without a socket either. */
import { appendFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bind, Connection, Duration, HealthCheck, PumaService, Rollout, Task } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { type Build } from "../../lab/engine/workspace";
import { all, APP, declared, get, onEach, PUMA, says } from "../e2e/hosts";
import { proxyCommand, unpackProxies } from "../e2e/proxies";
import { setUpHosts } from "../e2e/set-up";

const NAMES = ["a", "b", "c"];
const BALANCER = "front";

const at = setUpHosts(
  [...NAMES, BALANCER].map((name) => ({ name, release: "trixie" })),
  { prepare: standInFront },
);
const front = (): FleetHost => at.fleet.host(BALANCER);
const hosts = (): FleetHost[] => NAMES.map((name) => at.fleet.host(name));

/** It asks nobody whether he is healthy, and tries nothing twice: what it loses is told. */
const configuration = (): string => `global
  stats socket ipv4@0.0.0.0:9999 level admin
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend all
  bind :8080
  default_backend web
backend web
  balance roundrobin
${hosts()
  .map(({ name, address }) => `  server ${name} ${address}:9292\n`)
  .join("")}`;

/** Tells the balancer what to do with this host, and everybody what it was told. */
const script = (): string => `#!/bin/bash
set -e
exec 3<>/dev/tcp/${front().address}/9999
echo "set server web/$HOSTNAME state $1" >&3
[ -z "$(cat <&3)" ]
echo "$1" >>/var/tmp/told
`;

async function standInFront(): Promise<void> {
  await unpackProxies(front());
  await front().write("/root/haproxy.cfg", configuration());
  await front().exec(proxyCommand("usr/sbin/haproxy -D -f /root/haproxy.cfg"));
  await onEach(hosts(), async (host) => {
    await host.write("/usr/local/bin/balancer", script());
    await host.exec("chmod 755 /usr/local/bin/balancer");
    await host.write("/srv/app/current/config/puma.rb", 'abort "bad" if ENV["BAD"]\n');
  });
  await at.workspace.apply(stackWith("1"));
}

const around = Task.eachHost({
  before: ["/usr/local/bin/balancer", "drain"],
  after: ["/usr/local/bin/balancer", "ready"],
  drain: Duration.seconds(2),
});

/** The same from where the engine runs, for the host that asks for it. */
const beside = (what: string): string[] => [join(at.workspace.folder, "balancer"), what];
const aroundFromEngine = (): Task =>
  Task.eachHost({
    before: beside("drain"),
    after: beside("ready"),
    drain: Duration.seconds(2),
    where: "engine",
  });

const stackWith =
  (
    edited: string,
    tasks = [around],
    environment: Record<string, string> = {},
    connection?: Connection,
  ): Build =>
  (stack) => {
    new PumaService(stack, "web", {
      ...{
        ...APP,
        hosts: hosts().map((host) => declared(host, { connection })),
        pumaVersion: PUMA.trixie,
        tasks,
      },
      binds: [Bind.tcp(9292)],
      healthCheck: HealthCheck.answers({ settle: false }),
      environment: { EDITED: edited, ...environment },
      rollout: Rollout.rolling({ batchSize: 1 }),
    });
  };

const edited = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/env?EDITED");

async function under(what: string, work: () => Promise<unknown>): Promise<Report> {
  const load = await Load.start({ address: front().address, port: 8080, fresh: 8, keepAlive: 4 });
  try {
    await work();
  } finally {
    await load.stop();
  }
  const report = await load.stop();
  const row = [what, answered(report) - notOk(report), notOk(report), lost(report), `${report.longest} ms`];
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `| ${row.join(" | ")} |\n`);
  return report;
}

test("by tasks that take each host out and back in, a rollout over three hosts loses nothing", async () => {
  const report = await under("a good version", () => at.workspace.apply(stackWith("2")));
  expect(await onEach(hosts(), edited)).toEqual(all(hosts(), "2"));
  expect({ ...report, notOk: notOk(report), lost: lost(report) }).toMatchObject({
    ...{ notOk: 0, lost: 0, refused: 0 },
  });
  // Every host has served.
  expect(Object.keys(report.answers)).toHaveLength(NAMES.length);
  expect(await onEach(hosts(), (host) => says(host, "cat /var/tmp/told"))).toEqual(
    all(hosts(), "ready\ndrain\nready"),
  );
});

test("a bad version goes back in as the old one, and loses nothing", async () => {
  const bad = stackWith("3", [around], { BAD: "1" });
  const report = await under("a bad version", () => at.workspace.applyInVain(bad));
  expect([notOk(report), lost(report)]).toEqual([0, 0]);
  expect(await onEach(hosts(), edited)).toEqual(all(hosts(), "2"));
  const [first] = hosts() as [FleetHost];
  expect(await says(first, "cat /var/tmp/told")).toBe("ready\ndrain\nready\ndrain\nready");
});

test("from where the engine runs, a rollout loses nothing either, nor does a bad version", async () => {
  const program = script().replaceAll("$HOSTNAME", "$CDKTF_PUMA_HOST").replace("/var/tmp/told", "$0.told");
  await writeFile(join(at.workspace.folder, "balancer"), program, { mode: 0o755 });
  const tasks = [aroundFromEngine()];
  const good = await under("a good version, from where the engine runs", () =>
    at.workspace.apply(stackWith("5", tasks, {}, Connection.openssh())),
  );
  expect([notOk(good), lost(good), Object.keys(good.answers).length]).toEqual([0, 0, NAMES.length]);
  expect(await onEach(hosts(), edited)).toEqual(all(hosts(), "5"));
  const told = await readFile(join(at.workspace.folder, "balancer.told"), "utf8");
  expect(told).toBe("drain\nready\n".repeat(NAMES.length));
  const bad = await under("a bad version, from where the engine runs", () =>
    at.workspace.applyInVain(stackWith("6", tasks, { BAD: "1" }, Connection.openssh())),
  );
  expect([notOk(bad), lost(bad)]).toEqual([0, 0]);
  expect(await onEach(hosts(), edited)).toEqual(all(hosts(), "5"));
});

test("without them, the same load loses some", async () => {
  const report = await under("a good version, without the task", () =>
    at.workspace.apply(stackWith("4", [])),
  );
  expect(notOk(report) + lost(report)).toBeGreaterThan(0);
});
