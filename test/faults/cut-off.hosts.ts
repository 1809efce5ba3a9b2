import type { TerraformStack } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps } from "../../lib";
import { eventually, everywhere, oneOfEach, says, traces } from "../e2e/hosts";
import type { Build } from "../e2e/stage";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { THOROUGH } from "./evidence";
import { expectTidy, serves, Site } from "./site";
import { arm, disarm, KILL, lay } from "./tripwire";

/** What a run that is killed leaves where there was nothing before it, and what the next one, or a removal, makes of it. */
let fleet: Fleet;
let host: FleetHost;
let site: Site;

beforeAll(async () => {
  fleet = await Fleet.start(oneOfEach(["trixie"]));
  host = fleet.host("trixie");
  site = await Site.open(host);
  await lay(host);
}, 300_000);

afterEach(async () => {
  await disarm(host);
  await site.stage.destroy();
  await expectNothing();
}, 60_000);

/** The engine's script goes a little after its run. */
async function expectNothing(): Promise<void> {
  const left = (): Promise<string[]> => traces(host, ["web"], [9292, 9393]);
  await eventually("an untouched host", async () => (await left()).length === 0, 15).catch(() => undefined);
  expect(await left()).toEqual([]);
}

afterAll(async () => {
  await site?.close();
  await fleet?.stop();
}, 60_000);

const IN_THE_MIDDLE = "an earlier run was cut off in the middle";

async function killAt(step: string, apply: () => Promise<{ failed: boolean }>): Promise<void> {
  await arm(host, step, KILL);
  expect(await apply()).toMatchObject({ failed: true });
  await site.quiet();
  await disarm(host);
}

const SHORT = ["enabling"];
const ALL = [
  "web.socket: installing",
  "web.service: installing",
  ...SHORT,
  "reloading",
  "starting",
  "waiting for",
];

describe("a first installation", () => {
  test.each(THOROUGH ? ALL : SHORT)(
    "killed at '%s': the next apply completes it",
    async (step) => {
      await killAt(step, () => site.apply());
      const next = await site.apply();
      expect([next.failed, next.said]).toEqual([false, expect.stringContaining(IN_THE_MIDDLE)]);
      expect(await serves(site)).toBe("1");
      await expectTidy(host);
    },
    120_000,
  );

  test("killed, and followed by one that is refused, leaves the host as it was", async () => {
    await killAt("waiting for", () => site.apply());
    const refused = await site.apply({ props: { user: "nobody-of-that-name" } });
    expect(refused.said).toMatch(
      /FAILED on .*: nothing was changed but what an earlier run, which was cut off, had begun: web is back to what it was/,
    );
    await expectNothing();
  }, 120_000);

  test("killed and then destroyed leaves nothing", async () => {
    await killAt("waiting for", () => site.apply());
  }, 120_000);
});

/** The service with a socket, or with binds of its own, on that port. */
const build =
  (port: number, held: boolean, props: Partial<PumaServiceProps> = {}): Build =>
  (stack: TerraformStack) =>
    everywhere(stack, [host], "web", {
      ...(held
        ? { socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(port)] }) }
        : { binds: [Bind.tcp(port)] }),
      environment: { VERSION: "1" },
      settle: false,
      ...props,
    });

async function applied(what: Build): Promise<{ failed: boolean }> {
  await site.stage.synth(what);
  const { code } = await site.stage.engine.apply(site.stage.folder, [], { allowFailure: true });
  return { failed: code !== 0 };
}

test("a socket that a killed run had begun to add is added by the next", async () => {
  expect(await applied(build(9292, false))).toEqual({ failed: false });
  await killAt("enabling", () => applied(build(9292, true)));
  expect(await applied(build(9292, true))).toEqual({ failed: false });
  expect(
    await says(host, "systemctl is-active web.socket web.service; systemctl is-enabled web.socket"),
  ).toBe("active\nactive\nenabled");
  expect(await serves(site)).toBe("1");
}, 120_000);

test("a power cut while socket and command change leaves one whole version", async () => {
  expect(await applied(build(9292, true))).toEqual({ failed: false });
  await arm(host, "web.service: installing", "sync; /usr/bin/sleep 60");
  const apply = applied(build(9393, true));
  await says(host, "until [ -e /run/tripwire/met ]; do sleep 0.1; done");
  await host.powerCut();
  await host.boot();
  expect(await apply).toEqual({ failed: true });
  expect(await serves(site)).toBe("1");
  expect(await applied(build(9393, true))).toEqual({ failed: false });
  expect(await says(host, "curl -s http://127.0.0.1:9393/")).toBe("version 1");
}, 120_000);

test("a bad version after a killed run gives way to what was healthy before both", async () => {
  expect(await site.apply()).toMatchObject({ failed: false });
  await killAt("waiting for", () => site.apply({ environment: { VERSION: "2" } }));
  const bad = await site.apply({ environment: { VERSION: "bad", FAULT: "raise" } });
  expect(bad.failed).toBe(true);
  expect(bad.said).toContain(IN_THE_MIDDLE);
  expect(bad.said).toContain("web is back to what it was");
  expect(await serves(site)).toBe("1");
  await expectTidy(host);
}, 120_000);
