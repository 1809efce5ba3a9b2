import type { TerraformStack } from "cdktf";
import { Bind, HealthCheck, type PumaServiceProps, PumaSocket } from "../../lib";
import { eventually, everywhere, says, traces } from "../e2e/hosts";
import type { Build } from "../../lab/engine/workspace";
import { THOROUGH } from "./evidence";
import { expectTidy, serves } from "./deployed-service";
import { clearBreakpoint, installBreakpoints, KILL, setBreakpoint, waitForBreakpoint } from "./breakpoint";
import { setUpServices } from "./set-up";

/** What a killed run leaves on a host that had nothing, and what the next run or a removal does about it. */
const at = setUpServices(["trixie"], { prepare: ({ host }) => installBreakpoints(host) });

afterEach(async () => {
  await clearBreakpoint(at.trixie.host);
  await at.trixie.workspace.destroy();
  await expectNothing();
});

/** The engine's script goes a little after its run. */
async function expectNothing(): Promise<void> {
  const left = (): Promise<string[]> => traces(at.trixie.host, ["web"], [9292, 9393]);
  await eventually("an untouched host", async () => (await left()).length === 0, 60).catch(() => undefined);
  expect(await left()).toEqual([]);
}

const IN_THE_MIDDLE = "an earlier run was cut off in the middle";

async function killAt(step: string, apply: () => Promise<{ failed: boolean }>): Promise<void> {
  await setBreakpoint(at.trixie.host, step, KILL);
  expect(await apply()).toMatchObject({ failed: true });
  await at.trixie.waitForRunToEnd();
  await clearBreakpoint(at.trixie.host);
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
  test.each(THOROUGH ? ALL : SHORT)("killed at '%s': the next apply completes it", async (step) => {
    await killAt(step, () => at.trixie.apply());
    const next = await at.trixie.apply();
    expect([next.failed, next.said]).toEqual([false, expect.stringContaining(IN_THE_MIDDLE)]);
    expect(await serves(at.trixie)).toBe("1");
    await expectTidy(at.trixie.host);
  });

  test("killed, and followed by one that is refused, leaves the host as it was", async () => {
    await killAt("waiting for", () => at.trixie.apply());
    const refused = await at.trixie.apply({ props: { user: "nobody-of-that-name" } });
    expect(refused.said).toMatch(
      /FAILED on .*: nothing was changed but what an earlier run, which was cut off, had begun: web is back to what it was/,
    );
    await expectNothing();
  });

  test("killed and then destroyed leaves nothing", async () => {
    await killAt("waiting for", () => at.trixie.apply());
  });
});

/** The service with a socket, or with binds of its own, on that port. */
const build =
  (port: number, held: boolean, props: Partial<PumaServiceProps> = {}): Build =>
  (stack: TerraformStack) =>
    everywhere(stack, [at.trixie.host], "web", {
      ...(held
        ? { socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(port)] }) }
        : { binds: [Bind.tcp(port)] }),
      environment: { VERSION: "1" },
      healthCheck: HealthCheck.answers({ settle: false }),
      ...props,
    });

async function applied(what: Build): Promise<{ failed: boolean }> {
  await at.trixie.workspace.synth(what);
  const { code } = await at.trixie.workspace.engine.apply(at.trixie.workspace.folder, [], {
    allowFailure: true,
  });
  return { failed: code !== 0 };
}

test("a socket that a killed run had begun to add is added by the next", async () => {
  expect(await applied(build(9292, false))).toEqual({ failed: false });
  await killAt("enabling", () => applied(build(9292, true)));
  expect(await applied(build(9292, true))).toEqual({ failed: false });
  expect(
    await says(at.trixie.host, "systemctl is-active web.socket web.service; systemctl is-enabled web.socket"),
  ).toBe("active\nactive\nenabled");
  expect(await serves(at.trixie)).toBe("1");
});

test("units that a killed run had added are gone where the next one wants them no more", async () => {
  const named =
    (name: string): Build =>
    (stack) => {
      const socket = new PumaSocket(stack, "socket", { name, binds: [Bind.tcp(9292)] });
      everywhere(stack, [at.trixie.host], "web", { socket, environment: { VERSION: "1" } });
    };
  expect(await applied(named("front"))).toEqual({ failed: false });
  await killAt("keeping what is there now", () => applied(named("web")));
  expect(await applied(named("front"))).toEqual({ failed: false });
  const units =
    "systemctl list-unit-files --no-legend 'web*' 'front*' | sed 's/ .*//' | sort; ls /etc/systemd/system | grep -c web.socket";
  expect(await says(at.trixie.host, units)).toBe("front.socket\nweb.service\n0");
  expect(await serves(at.trixie)).toBe("1");
});

test("a power cut while socket and command change leaves one whole version", async () => {
  expect(await applied(build(9292, true))).toEqual({ failed: false });
  await setBreakpoint(at.trixie.host, "web.service: installing", "sync; /usr/bin/sleep 60");
  const apply = applied(build(9393, true));
  await waitForBreakpoint(at.trixie.host);
  await at.trixie.host.powerCut();
  await at.trixie.host.boot();
  expect(await apply).toEqual({ failed: true });
  expect(await serves(at.trixie)).toBe("1");
  expect(await applied(build(9393, true))).toEqual({ failed: false });
  expect(await says(at.trixie.host, "curl -s http://127.0.0.1:9393/")).toBe("version 1");
});

test("a bad version after a killed run is replaced by what was healthy before both", async () => {
  expect(await at.trixie.apply()).toMatchObject({ failed: false });
  await killAt("waiting for", () => at.trixie.apply({ environment: { VERSION: "2" } }));
  const bad = await at.trixie.apply({ environment: { VERSION: "bad", DEFECT: "raise" } });
  expect(bad.failed).toBe(true);
  expect(bad.said).toContain(IN_THE_MIDDLE);
  expect(bad.said).toContain("web is back to what it was");
  expect(await serves(at.trixie)).toBe("1");
  await expectTidy(at.trixie.host);
});
