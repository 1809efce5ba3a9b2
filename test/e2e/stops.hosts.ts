import { setTimeout as sleep } from "node:timers/promises";
import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps } from "../../lib";
import { type FleetHost, RELEASES } from "../../lab/fleet/fleet";
import { eventually, everywhere, get, NOTIFYING, oneOfEach, onEach, property, says } from "./hosts";
import { scene } from "./scene";

const TIMES = 10;
const LIMIT = 2000;
/** Seconds that a service takes to boot, long enough to stop it meanwhile. */
const BOOT = 4;

/** A configuration file with a control server, which most of the time has nothing to do. */
const CONTROLLED = "/srv/app/current/config/controlled.rb";
const CONTROL = "127.0.0.1:9295";
/** Where the file is, what Puma does of its own before it stops its control server takes a while. */
const SLOW_HOOK = `
if File.exist?("/srv/app/current/slow-hook")
  Puma::Launcher.prepend(Module.new do
    def do_graceful_stop
      sleep 2
      File.write("/tmp/hooked", "done")
      super
    end
  end)
end
`;

const at = scene(oneOfEach(RELEASES), {
  prepare: async ({ hosts, stage }) => {
    const config = `activate_control_app "tcp://${CONTROL}", { no_token: true }\n${SLOW_HOOK}`;
    await onEach(hosts, (host) => host.write(CONTROLLED, config));
    await stage.apply((stack) => {
      everywhere(stack, hosts, "web", onPort(9292));
      everywhere(stack, hosts, "cluster", onPort(9293, { workers: 2 }));
      everywhere(stack, hosts, "controlled", onPort(9294, { configFile: CONTROLLED }));
      everywhere(stack, hosts, "slow", onPort(9296, { environment: { BOOT_SECONDS: String(BOOT) } }));
    });
  },
});
const notifying = (): FleetHost[] => at.hosts.filter(({ release }) => NOTIFYING.includes(release));

const onPort =
  (port: number, props: Partial<PumaServiceProps> = {}) =>
  (host: FleetHost, stack: TerraformStack): Partial<PumaServiceProps> => ({
    socket: new PumaSocket(stack, `socket-${port}-${host.name}`, { binds: [Bind.tcp(port)] }),
    ...props,
  });

/** Prints the milliseconds that each of several rounds took, one a line. */
const timed = (command: string, between: string): string => `
  set -e
  for round in $(seq ${TIMES}); do
    ${between}
    begin=$(date +%s%N)
    ${command}
    echo $((($(date +%s%N) - begin) / 1000000))
  done`;

const answer = (port: number): string =>
  `curl -s --retry 100 --retry-delay 0 --retry-all-errors --max-time 20 -o /dev/null http://127.0.0.1:${port}/`;

const stopsOf = (name: string, port: number): string =>
  timed(`systemctl stop ${name}.service`, `systemctl start ${name}.service && ${answer(port)}`);

async function milliseconds(host: FleetHost, script: string): Promise<number[]> {
  return (await host.exec(script)).stdout.trim().split("\n").map(Number);
}

/** Two hosts at a time: what is measured is the stop, not how many Pumas boot at once. */
async function inPairs<T>(work: (host: FleetHost) => Promise<T>): Promise<Record<string, T>> {
  return { ...(await onEach(at.hosts.slice(0, 2), work)), ...(await onEach(at.hosts.slice(2), work)) };
}

function print(what: string, figures: Record<string, readonly number[]>): void {
  const lines = Object.entries(figures).map(([name, all]) => `  ${name}: ${all.join(" ")}\n`);
  process.stderr.write(`${what}, in milliseconds\n${lines.join("")}`);
}

function expectQuick(figures: Record<string, readonly number[]>): void {
  for (const all of Object.values(figures)) {
    expect(all).toHaveLength(TIMES);
    expect(Math.min(...all)).toBeGreaterThan(0);
    expect(Math.max(...all)).toBeLessThan(LIMIT);
  }
}

test("an idle service stops at once", async () => {
  const figures = await inPairs((host) => milliseconds(host, stopsOf("web", 9292)));
  print(`${TIMES} stops`, figures);
  expectQuick(figures);
  for (const host of at.hosts) expect(await property(host, "web.service", "Result")).toBe("success");
}, 180_000);

test("an idle service with a control server stops at once", async () => {
  const figures = await inPairs((host) => milliseconds(host, stopsOf("controlled", 9294)));
  print(`${TIMES} stops with a control server`, figures);
  expectQuick(figures);
  for (const host of at.hosts) {
    expect(await property(host, "controlled.service", "Result")).toBe("success");
    await host.exec("systemctl start controlled.service");
    const stats = (): Promise<string> => get(host, `http://${CONTROL}/stats`);
    await eventually("the control server answers", async () => (await stats()).includes('"running"'));
  }
}, 180_000);

