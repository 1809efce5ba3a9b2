import { Bind, HealthCheck, Restart } from "../../lib";
import { type DeployProps } from "../../lib/deploy/deploy-props";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { RESTART_MODES } from "../../lib/deploy/restart";
import { Service, type ServiceBinds } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf, heldBy } from "../stack";

const BIND = Bind.tcp(9292);
const ALONE: ServiceBinds = { binds: [BIND] };
const HELD = heldBy("web", [BIND]);

type Changes = Partial<ServiceUnitProps & DeployProps>;

function strategyOf(changes: Changes, sockets = HELD, name = "web"): DeployStrategy {
  const props = { workingDirectory: "/srv", ...changes };
  return DeployStrategy.resolve(
    Service.resolve(PropPath.of("PumaService", "web"), { name, stack: "blog" }, props, sockets),
    props,
  );
}

const check = (...args: Parameters<typeof strategyOf>) => errorOf(() => strategyOf(...args));

test.each<[string, Changes, ServiceBinds, string]>([
  [
    "overlap without socket",
    { restart: Restart.overlap() },
    ALONE,
    "'restart': must not be Restart.overlap() without a 'socket' that two Pumas can share",
  ],
  [
    "first connection without socket",
    { startOn: "firstConnection" },
    ALONE,
    `'startOn': must be "boot" without a 'socket', got "firstConnection"`,
  ],
  [
    "overlap before Puma 5",
    { restart: Restart.overlap(), pumaVersion: "3.12" },
    HELD,
    "'restart': must be Restart.hot() before Puma 5, which loses requests in an overlap",
  ],
  [
    "a folder in /run that goes with the service",
    { restart: Restart.overlap(), directives: { Service: { RuntimeDirectory: "web" } } },
    HELD,
    `'directives.Service.RuntimeDirectory': must go with RuntimeDirectoryPreserve=restart where 'restart' is Restart.overlap(), got "web"`,
  ],
  [
    "activated sockets alone",
    { restart: Restart.overlap(), args: ["-q", "--bind-to-activated-sockets", "only"] },
    HELD,
    `'args[1]': must not drop the bind that a new version is rehearsed on, got "--bind-to-activated-sockets"`,
  ],
  [
    "activated sockets alone in a rehearsal",
    { restart: Restart.hot({ rehearse: true }), args: ["--bind-to=only"] },
    HELD,
    "'args[0]': must not drop the bind that a new version is rehearsed on",
  ],
  [
    "phased with an application that is preloaded",
    { restart: Restart.phased(), args: ["-q", "--preload"] },
    HELD,
    `'args[1]': must be left away where 'restart' is Restart.phased(), got "--preload"`,
  ],
  [
    "phased with an application that is preloaded by a flag cut short",
    { restart: Restart.phased(), args: ["--tag", "--preload", "--prel"] },
    HELD,
    `'args[2]': must be left away where 'restart' is Restart.phased(), got "--prel"`,
  ],
  [
    "phased where Puma preloads and has no file that says otherwise",
    { restart: Restart.phased(), pumaVersion: "7.0", configFile: false, workers: 2 },
    HELD,
    `'configFile': must say 'preload_app! false' where 'restart' is Restart.phased(): Puma 7.0 preloads the application unless told otherwise, got false`,
  ],
  [
    "phased where WEB_CONCURRENCY preloads",
    {
      restart: Restart.phased(),
      pumaVersion: "5.6",
      configFile: false,
      environment: { WEB_CONCURRENCY: "2" },
    },
    HELD,
    `'configFile': must say 'preload_app! false' where 'restart' is Restart.phased()`,
  ],
  ...[
    { workers: 0 },
    { workers: 0, environment: { WEB_CONCURRENCY: "2" }, pumaVersion: "7.0", configFile: false as const },
    { pumaVersion: "6.6", configFile: false as const },
    { pumaVersion: "7.0", configFile: false as const },
    { environment: { WEB_CONCURRENCY: "0" }, configFile: false as const },
  ].map((props): [string, Changes, ServiceBinds, string] => [
    `phased without workers: ${JSON.stringify(props)}`,
    { restart: Restart.phased(), ...props },
    HELD,
    `'workers': must be at least 1 where 'restart' is Restart.phased(): Puma runs without workers, got ${"workers" in props ? 0 : undefined}`,
  ]),
  [
    "a release of two lines",
    { release: "r1\n" },
    HELD,
    `'release': must be one line: .trim() what comes from a file, got "r1\\n"`,
  ],
  [
    "a release that Terraform would alter",
    { release: "e\u0301" },
    HELD,
    "'release': must be in Unicode's normal form C",
  ],
  [
    "another's bind",
    { healthCheck: HealthCheck.http("/", { bind: Bind.tcp(1) }) },
    HELD,
    "'healthCheck': must ask one of the service's own binds",
  ],
])("refused: %s", (_, changes, sockets, message) => {
  expect(check(changes, sockets)).toContain(`PumaService 'web' ${message}`);
});

