import { Bind, Duration, type PumaServiceProps, Restart } from "../../lib";
import { refusal } from "./rules/refused";
import { newService, newStack } from "../stack";

const DAEMON = { pumaVersion: "4.3", daemon: true };
const BINDS = [Bind.tcp(9292)];

function linesOf(props: Partial<PumaServiceProps>): string[] {
  return (newService(newStack(), { binds: BINDS, ...props }).unitFiles["web.service"] ?? "").split("\n");
}

test("it is all that a daemon has otherwise", () => {
  const [plain, daemon] = [linesOf({ pumaVersion: "4.3" }), linesOf(DAEMON)];
  const command = plain.find((line) => line.startsWith("ExecStart=")) ?? "";
  expect(plain.filter((line) => !daemon.includes(line))).toEqual(["Type=simple", command]);
  expect(daemon.filter((line) => !plain.includes(line))).toEqual([
    "Type=forking",
    "RuntimeDirectory=web",
    "PIDFile=/run/web/puma.pid",
    command.replace("puma", "puma --daemon --pidfile /run/web/puma.pid"),
  ]);
});

test("a folder of the user's own is there beside", () => {
  const lines = linesOf({ ...DAEMON, directives: { Service: { RuntimeDirectory: ["blog"] } } });
  expect(lines.filter((line) => line.startsWith("RuntimeDirectory="))).toEqual([
    "RuntimeDirectory=web",
    "RuntimeDirectory=blog",
  ]);
});

const MODERN =
  "'daemon': must be left away: from 5 on Puma runs in the foreground, and 'pumaVersion' yields Type=simple, or from 6.1 on " +
  "Type=notify, got";

test.each<[string, Partial<PumaServiceProps>, string]>([
  [
    "no version",
    { pumaVersion: undefined },
    "'daemon': must go with a 'pumaVersion' of 4, as no other can, got true",
  ],
  ["Puma 5", { pumaVersion: "5.0" }, `${MODERN} "5.0"`],
  ["Puma 8", { pumaVersion: "8.0.2" }, `${MODERN} "8.0.2"`],
  [
    "notify",
    { notify: true },
    `'notify': must be false before Puma 5.1, which tells systemd nothing, got "4.3"`,
  ],
  [
    "watchdog",
    { watchdog: Duration.minutes(3) },
    `'watchdog': must go with a 'pumaVersion' of 6.1 or newer, or 'notify', got "4.3"`,
  ],
  ...["--pidfile", "--pidf", "--pidfile=/x"].map((flag): [string, Partial<PumaServiceProps>, string] => [
    flag,
    { args: [flag, "/x"] },
    `'args[0]': must be left to 'daemon', whose unit names the file too, got "${flag}"`,
  ]),
  [
    "-d",
    { args: ["-d"] },
    `'args[0]': must be left away: Puma runs in the foreground, unless 'daemon' of a Puma 4 says so, got "-d"`,
  ],
  ...["blog", ["", "blog"]].map((value): [string, Partial<PumaServiceProps>, string] => [
    `RuntimeDirectory=${JSON.stringify(value)}`,
    { directives: { Service: { RuntimeDirectory: value } } },
    `'directives.Service.RuntimeDirectory': must be a list, which is added to web, got ${JSON.stringify(value)}`,
  ]),
])("a daemon does not go with %s", (_, props, message) => {
  expect(refusal({ service: { ...DAEMON, ...props } })).toBe(`PumaService 'web' ${message}`);
});

test("nor with an overlap, which loses requests", () => {
  expect(refusal({ service: { ...DAEMON, restart: Restart.overlap() }, socket: {} })).toContain(
    "must be Restart.hot() before Puma 5",
  );
});

test.each<[string, Partial<PumaServiceProps>]>([
  ["the value of another flag", { args: ["--tag", "--pidfile"] }],
  ["what stands behind --", { args: ["--", "--pidfile"] }],
  ["a Puma that is none, with a file of its own", { daemon: false, args: ["--pidfile", "/run/x"] }],
  ["the same of a newer one", { daemon: false, pumaVersion: "6.6" }],
  [
    "a raw folder where there is none of its own",
    { daemon: false, directives: { Service: { RuntimeDirectory: "blog" } } },
  ],
])("%s is taken", (_, props) => {
  expect(refusal({ service: { ...DAEMON, ...props } })).toBe("no error");
});
