import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DirectiveRole,
  effectOf,
  reloadOnlyDirectives,
  roleOf,
  ROLES,
} from "../../lib/puma/directive-table";
import { knownSince, type SectionName } from "../../lib/systemd/directives";

test("what systemd takes up by a reload is what the host script restarts nothing for", () => {
  const of = (section: string): string[] =>
    reloadOnlyDirectives().flatMap((name) =>
      name.startsWith(`${section}.`) ? name.split(".").slice(1) : [],
    );
  expect(of("Service").sort()).toEqual([
    ...["AllowedCPUs", "AllowedMemoryNodes", "CPUQuota", "CPUQuotaPeriodSec", "CPUWeight"],
    ...["ExecReload", "ExecStop", "ExecStopPost", "FinalKillSignal", "IOWeight", "KillMode", "KillSignal"],
    ...["MemoryHigh", "MemoryLow", "MemoryMax", "MemoryMin", "MemorySwapMax", "OOMPolicy", "Restart"],
    ...["RestartForceExitStatus", "RestartKillSignal", "RestartMaxDelaySec", "RestartMode"],
    ...["RestartPreventExitStatus", "RestartSec", "RestartSteps", "RuntimeDirectoryPreserve", "SendSIGHUP"],
    ...["SendSIGKILL", "SuccessExitStatus", "TasksMax", "TimeoutAbortSec", "TimeoutSec"],
    ...["TimeoutStartFailureMode", "TimeoutStartSec", "TimeoutStopFailureMode", "TimeoutStopSec"],
    "WatchdogSignal",
  ]);
  expect(of("Socket").sort()).toEqual([
    ...["ExecStopPost", "ExecStopPre", "KillMode", "KillSignal", "RemoveOnStop", "SendSIGKILL"],
    ...["TimeoutSec", "TriggerLimitBurst", "TriggerLimitIntervalSec"],
  ]);
});

test.each([
  ["Unit", "OnFailure", "reload"],
  ["Install", "WantedBy", "reload"],
  ["X-Site", "Type", "reload"],
  ["Service", "X-Type", "reload"],
  ["Service", "MemoryMax", "reload"],
  ["Service", "RuntimeMaxSec", "restart"],
  ["Service", "KillMode", "reload"],
  ["Socket", "KillMode", "reload"],
  ["Socket", "Restart", "reopen"],
  ["Socket", "ListenStream", "reopen"],
])("a changed line of [%s] %s= asks for: %s", (section, name, effect) => {
  expect(effectOf(section, name)).toBe(effect);
});

/** The names in a table of directives that systemd does not know in their section. */
function misspelt(table: Readonly<Record<string, Readonly<Record<string, DirectiveRole>>>>): string[] {
  return Object.entries(table).flatMap(([section, rows]) =>
    Object.keys(rows).filter((name) => knownSince(section as SectionName, name) === undefined),
  );
}

test("systemd knows each directive of the table in its section", () => {
  expect(misspelt(ROLES)).toEqual([]);
  expect(misspelt({ Socket: { ListenSteam: {} }, Unit: { User: {}, After: {} } })).toEqual([
    "ListenSteam",
    "User",
  ]);
});

/** What the library writes unless a raw one replaces it, in some units. */
const REPLACED = ["ExecReload"];

/** The directives that a unit's code writes by a prop, and that the table lets users set raw as well. */
function openDirectives(code: string, golden: readonly string[]): string[] {
  const written = [...code.matchAll(/\.(?:add|set)\(\s*"(\w+)",\s*("[^"]*")?/g)];
  return written.flatMap(([, name, constant]) => {
    const isAlways = constant !== undefined && golden.every((unit) => unit.includes(`\n${name}=`));
    const roles = Object.keys(ROLES).map((section) => roleOf(section, name as string));
    const isHeld = roles.some(({ use, leaveAway, onlyAdded }) => use || leaveAway || onlyAdded);
    return isAlways || isHeld || REPLACED.includes(name as string) ? [] : [name as string];
  });
}

describe.each(["service", "socket"])("what a prop writes into a %s", (kind) => {
  const folder = join(__dirname, "golden");
  // A user's own systemd has other targets.
  const isOf = (file: string): boolean => file.endsWith(`.${kind}`) && !file.startsWith("user-scope");
  const files = readdirSync(folder).filter(isOf);
  const golden = files.map((file) => readFileSync(join(folder, file), "utf8"));
  const code = readFileSync(join(__dirname, `../../lib/puma/${kind}-unit.ts`), "utf8");

  test("is in the table, so that nobody sets it raw as well", () => {
    expect(code).toMatch(/\.add\("\w+", /);
    expect(openDirectives(code, golden)).toEqual([]);
  });

  test.each([
    'section.add("OOMScoreAdjust", String(score));',
    'if (isPrivate) section.add("PrivateTmp", "true");',
  ])("would be told: %s", (line) => expect(openDirectives(`${code}\n${line}`, golden)).toHaveLength(1));
});

test("a directive that the table does not name may be given, and restarts Puma", () => {
  expect(roleOf("Service", "LimitNOFILE")).toEqual({});
  expect(roleOf("Install", "WantedBy")).toEqual({});
});
