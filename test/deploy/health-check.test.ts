import { Bind, Duration, HealthCheck } from "../../lib";

const DEFAULTS = {
  path: "/",
  status: 200,
  host: "localhost",
  headers: [],
  command: [],
  warmUp: [],
  warmUpTimeout: Duration.seconds(30),
  interval: Duration.seconds(1),
  timeout: Duration.seconds(5),
  retries: 10,
  settle: 5,
};
const TRIES = { interval: Duration.milliseconds(250), timeout: Duration.milliseconds(7300), retries: 3 };

test.each<[string, HealthCheck, object]>([
  ["answers", HealthCheck.answers(), { kind: "answer" }],
  ["tcp", HealthCheck.tcp(), { kind: "tcp" }],
  ["none", HealthCheck.none(), { kind: "none" }],
  ["http", HealthCheck.http("/up?full=1"), { kind: "http", path: "/up?full=1" }],
  [
    "http with all options",
    HealthCheck.http("/up", {
      ...TRIES,
      status: 204,
      host: "blog.example.org",
      header: { "X-Forwarded-Proto": "https", "X-Probe": "it's me" },
      bind: Bind.unix("/run/x"),
      warmUp: ["/", "/search?q=a", "/"],
      warmUpTimeout: Duration.seconds(60),
    }),
    {
      ...TRIES,
      kind: "http",
      path: "/up",
      status: 204,
      host: "blog.example.org",
      headers: ["X-Forwarded-Proto: https", "X-Probe: it's me"],
      bind: { scheme: "unix", path: "/run/x" },
      warmUp: ["/", "/search?q=a", "/"],
      warmUpTimeout: Duration.seconds(60),
    },
  ],
  [
    "command",
    HealthCheck.command(["bin/check", "it's", "$HOME"], TRIES),
    { ...TRIES, kind: "command", command: ["bin/check", "it's", "$HOME"] },
  ],
])("%s", (_, check, settings) => {
  expect(check._settings).toEqual({ ...DEFAULTS, ...settings });
});

test("each kind says how long a healthy Puma has to stay up, in whole seconds", () => {
  const kinds: ((settle?: Duration | false) => HealthCheck)[] = [
    (settle) => HealthCheck.answers({ settle }),
    (settle) => HealthCheck.tcp({ settle }),
    (settle) => HealthCheck.none({ settle }),
    (settle) => HealthCheck.http("/up", { settle }),
    (settle) => HealthCheck.command(["a"], { settle }),
  ];
  for (const kind of kinds) {
    const given = [undefined, false, Duration.milliseconds(7500)] as const;
    expect(given.map((settle) => kind(settle)._settings.settle)).toEqual([5, 0, 8]);
  }
});

test.each<[() => unknown, string]>([
  [
    () => HealthCheck.http("up"),
    `HealthCheck.http 'path': must begin with / and be printable ASCII without spaces, got "up"`,
  ],
  [() => HealthCheck.http("/a b"), "HealthCheck.http 'path': must begin with /"],
  [() => HealthCheck.http("/up\nHost: x"), "HealthCheck.http 'path': must begin with /"],
  [
    () => HealthCheck.http("/up", { status: 99 }),
    "HealthCheck.http 'status': must be a whole number between 100 and 599, got 99",
  ],
  [
    () => HealthCheck.http("/up", { retries: 1001 }),
    "HealthCheck.http 'retries': must be a whole number between 0 and 1000, got 1001",
  ],
  [
    () => HealthCheck.http("/up", { host: "a\nb" }),
    `HealthCheck.http 'host': must be printable ASCII, got "a\\nb"`,
  ],
  [
    () => HealthCheck.http("/up", { header: { "X Y": "z" } }),
    `HealthCheck.http 'header.X Y': must be a header's name (RFC 9110), got "X Y"`,
  ],
  [
    () => HealthCheck.http("/up", { header: { X: "a\r\nb" } }),
    `HealthCheck.http 'header.X': must be printable ASCII, got "a\\r\\nb"`,
  ],
  [
    () => HealthCheck.http("/up", { warmUp: ["/", "search"] }),
    `HealthCheck.http 'warmUp[1]': must begin with / and be printable ASCII without spaces, got "search"`,
  ],
  [
    () => HealthCheck.http("/up", { warmUp: Array.from({ length: 51 }, () => "/") }),
    "HealthCheck.http 'warmUp': must have at most 50 paths, got 51",
  ],
  [
    () => HealthCheck.http("/up", { warmUpTimeout: Duration.seconds(60) }),
    "HealthCheck.http 'warmUpTimeout': must not be given without 'warmUp', whose paths it is for",
  ],
  [
    () => HealthCheck.command(["a", "b\nc"]),
    `HealthCheck.command 'command[1]': must not contain a line break, got "b\\nc"`,
  ],
  [
    () => HealthCheck.command(["a", "e\u0301"]),
    "HealthCheck.command 'command[1]': must be in Unicode's normal form C",
  ],
  [() => HealthCheck.command([]), "HealthCheck.command 'command': must name a command, got []"],
  [
    () => HealthCheck.http("/", { header: { X: undefined as unknown as string } }),
    "HealthCheck.http 'header.X': must be a string, got undefined",
  ],
  [
    () => HealthCheck.http("/", { timeout: 5 as unknown as Duration }),
    "HealthCheck.http 'timeout': must be of the class Duration, got 5",
  ],
  [
    () => HealthCheck.command(["a"], { retries: -1 }),
    "HealthCheck.command 'retries': must be a whole number between 0 and 1000, got -1",
  ],
])("refused: %#", (make, message) => {
  expect(make).toThrow(message);
});
