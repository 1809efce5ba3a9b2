/** A Puma that restarts itself is silent while it boots, and the watchdog lets it be; one that hangs is ended by it. */
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, PumaService, type PumaServiceProps } from "../../lib";
import type { FleetHost, Release } from "../../lab/fleet/fleet";
import { declared, eventually, get, NOTIFYING, onEach, oneOfEach, property, PUMA, says } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";

/** Holds Ruby's lock for ever, as an extension that loops does: no thread of Ruby's runs any more. */
const CONFIG_RU = `
sleep ENV.fetch("BOOT_SECONDS", "0").to_f
run(lambda do |env|
  if env["PATH_INFO"] == "/hang"
    require "fiddle"
    libc = Fiddle::Handle::DEFAULT
    Fiddle::Function.new(libc["sleep"], [Fiddle::TYPE_INT], Fiddle::TYPE_INT, need_gvl: true).call(100_000)
  end
  [200, { "content-type" => "text/plain" }, ["up\\n"]]
end)
`;

const PING = 10;
const BOOTS = [1, 20, 45];
const MOMENTS = ["before", "after"] as const;
const WAYS = {
  USR2: { props: {}, command: "kill -s USR2 $pid" },
  pumactl: { props: {}, command: "pumactl --pid $pid restart" },
  "phased with preload": { props: { workers: 1, args: ["--preload"] }, command: "kill -s USR1 $pid" },
} satisfies Record<string, { props: Partial<PumaServiceProps>; command: string }>;
type Way = keyof typeof WAYS;

/** A service, and how and when it restarts itself. */
interface Case {
  readonly name: string;
  readonly port: number;
  readonly boot: number;
  readonly moment: (typeof MOMENTS)[number];
  readonly way: Way;
}

const CASES: Case[] = BOOTS.flatMap((boot) =>
  MOMENTS.flatMap((moment) => (Object.keys(WAYS) as Way[]).map((way) => ({ boot, moment, way }))),
).map((one, i) => ({ ...one, name: `web${i}`, port: 9300 + i }));
const HANGS = { name: "hangs", port: 9299 };

const at = setUpHosts(oneOfEach(NOTIFYING), {
  prepare: ({ hosts }) => onEach(hosts, (host) => host.write("/srv/app/releases/1/config.ru", CONFIG_RU)),
});

function build(stack: TerraformStack): void {
  for (const host of at.hosts) {
    const add = (name: string, port: number, props: Partial<PumaServiceProps>): PumaService =>
      new PumaService(stack, `${name}-${host.name}`, {
        name,
        hosts: [declared(host)],
        binds: [Bind.tcp(port)],
        pumaVersion: PUMA[host.release],
        user: "deploy",
        // One that has no thread left may hang in its shutdown, pinging for ever (puma#3677): not what this is about.
        threads: { min: 1, max: 5 },
        workingDirectory: "/srv/app/current",
        healthCheck: HealthCheck.none({ settle: Duration.milliseconds(1) }),
        ...props,
      });
    add(HANGS.name, HANGS.port, {});
    for (const { name, port, way, boot } of CASES)
      add(name, port, { ...WAYS[way].props, environment: { BOOT_SECONDS: String(boot) } });
  }
}

/** When systemd heard of the services of a host, in seconds of its clock. */
class Pings {
  private readonly heard = new Map<string, number[]>();
  private stopped = false;
  private readonly ended: Promise<void>;

  constructor(private readonly host: FleetHost) {
    this.ended = this.listen();
  }

  /** Waits for pings that are still to come. */
  async next(name: string, count = 1): Promise<void> {
    const before = this.of(name).length;
    await eventually(`a ping of ${name}`, () => Promise.resolve(this.of(name).length >= before + count), 300);
  }

  /** The longest silence between two pings. */
  silence(name: string): number {
    const times = this.of(name);
    return Math.max(...times.slice(1).map((time, i) => time - (times[i] as number)));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private of(name: string): number[] {
    return this.heard.get(`${name}.service`) ?? [];
  }

  private async listen(): Promise<void> {
    const units = [HANGS, ...CASES].map(({ name }) => `${name}.service`).join(" ");
    while (!this.stopped) {
      const shown = await says(this.host, `systemctl show -p Id -p WatchdogTimestampMonotonic ${units}`);
      for (const block of shown.split("\n\n")) this.note(block);
      await sleep(500);
    }
  }

  private note(block: string): void {
    const [, unit = ""] = /^Id=(.*)$/m.exec(block) ?? [];
    const time = Number(/^WatchdogTimestampMonotonic=(\d+)$/m.exec(block)?.[1]) / 1e6;
    const times = this.heard.get(unit) ?? [];
    if (time > 0 && time !== times.at(-1)) this.heard.set(unit, [...times, time]);
  }
}

/**
 * Makes it restart itself a second before the next ping but one, or half a second after it, by the host's own clock; then
 * waits until systemd hears of it as always again.
 */
async function restart(host: FleetHost, pings: Pings, { name, moment, way }: Case): Promise<void> {
  await pings.next(name);
  const unit = `${name}.service`;
  const due = moment === "before" ? 2 * PING - 1 : 2 * PING + 0.5;
  await host.exec(`
    ping=$(systemctl show --property=WatchdogTimestampMonotonic --value ${unit})
    sleep "$(awk -v ping="$ping" '{ print ping / 1000000 + ${due} - $1 }' /proc/uptime)"
    pid=$(systemctl show --property=MainPID --value ${unit}); ${WAYS[way].command}`);
  await pings.next(name, 3);
}

function tell(release: Release, cells: readonly unknown[]): void {
  const line = `| ${[PUMA[release], ...cells].join(" | ")} |`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, `${line}\n`);
  else process.stderr.write(`${line}\n`);
}

test("services of each boot are there", async () => {
  await at.workspace.apply(build);
}, 900_000);

test("none that restarts itself is killed", async () => {
  await onEach(at.hosts, async (host) => {
    const pings = new Pings(host);
    await Promise.all(CASES.map((one) => restart(host, pings, one)));
    await pings.stop();
    for (const { name, port, way, moment, boot } of CASES) {
      const silence = pings.silence(name);
      const restarts = await property(host, `${name}.service`, "NRestarts");
      tell(host.release, [way, moment, `${boot} s`, `${Math.round(silence)} s`, restarts]);
      expect([name, restarts]).toEqual([name, "0"]);
      // It did restart: its boot was a silence, and it answers.
      expect(silence).toBeGreaterThan(boot + PING - 1);
      expect(await get(host, `http://127.0.0.1:${port}/`)).toBe("up\n");
    }
  });
}, 900_000);

test("one that hangs is killed and started again within WatchdogSec=", async () => {
  await onEach(at.hosts, async (host) => {
    const unit = `${HANGS.name}.service`;
    await says(host, `curl -s -m 1 http://127.0.0.1:${HANGS.port}/hang`);
    const since = Date.now();
    await eventually("a restart", async () => (await property(host, unit, "NRestarts")) === "1", 200);
    const took = (Date.now() - since) / 1000;
    tell(host.release, ["hangs", "-", "0 s", `${Math.round(took)} s`, "1"]);
    expect(await property(host, unit, "WatchdogUSec")).toBe("2min");
    expect(took).toBeGreaterThan(120 - PING - 5);
    expect(took).toBeLessThan(120 + 15);
    const answers = async (): Promise<boolean> =>
      (await get(host, `http://127.0.0.1:${HANGS.port}/`)) === "up\n";
    await eventually("an answer", answers, 30);
  });
}, 300_000);

test("all of it goes", async () => {
  await at.workspace.destroy();
}, 300_000);
