import { Hardening } from "../../lib/puma/hardening";
import { Logs } from "../../lib/puma/logs";
import { Bind } from "../../lib/puma/bind";
import { PumaCommand } from "../../lib/puma/command";
import { Service, type ServiceBinds, tokenValues } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { Duration } from "../../lib/values/duration";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

const AT = PropPath.of("PumaService", "web");
const BINDS = [Bind.tcp(9292)];

const resolve = (
  changes: Partial<ServiceUnitProps> = {},
  sockets: ServiceBinds = { binds: BINDS },
): Service =>
  Service.resolve(AT, { name: "web", stack: "blog" }, { workingDirectory: "/srv/blog", ...changes }, sockets);

test("what is left open has one default", () => {
  expect(resolve()).toEqual({
    at: AT,
    name: "web",
    stack: "blog",
    scope: "system",
    binds: BINDS,
    sockets: [],
    isSocketActivated: false,
    unitFiles: ["web.service"],
    workingDirectory: "/srv/blog",
    command: expect.any(PumaCommand),
    configFile: undefined,
    args: [],
    user: undefined,
    group: undefined,
    environment: { RACK_ENV: "production" },
    environmentFiles: [],
    workers: undefined,
    threads: undefined,
    pumaVersion: undefined,
    version: undefined,
    type: "simple",
    watchdog: undefined,
    alarm: undefined,
    startTimeout: Duration.seconds(90),
    hasStartTimeout: false,
    logs: Logs.journal(),
    hardening: Hardening.NONE,
    directives: {},
  });
  expect(resolve().command._argv("/srv/blog", false)).toEqual(["/srv/blog/sbin/puma"]);
});

test("with a socket, there are two units, the socket's first", () => {
  expect(resolve({}, heldBy("http", BINDS))).toMatchObject({
    isSocketActivated: true,
    unitFiles: ["http.socket", "web.service"],
  });
});

test.each<[Partial<ServiceUnitProps>, Service["type"], string | undefined]>([
  [{}, "simple", undefined],
  [{ pumaVersion: "6.0" }, "simple", undefined],
  [{ pumaVersion: "6.1" }, "notify", "2min"],
  [{ pumaVersion: "6.6", notify: false }, "simple", undefined],
  [{ pumaVersion: "5.1", notify: true }, "notify", "2min"],
  [{ pumaVersion: "4.3", daemon: true }, "forking", undefined],
  [{ pumaVersion: "4.3", daemon: false }, "simple", undefined],
  [{ notify: true, watchdog: false }, "notify", undefined],
  [{ notify: true, startTimeout: Duration.seconds(45) }, "notify", "75s"],
  [{ notify: true, watchdog: Duration.minutes(2) }, "notify", "2min"],
  [{ notify: true, startTimeout: Duration.seconds(45), watchdog: Duration.seconds(75) }, "notify", "75s"],
])("of %j the type is %s, and the watchdog's time is %s", (changes, type, watchdog) => {
  const service = resolve(changes);
  expect([service.type, service.watchdog?.toString()]).toEqual([type, watchdog]);
});

test("paths are absolute, and a dash is no part of one", () => {
  expect(resolve({ configFile: "config/puma.rb" }).configFile).toBe("/srv/blog/config/puma.rb");
  expect(resolve({ configFile: false }).configFile).toBe(false);
  expect(resolve({ environmentFiles: ["/etc/a", "-/etc/b"] }).environmentFiles).toEqual([
    { path: "/etc/a", isOptional: false },
    { path: "/etc/b", isOptional: true },
  ]);
});

test.each(["APP_ENV", "RACK_ENV", "RAILS_ENV"])("%s takes the place of rackEnv", (name) => {
  expect(resolve({ environment: { A: "1", [name]: "qa" } }).environment).toEqual({ A: "1", [name]: "qa" });
});

test.each<[string, Partial<ServiceUnitProps>, Record<string, string>]>([
  ["a file may say another", { environmentFiles: ["/etc/env"] }, { RAILS_ENV: "production" }],
  ["of Puma 5 too", { environmentFiles: ["/etc/env"], pumaVersion: "5.0" }, { RAILS_ENV: "production" }],
  [
    "Puma 4 reads no other",
    { environmentFiles: ["/etc/env"], pumaVersion: "4.3" },
    { RACK_ENV: "production" },
  ],
  ["it is said", { environmentFiles: ["/etc/env"], rackEnv: "qa" }, { RACK_ENV: "qa" }],
  ["none is wanted", { rackEnv: false }, {}],
  ["none but another's", { rackEnv: false, environment: { RAILS_ENV: "qa" } }, { RAILS_ENV: "qa" }],
  [
    "systemd's own goes before it",
    { directives: { Service: { PassEnvironment: ["LANG", "TZ RAILS_ENV"] } } },
    {},
  ],
  [
    "that is another",
    { directives: { Service: { PassEnvironment: "MY_RAILS_ENV" } } },
    { RACK_ENV: "production" },
  ],
  [
    "Puma 4 does not read RAILS_ENV",
    { pumaVersion: "4.3", environment: { RAILS_ENV: "qa" } },
    { RACK_ENV: "qa", RAILS_ENV: "qa" },
  ],
  [
    "Puma 5.5 may not read APP_ENV",
    { pumaVersion: "5.5", environment: { APP_ENV: "qa" } },
    { RACK_ENV: "qa", APP_ENV: "qa" },
  ],
  ["Puma 5.6 does", { pumaVersion: "5.6", environment: { APP_ENV: "qa" } }, { APP_ENV: "qa" }],
  [
    "RACK_ENV goes before RAILS_ENV",
    { pumaVersion: "4.3", environment: { RACK_ENV: "a", RAILS_ENV: "b" } },
    { RACK_ENV: "a", RAILS_ENV: "b" },
  ],
])("there is one environment: %s", (_, changes, environment) => {
  expect(resolve(changes).environment).toEqual(environment);
});

test("what is resolved does not change with what was given", () => {
  const [args, environment] = [["-q"], { A: "1" }];
  const service = resolve({ args, environment });
  args.push("-v");
  environment.A = "2";
  expect(service).toMatchObject({ args: ["-q"], environment: { A: "1" } });
});

test("values that may hold tokens come with their places", () => {
  const values = tokenValues(resolve({ environment: { A: "1" }, args: ["-q", "x"] }));
  expect(values.map(([at, value]) => `${at}: ${value}`)).toEqual([
    "PumaService 'web' 'environment.RACK_ENV': production",
    "PumaService 'web' 'environment.A': 1",
    "PumaService 'web' 'args[0]': -q",
    "PumaService 'web' 'args[1]': x",
  ]);
});

test.each(["NOTIFY_SOCKET", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "MAINPID", "SERVICE_RESULT"])(
  "%s, by which systemd tells something, is no variable of a service",
  (name) => {
    expect(() => resolve({ environment: { [name]: "1" } })).toThrow(
      `'environment.${name}': must be left away: systemd or this library tells something by it, got "1"`,
    );
  },
);
