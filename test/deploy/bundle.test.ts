import { spawnSync } from "node:child_process";
import { Bind, HealthCheck, type PumaServiceProps, Restart } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { launcherVariables } from "../../lib/deploy/launcher";
import { keptScript, removalSettings, runScript } from "../../lib/deploy/run-script";
import { shellSettings } from "../../lib/deploy/shell-settings";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { stopScript } from "../../lib/runtime/parts";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

const TOKEN = "${TfToken[TOKEN.1]}";

function bundleOf(changes: Partial<PumaServiceProps> = {}): Bundle {
  const props = { workingDirectory: "/srv", ...changes };
  const sockets = heldBy("web", [Bind.tcp(1)]);
  const service = Service.resolve(
    PropPath.of("PumaService", "web"),
    { name: "web", stack: "blog" },
    props,
    sockets,
  );
  const units = new Map([["web.service", serviceUnit(service)]]);
  return Bundle.of(service, DeployStrategy.resolve(service, props), units, "blog");
}

/** What a shell has in these variables once it has read the settings of a script. */
function valuesIn(bundle: Bundle, names: readonly string[]): string[] {
  return valuesOf(bundle.plainSettings(), names);
}

function valuesOf(settings: string, names: readonly string[], args: readonly string[] = []): string[] {
  const print = names.map((name) => `printf '%s\\0' "$${name}"`).join("\n");
  const { stdout } = spawnSync("/bin/sh", ["-euc", `${settings}\n${print}`, "sh", ...args], {
    encoding: "utf8",
  });
  return stdout.split("\0").slice(0, -1);
}

const decoded = (base64 = ""): string => Buffer.from(base64, "base64").toString();

test("a script is its settings, the line that keeps them, and the host script", () => {
  const script = bundleOf().toShell();
  const settings = bundleOf().plainSettings();
  expect(script).toBe(settings + shellSettings(keptScript()) + runScript());
  const lines = settings.trimEnd().split("\n");
  const names = settings.match(/^PUMA_\w+(?==)/gm) ?? [];
  expect(lines.at(-1)).toBe(`readonly ${names.join(" ")}`);
  expect(names).toContain("PUMA_HASH");
});

test("a setting cannot be set again", () => {
  const settings = bundleOf().plainSettings();
  const { status } = spawnSync("/bin/sh", ["-c", `${settings}\nPUMA_USER=other\necho on`], {
    encoding: "utf8",
  });
  expect(status).not.toBe(0);
});

test("settings arrive as they were", () => {
  const release = 'it\'s 100% $HOME `id` "new"';
  const bundle = bundleOf({ release, user: "o'hara" });
  expect(valuesIn(bundle, ["PUMA_RELEASE", "PUMA_USER"])).toEqual([release, "o'hara"]);
});

test("files arrive with path, mode, owner and effect", () => {
  const [files = ""] = valuesIn(bundleOf({ environment: { A: "é" } }), ["PUMA_FILES"]);
  const [helper = [], ended = [], reload = [], notes = [], unit = [], ...more] = files
    .split("\n")
    .map((line) => line.split(" "));
  expect(helper.slice(0, 4)).toEqual(["/var/lib/cdktf-puma/web/stop.sh", "644", "root:root", "none"]);
  expect(decoded(helper[4])).toBe(stopScript());
  expect(ended.slice(0, 4)).toEqual(["/var/lib/cdktf-puma/web/ended.sh", "644", "root:root", "none"]);
  expect(reload.slice(0, 4)).toEqual(["/var/lib/cdktf-puma/web/reload.sh", "644", "root:root", "none"]);
  expect(notes.slice(0, 4)).toEqual(["/var/lib/cdktf-puma/web/on-call.txt", "644", "root:root", "none"]);
  expect(decoded(notes[4])).toContain("put here by cdktf-puma from the stack blog");
  expect(unit.slice(0, 4)).toEqual(["/etc/systemd/system/web.service", "644", "root:root", "unit"]);
  expect(decoded(unit[4])).toContain("Environment=A=é\n");
  expect(more).toEqual([]);
});

test.each<[Partial<PumaServiceProps>, string[]]>([
  [{}, []],
  [{ restart: Restart.hot({ rehearse: true }) }, ["rehearsal"]],
  [{ restart: Restart.overlap() }, ["rehearsal", "standin"]],
])("candidates: %#", (changes, roles) => {
  const [candidates = ""] = valuesIn(bundleOf(changes), ["PUMA_CANDIDATES"]);
  const lines = candidates.split("\n").filter(Boolean);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(roles);
  for (const [i, role] of roles.entries())
    expect(decoded(lines[i].split(" ")[1])).toContain(`\nDescription=Puma HTTP Server (${role} of web)\n`);
});

test("the hash tells one state of the units from another, and nothing else", () => {
  const hashOf = (changes: Partial<PumaServiceProps>) => valuesIn(bundleOf(changes), ["PUMA_HASH"])[0];
  expect(hashOf({})).toMatch(/^[0-9a-f]{12}$/);
  const healthCheck = HealthCheck.answers({ settle: false });
  const restart = Restart.full({ rehearse: true });
  expect(hashOf({ healthCheck, restart, release: "r2" })).toBe(hashOf({}));
  expect(hashOf({ workers: 2 })).not.toBe(hashOf({}));
});

test("a removal is told by arguments what to remove", () => {
  const names = ["PUMA_SERVICE", "PUMA_OWNER", "PUMA_SCOPE", "PUMA_UNITS"];
  const args = ["h", "a", "remove", "me", "", "web", "blog/qa", "600", "user"];
  expect(valuesOf(removalSettings(), names, args)).toEqual(["web", "blog/qa", "user", ""]);
  expect(removalSettings()).toMatch(/\nreadonly PUMA_SERVICE PUMA_OWNER PUMA_\w+/);
});

test.each<[string, Partial<PumaServiceProps>]>([
  ["a setting", { release: TOKEN }],
  ["a unit", { environment: { A: TOKEN } }],
])("a token in %s cannot become a plain script", (_, changes) => {
  expect(() => bundleOf(changes).toShell()).toThrow("Bundle.toShell: must be known at synth");
});

test("what the launcher is told", () => {
  const settings = {
    service: "web",
    action: "apply",
    lockTimeout: "120",
    runTimeout: "1500",
    settings: "A='1'\n",
    script: "UFVN",
  } as const;
  expect(shellSettings(launcherVariables(settings))).toBe(
    [
      "PUMA_SERVICE='web'",
      "PUMA_ACTION='apply'",
      "PUMA_LOCK_TIMEOUT='120'",
      "PUMA_RUN_TIMEOUT='1500'",
      "PUMA_SETTINGS='A='\\''1'\\''\n'",
      "PUMA_SCRIPT='UFVN'",
      "readonly PUMA_SERVICE PUMA_ACTION PUMA_LOCK_TIMEOUT PUMA_RUN_TIMEOUT PUMA_SETTINGS PUMA_SCRIPT\n",
    ].join("\n"),
  );
  expect(launcherVariables({ ...settings, owner: "blog" })).toMatchObject({ PUMA_OWNER: "blog" });
});