test("a name that leaves no room for a rehearsal's socket is refused where there is a rehearsal", () => {
  const long = "x".repeat(80);
  expect(check({ restart: Restart.hot({ rehearse: true }) }, HELD, long)).toMatch(
    /^PumaService 'web' 'name': must be at most 68 characters long where a new version is rehearsed, got "xxx/,
  );
  expect(check({ restart: Restart.overlap() }, HELD, "x".repeat(68))).toBe("no error");
  expect(check({}, HELD, long)).toBe("no error");
});

test("all ways of changing are taken where they can be", () => {
  for (const mode of RESTART_MODES) expect(check({ restart: Restart[mode]() })).toBe("no error");
  expect(check({ restart: Restart.overlap(), pumaVersion: "5.0" })).toBe("no error");
  expect(check({ args: ["--bind-to-activated-sockets"] })).toBe("no error");
});

test.each<Changes>([
  { workers: 1, configFile: false },
  { pumaVersion: "7.0", workers: 1, configFile: false },
  { pumaVersion: "6.6", workers: 2, configFile: false },
  { pumaVersion: "7.0", configFile: false, environmentFiles: ["/etc/web.env"] },
  ...["5.6", "7.0"].map((pumaVersion) => ({
    pumaVersion,
    configFile: false as const,
    environment: { WEB_CONCURRENCY: "${TfToken[TOKEN.1]}" },
  })),
])("phased where Puma has workers that do not preload, or may have them: %j", (changes) => {
  expect(check({ restart: Restart.phased(), ...changes })).toBe("no error");
});

test("a folder in /run that outlives a restart is fine in an overlap", () => {
  const Service = { RuntimeDirectory: "web", RuntimeDirectoryPreserve: "restart" };
  expect(check({ restart: Restart.overlap(), directives: { Service } })).toBe("no error");
});

test("the bind that a health check asks is the service's own, whichever object says so", () => {
  const asking = (bind: Bind) => check({ healthCheck: HealthCheck.http("/", { bind }) });
  expect([BIND, Bind.tcp(9292)].map(asking)).toEqual(["no error", "no error"]);
  expect(asking(Bind.ssl(9292, { key: "k", cert: "c" }))).toContain("ask one of the service's own binds");
});

test("what is left open has one default", () => {
  expect(strategyOf({})).toMatchObject({
    ensure: "running",
    retain: false,
    startOn: "boot",
    restart: "hot",
    rehearse: false,
    release: "",
    healthCheck: HealthCheck.answers(),
    takeOver: false,
  });
  expect(strategyOf({ restart: Restart.overlap() }).rehearse).toBe(true);
});

test("what is given stays", () => {
  const given = { startOn: "firstConnection", release: "r1", takeOver: true } as const;
  const restart = Restart.full({ rehearse: true });
  const healthCheck = HealthCheck.tcp();
  const strategy = { ...given, restart: "full", rehearse: true };
  expect(strategyOf({ ...given, restart, healthCheck })).toMatchObject(strategy);
  expect(strategyOf({ healthCheck }).healthCheck).toBe(healthCheck);
});
