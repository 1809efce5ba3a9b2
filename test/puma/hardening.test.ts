import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Hardening, type PumaServiceProps, PumaSocket, Bind } from "../../lib";
import { knownSince } from "../../lib/systemd/directives";
import { VERSIONS } from "../../lib/systemd/directive-table";
import { errorOf, newService, newStack } from "../stack";

const LEVELS = {
  BASELINE: Hardening.BASELINE,
  STRICT: Hardening.STRICT,
  ISOLATED: Hardening.ISOLATED,
};
/** The most that `systemd-analyze security` may find. */
const LIMITS = { BASELINE: 4.0, STRICT: 1.5, ISOLATED: 0.8 };
type Level = keyof typeof LEVELS;
const NAMES = Object.keys(LEVELS) as Level[];

function unitOf(props: Partial<PumaServiceProps>): string {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  return newService(stack, { socket, ...props }).unitFiles["web.service"] as string;
}

const linesOf = (unit: string, name: string): string[] =>
  unit.split("\n").filter((line) => line.startsWith(`${name}=`));

test("NONE is what a service has that says nothing", () => {
  expect(unitOf({ hardening: Hardening.NONE })).toBe(unitOf({}));
});

test("each level holds what the one before it closes", () => {
  const names = NAMES.map((level) => Object.keys(LEVELS[level]._lines));
  expect(names[1]).toEqual(expect.arrayContaining(names[0] ?? []));
  expect(names[2]).toEqual(expect.arrayContaining(names[1] ?? []));
});

test.each(NAMES)("%s: the oldest systemd that is supported knows every line", (level) => {
  const since = Object.keys(LEVELS[level]._lines).map((name) => knownSince("Service", name));
  expect(since.filter((version) => version !== VERSIONS[0])).toEqual([]);
});

describe("exposure, as this machine's systemd-analyze has it", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-hardening-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function exposureOf(unit: string): number {
    const file = join(folder, "web.service");
    writeFileSync(file, unit);
    const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", file], {
      encoding: "utf8",
    });
    return Number(/exposure level for web\.service: ([\d.]+)/.exec(stdout)?.[1]);
  }

  const hasOffline = spawnSync("systemd-analyze", ["--help"], { encoding: "utf8" }).stdout?.includes(
    "--offline",
  );
  (hasOffline ? test : test.skip).each(NAMES)("%s", (level) => {
    expect(exposureOf(unitOf({ hardening: LEVELS[level] }))).toBeLessThanOrEqual(LIMITS[level]);
  });
  (hasOffline ? test : test.skip)("of what has none it is above all of them", () => {
    expect(exposureOf(unitOf({}))).toBeGreaterThan(9);
  });
});

describe("with", () => {
  test("a value replaces, a list is added, and the level itself stays as it was", () => {
    const ours = Hardening.STRICT.with({
      ProtectHome: "read-only",
      ReadWritePaths: ["/srv/a", "/srv/b"],
      SystemCallFilter: ["~@chown"],
    }).with({ ReadWritePaths: ["/srv/c"] });
    const unit = unitOf({ hardening: ours });
    expect(linesOf(unit, "ProtectHome")).toEqual(["ProtectHome=read-only"]);
    expect(linesOf(unit, "ReadWritePaths")).toEqual(
      ["/srv/a", "/srv/b", "/srv/c"].map((path) => `ReadWritePaths=${path}`),
    );
    expect(linesOf(unit, "SystemCallFilter")).toEqual(
      ["@system-service", "~@privileged @resources", "~@chown"].map((value) => `SystemCallFilter=${value}`),
    );
    expect(unitOf({ hardening: Hardening.STRICT })).toContain("\nProtectHome=true\n");
  });

  test("'' resets", () => {
    const unit = unitOf({ hardening: Hardening.STRICT.with({ SystemCallFilter: "" }) });
    expect(linesOf(unit, "SystemCallFilter")).toEqual(["SystemCallFilter="]);
  });

  test("begins with nothing, too", () => {
    const lines = unitOf({ hardening: Hardening.NONE.with({ PrivateTmp: true }) }).split("\n");
    expect(lines.filter((line) => !unitOf({}).split("\n").includes(line))).toEqual(["PrivateTmp=true"]);
  });

  test("takes an object", () => {
    expect(errorOf(() => Hardening.NONE.with([] as never))).toBe("Hardening.with: must be an object, got []");
  });
});

test("'directives' has the last word on each line", () => {
  const unit = unitOf({
    hardening: Hardening.STRICT,
    directives: { Service: { PrivateTmp: false, SystemCallFilter: ["@chown"], RestrictNamespaces: "user" } },
  });
  expect(linesOf(unit, "PrivateTmp")).toEqual(["PrivateTmp=false"]);
  expect(linesOf(unit, "RestrictNamespaces")).toEqual(["RestrictNamespaces=user"]);
  expect(linesOf(unit, "SystemCallFilter")).toHaveLength(3);
});

test("a stop that could not see Puma in the sandbox is root's", () => {
  const stop = (hardening: Hardening): string => linesOf(unitOf({ hardening }), "ExecStop")[0] ?? "";
  expect(stop(Hardening.BASELINE)).toMatch(/^ExecStop=\/bin\/sh /);
  expect(stop(Hardening.STRICT)).toMatch(/^ExecStop=\+\/bin\/sh /);
});
