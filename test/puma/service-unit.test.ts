import { Bind } from "../../lib/puma/bind";
import { PumaCommand } from "../../lib/puma/command";
import { roleOf } from "../../lib/puma/directive-table";
import { Service, type ServiceBinds } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { serviceUnit } from "../../lib/puma/service-unit";
import { Duration } from "../../lib/values/duration";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

const PROP = "PumaService 'web'";
const BINDS: ServiceBinds = { binds: [Bind.tcp(9292)] };

const unitOf = (changes: Partial<ServiceUnitProps>, sockets = BINDS) =>
  serviceUnit(
    Service.resolve(
      PropPath.of("PumaService", "web"),
      { name: "web", stack: "blog" },
      { workingDirectory: "/srv/blog", ...changes },
      sockets,
    ),
  );

const linesOf = (changes: Partial<ServiceUnitProps>, sockets = BINDS) => unitOf(changes, sockets).lines;

/** What a prop adds to and takes from the unit of a service that says nothing. */
function difference(changes: Partial<ServiceUnitProps>): string[] {
  const [before, after] = [linesOf({}), linesOf(changes)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

const ENDED = "ExecStopPost=+-/bin/sh /var/lib/cdktf-puma/web/ended.sh web";
const PINGS = "Environment=WATCHDOG_USEC=20000000";
const EXEC = "ExecStart=/srv/blog/sbin/puma -b tcp://0.0.0.0:9292";

describe("each prop writes its own directive, and nothing else", () => {
  test.each<[string, Partial<ServiceUnitProps>, string[]]>([
    [
      "workingDirectory",
      { workingDirectory: "/srv/shop/current" },
      [
        "-WorkingDirectory=/srv/blog",
        `-${EXEC}`,
        "+WorkingDirectory=/srv/shop/current",
        "+ExecStart=/srv/shop/current/sbin/puma -b tcp://0.0.0.0:9292",
      ],
    ],
    [
      "command",
      { command: PumaCommand.executable("/opt/my puma") },
      [`-${EXEC}`, '+ExecStart="/opt/my puma" -b tcp://0.0.0.0:9292'],
    ],
    ["user", { user: "deploy" }, ["+User=deploy"]],
    ["group", { group: "www-data" }, ["+Group=www-data"]],
    ["user and group", { user: "uuu", group: "ggg" }, ["+User=uuu", "+Group=ggg"]],
    [
      "rackEnv",
      { rackEnv: "staging" },
      ["-Environment=RACK_ENV=production", "+Environment=RACK_ENV=staging"],
    ],
    [
      "environment",
      { environment: { PUMA_DEBUG: "1", GREETING: 'a "b" $HOME 5% \\ \t\n' } },
      ["+Environment=PUMA_DEBUG=1", '+Environment="GREETING=a \\"b\\" $HOME 5%% \\\\ \\t\\n"'],
    ],
    [
      "environment.RAILS_ENV",
      { environment: { RAILS_ENV: "qa" } },
      ["-Environment=RACK_ENV=production", "+Environment=RAILS_ENV=qa"],
    ],
    [
      "environment.APP_ENV",
      { environment: { APP_ENV: "qa" } },
      ["-Environment=RACK_ENV=production", "+Environment=APP_ENV=qa"],
    ],
    [
      "environmentFiles",
      { rackEnv: "production", environmentFiles: ["/etc/blog/env", "-/etc/blog/100%*"] },
      ["+EnvironmentFile=/etc/blog/env", "+EnvironmentFile=-/etc/blog/100%%\\*"],
    ],
    ["workers", { workers: 3 }, [`-${EXEC}`, `+${EXEC} -w 3`]],
    ["no workers", { workers: 0 }, [`-${EXEC}`, `+${EXEC} -w 0`]],
    ["threads", { threads: { min: 4, max: 17 } }, [`-${EXEC}`, `+${EXEC} -t 4:17`]],
    [
      "configFile",
      { configFile: "config.rb" },
      [`-${EXEC}`, "+ExecStart=/srv/blog/sbin/puma -C /srv/blog/config.rb -b tcp://0.0.0.0:9292"],
    ],
    [
      "no configFile",
      { configFile: false },
      [`-${EXEC}`, "+ExecStart=/srv/blog/sbin/puma -C - -b tcp://0.0.0.0:9292"],
    ],
    [
      "args",
      { args: ["--tag", "it's $5 & 5%", "", "--", "-b"] },
      [`-${EXEC}`, `+${EXEC} --tag "it's $$5 & 5%%" "" -- -b`],
    ],
    ["alarm", { alarm: "page.service" }, [`-${ENDED}`, `+${ENDED} page.service`]],
    ["startTimeout", { startTimeout: Duration.seconds(101) }, ["+TimeoutStartSec=101s"]],
    [
      "pumaVersion 6.6",
      { pumaVersion: "6.6" },
      ["-Type=simple", "+Type=notify", "+WatchdogSec=2min", `+${PINGS}`],
    ],
    ["pumaVersion 6.0", { pumaVersion: "6.0" }, []],
    ["notify", { notify: true }, ["-Type=simple", "+Type=notify", "+WatchdogSec=2min", `+${PINGS}`]],
    ["JRuby", { pumaVersion: "6.6", notify: false }, []],
    [
      "watchdog",
      { pumaVersion: "6.6", watchdog: Duration.minutes(3) },
      ["-Type=simple", "+Type=notify", "+WatchdogSec=3min", `+${PINGS}`],
    ],
    ["no watchdog", { pumaVersion: "6.6", watchdog: false }, ["-Type=simple", "+Type=notify"]],
  ])("%s", (_, changes, lines) => {
    expect(difference(changes)).toEqual(lines);
    const names = lines.map((line) => line.slice(1).split("=")[0] as string);
    expect(
      names.filter((name) => !roleOf("Service", name).use && !roleOf("Service", name).onlyAdded),
    ).toEqual([]);
  });
});

test("ExecStart has every part in its place", () => {
  const sockets = heldBy("web", [Bind.tcp(1), Bind.unix("/run/p")]);
  const command = PumaCommand.bundler({ bundle: "/b", bundlerVersion: "2.2" });
  const all = { command, configFile: "c.rb", workers: 2, threads: { min: 3, max: 4 }, args: ["-q"] };
  expect(unitOf(all, sockets).section("Service").get("ExecStart")).toEqual([
    "/b exec --keep-file-descriptors puma -C /srv/blog/c.rb -b tcp://0.0.0.0:1 -b unix:///run/p -w 2 -t 3:4 -q",
  ]);
});

test("a socket is required, and named where its name is another", () => {
  const like = (socket: string) => unitOf({}, heldBy(socket, BINDS.binds));
  expect(like("web").section("Unit").get("Requires")).toEqual(["web.socket"]);
  expect(like("web").section("Service").get("Sockets")).toEqual([]);
  expect(like("http").section("Unit").get("Requires")).toEqual(["http.socket"]);
  expect(like("http").section("Service").get("Sockets")).toEqual(["http.socket"]);
});

const KNOWN = { pumaVersion: "6.0" };
const WATCHDOG =
  "PumaService 'web' 'watchdog': must go with a 'pumaVersion' of 6.1 or newer, or 'notify', got";

test.each<[string, Partial<ServiceUnitProps>, string]>([
  [
    "workingDirectory",
    { workingDirectory: "srv" },
    `'workingDirectory': must be an absolute path, got "srv"`,
  ],
  ["..", { workingDirectory: "/srv/../x" }, `'workingDirectory': must be without '..', got "/srv/../x"`],
  ["configFile", { configFile: "" }, `'configFile': must name a file, got ""`],
  [
    "command",
    { command: PumaCommand.binstub("sbin/") },
    `'command': must be a program, not a directory, got`,
  ],
  ["user", { user: "" }, `'user': must not be empty, got ""`],
  ["group", { group: "a:b" }, `'group': must not contain ':' or '/', got "a:b"`],
  ["workers", { workers: -1 }, `'workers': must be a whole number between 0 and 1024, got -1`],
  ["half a worker", { workers: 1.5 }, `'workers': must be a whole number between 0 and 1024, got 1.5`],
  [
    "threads.max",
    { threads: { min: 0, max: 0 } },
    `'threads.max': must be a whole number between 1 and 1024, got 0`,
  ],
  [
    "threads.min",
    { threads: { min: 5, max: 3 } },
    `'threads.min': must be a whole number between 0 and 3, got 5`,
  ],
  ["file", { environmentFiles: ["/a", "b"] }, `'environmentFiles[1]': must be an absolute path, got "b"`],
  ["optional file", { environmentFiles: ["-b"] }, `'environmentFiles[0]': must be an absolute path, got "b"`],
  ["NUL", { environment: { A: "b\0c" } }, `'environment.A': must not contain NUL, got "A=b\\u0000c"`],
  ["NUL in configFile", { configFile: "a\0" }, `'configFile': must not contain NUL, got "a\\u0000"`],
  ["NUL in args", { args: ["b\0c"] }, `'args[0]': must not contain NUL, got "b\\u0000c"`],
  [
    "name",
    { environment: { "A-B": "c" } },
    `'environment.A-B': must be letters, digits and '_', and not begin`,
  ],
  [
    "RACK_ENV given twice",
    { rackEnv: "qa", environment: { RACK_ENV: "qa" } },
    `'rackEnv': must not be combined with 'environment.RACK_ENV', got "qa"`,
  ],
  ["watchdog", { ...KNOWN, watchdog: Duration.seconds(9) }, `${WATCHDOG} "6.0"`],
  ["watchdog of no version", { watchdog: Duration.seconds(9) }, `${WATCHDOG} undefined`],
  [
    "a watchdog that would bark while Puma boots",
    { pumaVersion: "6.6", watchdog: Duration.seconds(119) },
    "'watchdog': must be at least 2min, 'startTimeout' (90s) and 30s, as a Puma that restarts itself is silent while it boots, got \"119s\"",
  ],
  [
    "the same of a boot of its own",
    { pumaVersion: "6.6", startTimeout: Duration.minutes(5), watchdog: Duration.minutes(5) },
    "'watchdog': must be at least 330s, 'startTimeout' (5min) and 30s,",
  ],
  ...[
    "page",
    "a b.service",
    "page@.service",
    "../page.service",
    "-x.service",
    ".service",
    "page.service;x",
    "$a.service",
  ].map((alarm): [string, Partial<ServiceUnitProps>, string] => [
    `alarm ${alarm}`,
    { alarm },
    `'alarm': must be the name of a unit such as "page.service" or "page@web.service", got "${alarm}"`,
  ]),
  ...["no", "on-success", "on-abnormal", ""].map((Restart): [string, Partial<ServiceUnitProps>, string] => [
    `alarm with Restart=${Restart}`,
    { alarm: "page.service", directives: { Service: { Restart } } },
    "'alarm': must go with Restart=always or on-failure, as no other Puma crashes three times in a row; use OnFailure= in [Unit]",
  ]),
  ["WATCHDOG_USEC", { environment: { WATCHDOG_USEC: "1" } }, "'environment.WATCHDOG_USEC': use 'watchdog'"],
  ["notify", { pumaVersion: "5.0", notify: true }, `'notify': must be false before Puma 5.1`],
  ["pumaVersion", { pumaVersion: "six" }, `'pumaVersion': must be a version such as "6.6", got "six"`],
  [
    "--daemon",
    { args: ["--daemon"] },
    `'args[0]': must be left away: Puma runs in the foreground, unless 'daemon' of a Puma 4 says so, got "--daemon"`,
  ],
  ...[
    ["-b", "'binds'"],
    ["-btcp://0.0.0.0:1", "'binds'"],
    ["--bind=tcp://0.0.0.0:1", "'binds'"],
    ["-p", "'binds'"],
    ["--port", "'binds'"],
    ["-C", "'configFile'"],
    ["-w2", "'workers'"],
    ["--threads", "'threads'"],
    ["--work=2", "'workers'"],
    ["--no-config", "'configFile'"],
    ["--dir", "'workingDirectory'"],
    ["--environment=qa", "'rackEnv'"],
  ].map(([arg, prop]): [string, Partial<ServiceUnitProps>, string] => [
    arg,
    { args: ["-q", arg] },
    `'args[1]': must be left to ${prop}, got "${arg}"`,
  ]),
])("refused: %s", (_, changes, message) => {
  expect(() => unitOf(changes)).toThrow(message);
  expect(() => unitOf(changes)).toThrow(PROP);
});
