import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, everywhere, get, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

/** From Puma 7 on it preloads the application unless told: one of the two hosts that have Puma 8 is told. */
const TOLD = "told";

/** Puma 4 as the oldest, and the two of Puma 8, which notify. */
const DAILY = eachDayOn(["bullseye", "forky"]);

const at = setUpHosts([...DAILY, { name: TOLD, release: "forky" }], {
  prepare: async () => {
    await at.fleet.host(TOLD).write("/srv/app/current/config/puma.rb", "preload_app! false\n");
    await at.workspace.apply(stackWith("1", "once"));
  },
});

/** Those whose Puma can replace its workers one by one. */
const phasing = (): FleetHost[] => at.hosts.filter(({ name }) => name !== "forky");

/** Two services: one in cluster mode, one in single mode. */
function stackWith(release: string, edited: string): Build {
  return (stack) => {
    const service = (name: string, port: number, workers?: number): void =>
      everywhere(stack, at.hosts, name, (host) => ({
        socket: socketOn(stack, host, port),
        restart: Restart.phased(),
        release,
        workers,
        environment: { EDITED: edited, BOOT_SECONDS: "1" },
      }));
    service("web", 9292, 2);
    service("single", 9293);
  };
}

const socketOn = (stack: TerraformStack, host: FleetHost, port: number): PumaSocket =>
  new PumaSocket(stack, `socket-${port}-${host.name}`, { binds: [Bind.tcp(port)] });

const workersOf = async (host: FleetHost): Promise<string[]> => {
  const pid = await property(host, "web.service", "MainPID");
  return (await says(host, `cat /proc/${pid}/task/${pid}/children`)).trim().split(" ");
};

/** The workers that answer: many enough requests that each of two has been asked. */
const answering = async (host: FleetHost): Promise<string[]> => {
  const ask = "for i in $(seq 40); do curl -s --max-time 20 http://127.0.0.1:9292/pid; echo; done | sort -u";
  return (await says(host, ask)).split("\n");
};

const main = (host: FleetHost): Promise<string> =>
  says(host, "systemctl show -p InvocationID -p MainPID web.service");

/** A request every tenth of a second; of each, what curl says of it. */
const startLoad = (host: FleetHost): Promise<unknown> =>
  host.exec(`systemd-run --quiet --unit=load --collect sh -c '
    while sleep 0.1; do
      curl -s -o /dev/null --max-time 20 -w "%{http_code} " http://127.0.0.1:9292/; echo $$?
    done >/run/load.log'`);

const endLoad = async (host: FleetHost): Promise<Record<string, number>> => {
  const lines = (await says(host, "systemctl stop load; cat /run/load.log; rm /run/load.log")).split("\n");
  const counts: Record<string, number> = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
};

const saidOn = (text: string, service: string, host: FleetHost): string =>
  outputOf(text, `null_resource.puma_${service}_on_${host.name}`);

describe("a new release", () => {
  let said: string;
  let before: Record<string, { main: string; workers: string[] }>;
  let after: Record<string, { main: string; workers: string[] }>;
  let load: Record<string, Record<string, number>>;
  const look = async (host: FleetHost): Promise<{ main: string; workers: string[] }> => ({
    main: await main(host),
    workers: await workersOf(host),
  });

  beforeAll(async () => {
    before = await onEach(at.hosts, look);
    await onEach(at.hosts, startLoad);
    said = await at.workspace.apply(stackWith("2", "once"));
    after = await onEach(at.hosts, look);
    load = await onEach(at.hosts, endLoad);
    process.stderr.write(`answers during a phased restart, as "status exit-code": ${JSON.stringify(load)}\n`);
  });

  test("has replaced all workers when the apply returns, and not the master where it can stay", async () => {
    for (const { name } of at.hosts) {
      const [old, now] = [before[name]?.workers ?? [], after[name]?.workers ?? []];
      expect([old.length, now.length]).toEqual([2, 2]);
      expect(old.filter((pid) => now.includes(pid))).toEqual([]);
      expect(after[name]?.main === before[name]?.main).toBe(name !== "forky");
    }
    for (const host of at.hosts) {
      const workers = after[host.name]?.workers ?? [];
      expect((await answering(host)).filter((pid) => !workers.includes(pid))).toEqual([]);
    }
  });

  test("refuses no request, and one by one nothing waits", () => {
    for (const { name } of at.hosts) {
      expect(load[name]?.["200 0"]).toBeGreaterThan(20);
      expect(Object.keys(load[name] ?? {}).filter((answer) => answer.endsWith(" 7"))).toEqual([]);
    }
  });

  test("says how it went", () => {
    for (const host of at.hosts) expect(saidOn(said, "web", host)).toContain("done: ");
    for (const host of phasing()) {
      expect(saidOn(said, "web", host)).toContain("phased restart of web.service: release 2 follows 1");
      expect(saidOn(said, "web", host)).not.toContain("preloads the application");
    }
    expect(saidOn(said, "web", at.fleet.host("forky"))).toContain(
      "'phased' is not possible here: Puma preloads the application\nrestarting web.service: release 2 follows 1",
    );
  });

  test("restarts a Puma without workers as a whole, and says so", () => {
    for (const host of at.hosts) {
      expect(saidOn(said, "single", host)).toContain(
        "'phased' is not possible here: Puma runs without workers\nrestarting single.service: release 2 follows 1",
      );
    }
  });
});

test("where the journal has lost what Puma said, one before version 7 is asked all the same, and no newer one", async () => {
  await onEach(at.hosts, (host) =>
    host.exec("journalctl --quiet --rotate && sleep 2 && journalctl --quiet --vacuum-time=1s"),
  );
  const said = await at.workspace.apply(stackWith("3", "once"));
  for (const host of at.hosts) {
    expect(saidOn(said, "web", host)).toMatch(
      host.release === "forky"
        ? /'phased' is not possible here: from version 7 on .*\nrestarting web.service: release 3 follows 2/
        : /phased restart of web.service: release 3 follows 2/,
    );
  }
});

test("a changed unit restarts Puma as a whole, and says so", async () => {
  const socket = (host: FleetHost): Promise<string> => property(host, "web.socket", "InvocationID");
  const [mains, sockets] = [await onEach(at.hosts, main), await onEach(at.hosts, socket)];
  const said = await at.workspace.apply(stackWith("3", "twice"));
  for (const host of at.hosts) {
    expect(saidOn(said, "web", host)).toContain(
      "'phased' is not possible here: it does not take up a changed unit\n" +
        "restarting web.service: web.service changed: Environment",
    );
    expect(await main(host)).not.toBe(mains[host.name]);
  }
  expect(await onEach(at.hosts, socket)).toEqual(sockets);
  expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/env?EDITED"))).toEqual(
    all(at.hosts, "twice"),
  );
});
