import { Bind, Duration, HealthCheck } from "../../lib";
import { type DeploySettings } from "../../lib/deploy/deploy-props";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { Service, type ServiceBinds } from "../../lib/puma/service";
import { type ServiceSettings } from "../../lib/puma/service-props";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf } from "../stack";

const BIND = Bind.tcp(9292);
const ALONE: ServiceBinds = { binds: [BIND] };
const HELD: ServiceBinds = { binds: [BIND], socket: "web" };

type Changes = Partial<ServiceSettings & DeploySettings>;

function strategyOf(changes: Changes, sockets = HELD, name = "web"): DeployStrategy {
  const props = { workingDirectory: "/srv", ...changes };
  return DeployStrategy.resolve(
    Service.resolve(PropPath.of("PumaService", "web"), name, props, sockets),
    props,
  );
}

const check = (...args: Parameters<typeof strategyOf>) => errorOf(() => strategyOf(...args));

test.each<[string, Changes, ServiceBinds, string]>([
  [
    "onChange",
    { onChange: "cold" as "hot" },
    HELD,
    `'onChange': must be one of overlap, hot, full, phased, none, got "cold"`,
  ],
  [
    "overlap without socket",
    { onChange: "overlap" },
    ALONE,
    `'onChange': must not be "overlap" without a 'socket' that two Pumas can share`,
  ],
  [
    "overlap unrehearsed",
    { onChange: "overlap", rehearse: false },
    HELD,
    `'rehearse': must be true where 'onChange' is "overlap", got false`,
  ],
  [
    "first connection without socket",
    { startOn: "firstConnection" },
    ALONE,
    `'startOn': must be "boot" without a 'socket', got "firstConnection"`,
  ],
  [
    "overlap before Puma 5",
    { onChange: "overlap", pumaVersion: "3.12" },
    HELD,
    `'onChange': must be "hot" before Puma 5, which loses requests in an overlap, got "overlap"`,
  ],
  [
    "a folder in /run that goes with the service",
    { onChange: "overlap", directives: { Service: { RuntimeDirectory: "web" } } },
    HELD,
    `'directives.Service.RuntimeDirectory': must go with RuntimeDirectoryPreserve=restart where 'onChange' is "overlap", got "web"`,
  ],
  [
    "activated sockets alone",
    { onChange: "overlap", args: ["-q", "--bind-to-activated-sockets", "only"] },
    HELD,
    `'args[1]': must not drop the bind that a new version is rehearsed on, got "--bind-to-activated-sockets"`,
  ],
  [
    "activated sockets alone in a rehearsal",
    { rehearse: true, args: ["--bind-to=only"] },
    HELD,
    "'args[0]': must not drop the bind that a new version is rehearsed on",
  ],
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
  expect(check({ rehearse: true }, HELD, long)).toMatch(
    /^PumaService 'web' 'name': must be at most 68 characters long where a new version is rehearsed, got "xxx/,
  );
  expect(check({ onChange: "overlap" }, HELD, "x".repeat(68))).toBe("no error");
  expect(check({}, HELD, long)).toBe("no error");
});

test("all ways of changing are taken where they can be", () => {
  for (const onChange of ["overlap", "hot", "full", "phased", "none"] as const)
    expect(check({ onChange })).toBe("no error");
  expect(check({ onChange: "overlap", pumaVersion: "5.0" })).toBe("no error");
  expect(check({ args: ["--bind-to-activated-sockets"] })).toBe("no error");
});

test("a folder in /run that outlives a restart is fine in an overlap", () => {
  const Service = { RuntimeDirectory: "web", RuntimeDirectoryPreserve: "restart" };
  expect(check({ onChange: "overlap", directives: { Service } })).toBe("no error");
});

test("the bind that a health check asks is the service's own, whichever object says so", () => {
  const asking = (bind: Bind) => check({ healthCheck: HealthCheck.http("/", { bind }) });
  expect([BIND, Bind.tcp(9292)].map(asking)).toEqual(["no error", "no error"]);
  expect(asking(Bind.ssl(9292, { key: "k", cert: "c" }))).toContain("ask one of the service's own binds");
});

test("what is left open has one default", () => {
  expect(strategyOf({})).toMatchObject({
    startOn: "boot",
    onChange: "hot",
    rehearse: false,
    release: "",
    healthCheck: HealthCheck.answers(),
    settle: 5,
    takeOver: false,
  });
  expect(strategyOf({ onChange: "overlap" }).rehearse).toBe(true);
});

test("what is given stays", () => {
  const given = { startOn: "firstConnection", onChange: "full", rehearse: true, release: "r1" } as const;
  const healthCheck = HealthCheck.tcp();
  expect(strategyOf({ ...given, healthCheck, takeOver: true })).toMatchObject({ ...given, takeOver: true });
  expect(strategyOf({ healthCheck }).healthCheck).toBe(healthCheck);
  expect(strategyOf({ settle: Duration.milliseconds(7500) }).settle).toBe(8);
  expect(strategyOf({ settle: false }).settle).toBe(0);
});