test("with a control server, what Puma does at its end is waited for", async () => {
  const script = `
    touch /srv/app/current/slow-hook; systemctl restart controlled.service; ${answer(9294)}
    systemctl stop controlled.service; rm /srv/app/current/slow-hook; cat /tmp/hooked`;
  for (const host of notifying()) expect(await says(host, script)).toMatch(/^done/);
}, 60_000);

test("a service that still boots stops at once", async () => {
  const times = await onEach(at.hosts, async (host) => {
    await host.exec("systemctl stop slow.service; systemctl start --no-block slow.service");
    const loads = "grep -qs ruby /proc/$(systemctl show -p MainPID --value slow)/maps";
    await eventually("it boots", async () => (await says(host, `${loads} && echo yes`)) === "yes");
    await sleep(1000);
    return [await stopOf(host, "slow.service")];
  });
  print("stops in the middle of a boot", times);
  expect(Math.max(...Object.values(times).flat())).toBeLessThan(LIMIT);
}, 180_000);

test("an idle service in cluster mode stops at once where Puma notifies", async () => {
  const figures = await onEach(notifying(), (host) => milliseconds(host, stopsOf("cluster", 9293)));
  print(`${TIMES} stops in cluster mode`, figures);
  expectQuick(figures);
  for (const host of notifying()) expect(await property(host, "cluster.service", "Result")).toBe("success");
}, 180_000);

test("an idle service restarts at once, and answers", async () => {
  const restart = `systemctl restart web.service && ${answer(9292)}`;
  const figures = await inPairs((host) => milliseconds(host, timed(restart, answer(9292))));
  print(`${TIMES} restarts, until it answers`, figures);
  expectQuick(figures);
  for (const host of at.hosts) expect(await property(host, "web.service", "Result")).toBe("success");
}, 180_000);

describe.each([
  ["single mode", "web", 9292],
  ["single mode with a control server", "controlled", 9294],
  ["cluster mode", "cluster", 9293],
])("a busy service in %s", (_, name, port) => {
  test("answers what it has begun, and then stops at once", async () => {
    await onEach(at.hosts, (host) => host.exec(`systemctl start ${name}.service && ${answer(port)}`));
    const stops = await onEach(at.hosts, async (host) => {
      const request = get(host, `http://127.0.0.1:${port}/slow?3`);
      const answered = request.then(() => Date.now());
      await sleep(700);
      await host.exec(`systemctl stop ${name}.service`);
      return { body: await request, late: Date.now() - (await answered) };
    });
    print(`from the last answer of ${name} to the end of its stop`, lateness(stops));
    for (const { body, late } of Object.values(stops)) {
      expect(body).toBe("slept 3\n");
      expect(late).toBeLessThan(LIMIT);
    }
  }, 60_000);
});

const lateness = (stops: Record<string, { late: number }>): Record<string, number[]> =>
  Object.fromEntries(Object.entries(stops).map(([name, { late }]) => [name, [late]]));

/** What people write by hand, bounded so that this test ends. */
const PLAIN = `
[Service]
Type=notify
User=deploy
WorkingDirectory=/srv/app/current
ExecStart=/srv/app/current/sbin/puma -b tcp://127.0.0.1:%i
TimeoutStopSec=8
`;

/** Whether it hangs is chance, so nothing is asserted but that there are figures to compare with. */
test("beside it, a plain Type=notify unit without our ExecStop", async () => {
  const ports = Array.from({ length: TIMES }, (_, i) => 9400 + i);
  const figures = await onEach(notifying(), async (host) => {
    await host.write("/etc/systemd/system/plain@.service", PLAIN);
    await host.exec(`systemctl daemon-reload; systemctl start ${ports.map((p) => `plain@${p}`).join(" ")}`);
    for (const port of ports) await eventually("plain", async () => (await get(host, url(port))) !== "");
    return Promise.all(ports.map((port) => stopOf(host, `plain@${port}`)));
  });
  print(`${TIMES} stops of a plain unit, which are cut off after 8 seconds`, figures);
  expect(Object.values(figures).map((all) => all.length)).toEqual(notifying().map(() => TIMES));
}, 120_000);

const url = (port: number): string => `http://127.0.0.1:${port}/`;

async function stopOf(host: FleetHost, unit: string): Promise<number> {
  const begin = Date.now();
  await host.exec(`systemctl stop ${unit}`, { allowFailure: true });
  return Date.now() - begin;
}
