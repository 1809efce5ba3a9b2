import { type SectionName } from "../../lib/systemd/directives";
import { typeNameOf } from "../../lib/systemd/types/table";
import { takenBy, valueProblem } from "../../lib/systemd/values";
import { ALL_DIRECTIVES, generated } from "./directive-lines";
import { SAMPLES_OF } from "./directive-samples";

test("each directive that a systemd knows has a type, and each type values to try", () => {
  const types = new Set(ALL_DIRECTIVES.map(({ name }) => typeNameOf(name)));
  expect(ALL_DIRECTIVES.length).toBeGreaterThan(700);
  expect([...types].filter((type) => type === undefined || !SAMPLES_OF.has(type))).toEqual([]);
  expect([...SAMPLES_OF.keys()].filter((type) => !types.has(type))).toEqual([]);
});

test.each<[SectionName, string, string, string]>([
  ["Service", "TimeoutStopSec", "5 minuts", 'be a time span such as "90s", "5min 20s" or "infinity"'],
  ["Service", "PrivateDevices", "maybe", "be true or false"],
  ["Service", "ProtectHome", "hidden", "be true, false or one of read-only, tmpfs"],
  ["Service", "KillSignal", "SIGTREM", 'be a signal such as "SIGTERM", "RTMIN+3" or "15"'],
  ["Service", "UMask", "0o22", 'be an access mode in octal such as "0660"'],
  [
    "Service",
    "Restart",
    "allways",
    "be one of no, always, on-success, on-failure, on-abnormal, on-abort, on-watchdog",
  ],
  ["Socket", "MaxConnections", "-1", "be a whole number from 0 to 4294967295"],
  ["Socket", "Delegate", "yes", "be left away: systemd takes none in a socket"],
  [
    "Service",
    "ExecStartPre",
    "/bin/date %%s +%F",
    "have '%%F' for %F, which is none of systemd's specifiers",
  ],
  [
    "Service",
    "ExecStartPre",
    "/bin/true ; bin/rails runner 1",
    "be a command: a program by an absolute path or a name, and arguments whose quotes are closed and escapes known",
  ],
  ["Service", "LogExtraFields", "A=b\\c", 'be a list of fields such as "TEAM=shop"'],
  ["Service", "OOMPolicy", "", "be one of continue, stop, kill, since an empty value resets nothing here"],
])("[%s] %s=%s must %s", (section, name, value, must) => {
  expect(valueProblem(section, name, value)).toBe(must);
});

test.each<[string, string[]]>([
  ["LimitNOFILE", ["65536", "1024:65536", "infinity", "1024:infinity"]],
  ["MemoryMax", ["512M", "1G 500M", "50%", "infinity", ""]],
  ["TimeoutStopSec", ["90", "5min 20s", "1.5h", "infinity", "2 weeks"]],
  ["ReadWritePaths", ["/a -/b", "+/c", '"/a b"', "%h/x", ""]],
  ["ExecStartPre", ["-/bin/sh -c 'a; b'", "+/bin/true", "bin %i", "/bin/a %%F %%40 100%", ""]],
  ["ExecStartPost", ["/bin/a ; -/bin/b", "/bin/a ';' b/c", "/bin/a \\; b/c", "/bin/a ; ; b", "/bin/a ;"]],
  ["SetCredential", ["a:%F %40"]],
  ["SystemCallFilter", ["@system-service", "~@privileged @resources", "~read:EPERM"]],
  ["X-Team", ["shop", ""]],
])("%s= takes %j", (name, values) => {
  expect(values.filter((value) => valueProblem("Service", name, value) !== undefined)).toEqual([]);
});

test.each<[string, string, number[]]>([
  ["StandardInputData", "ab-_", [257, 262]],
  ["PrivateTmp", "disconnected", [257, 262]],
  ["PrivateUsers", "full", [262]],
  ["StandardOutput", "truncate:/a", [252, 257, 262]],
  ["CPUWeight", "idle", [252, 257, 262]],
  ["SystemCallFilter", "read:5", [247]],
  ["IOSchedulingClass", "+5", [247, 252, 257, 262]],
  ["CPUShares", "1024", [247, 252, 257]],
])("%s=%s is taken by %j", (name, value, versions) => {
  expect(takenBy("Service", name, value)).toEqual(versions);
});

test("lines are the same for the same seed, others for another, and about as many are taken as refused", () => {
  const lines = generated(3000, 1);
  expect(generated(3000, 1)).toEqual(lines);
  expect(generated(3000, 2)).not.toEqual(lines);
  const taken = lines.filter(
    ({ section, name, value }) => takenBy(section, name, value)?.length !== 0,
  ).length;
  expect(taken / lines.length).toBeGreaterThan(0.4);
  expect(taken / lines.length).toBeLessThan(0.8);
});
