import {
  Bind,
  Duration,
  HealthCheck,
  type PumaServiceProps,
  Restart,
  Secret,
  Secrets,
  Task,
} from "../../lib";
import { REMOVAL, shellVariables } from "../../lib/deploy/host-settings";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { serviceSettings } from "../../lib/deploy/service-settings";
import { type Variables } from "../../lib/deploy/shell-settings";
import { PumaCommand } from "../../lib/puma/command";
import { Service, type ServiceBinds } from "../../lib/puma/service";
import { PropPath } from "../../lib/values/prop-path";
import { heldBy } from "../stack";

/** The variables of a host for a service with these props. */
function variablesOf(changes: Partial<PumaServiceProps>, sockets: ServiceBinds = { binds: [] }): Variables {
  const props = { workingDirectory: "/srv/blog", ...changes };
  const service = Service.resolve(
    PropPath.of("PumaService", "web"),
    { name: "web", stack: "blog" },
    props,
    sockets,
  );
  return shellVariables(serviceSettings(service, DeployStrategy.resolve(service, props), new Map(), "blog"));
}

test("a service that says nothing", () => {
  expect(variablesOf({})).toEqual({
    PUMA_SERVICE: "web",
    PUMA_OWNER: "blog",
    PUMA_SOCKETS: "",
    PUMA_UNITS: "web.service",
    PUMA_ENABLED_UNITS: "web.service",
    PUMA_START_ON: "boot",
    PUMA_RELEASE: "",
    PUMA_TAKE_OVER: "false",
    PUMA_USER: "",
    PUMA_GROUP: "",
    PUMA_SUPPLEMENTARY_GROUPS: "",
    PUMA_DIRECTORY: "/srv/blog",
    PUMA_EXECUTABLE: "/srv/blog/sbin/puma",
    PUMA_VERSION_COMMAND: "'/srv/blog/sbin/puma' '--version'",
    PUMA_VERSION: "",
    PUMA_NOTIFIES: "false",
    PUMA_DAEMON: "false",
    PUMA_BINDS: "",
    PUMA_READABLE_FILES: "",
    PUMA_ENVIRONMENT_FILES: "",
    PUMA_SECRETS_VERSION: "",
    PUMA_SECRET_FILES: "",
    PUMA_OPENED: "",
    PUMA_PROXY_USER: "",
    PUMA_PROXY_SOCKETS: "",
    PUMA_RESTART: "hot",
    PUMA_REHEARSE: "false",
    PUMA_BEFORE: "",
    PUMA_AFTER: "",
    PUMA_AROUND_TIMEOUT: "0",
    PUMA_AROUND_AS_ROOT: "false",
    PUMA_DRAIN: "",
    PUMA_START_TIMEOUT: "90",
    PUMA_SETTLE: "5",
    PUMA_ALARM: "",
    PUMA_BACK_OFF: "RestartSteps=5 RestartMaxDelaySec=30",
    PUMA_LEFT_TO_PUMA: expect.stringMatching(/^Type\|ExitType\|Exec\(Start\|Stop\)/),
    PUMA_KEPT_OF_UNIT: expect.stringMatching(/^Description\|Documentation\|/),
    PUMA_RELOAD_ONLY: expect.stringMatching(/^((Service|Socket)\.\w+ ?)+$/),
    PUMA_HEALTH_KIND: "answer",
    PUMA_HEALTH_PATH: "/",
    PUMA_HEALTH_STATUS: "200",
    PUMA_HEALTH_HOST: "localhost",
    PUMA_HEALTH_HEADERS: "",
    PUMA_HEALTH_BIND: "",
    PUMA_HEALTH_COMMAND: "",
    PUMA_HEALTH_INTERVAL: "1",
    PUMA_HEALTH_TIMEOUT: "5",
    PUMA_HEALTH_RETRIES: "10",
  });
});

const KEY = { key: "k.pem", cert: "/c.pem" };
const MUTUAL = Bind.ssl(3, { ...KEY, ca: "ca.pem", verifyMode: "force_peer" });

test("each prop reaches the host as itself", () => {
  const binds = [Bind.tcp(1), Bind.ssl(2, { ...KEY, address: "::1" }), MUTUAL, Bind.unix("/run/x")];
  const settings: Partial<PumaServiceProps> = {
    workingDirectory: "/srv/shop",
    user: "uuu",
    group: "ggg",
    command: PumaCommand.bundler({ bundle: "/opt/bundle", bundlerVersion: "2.1" }),
    pumaVersion: "6.6",
    startTimeout: Duration.milliseconds(1500),
    alarm: "page@web.service",
    release: "r1",
    takeOver: true,
    restart: Restart.phased({ rehearse: true }),
    healthCheck: HealthCheck.answers({ settle: Duration.seconds(8) }),
    tasks: [
      Task.eachHost({
        ...{ before: ["/b", "it's"], after: ["/a"], asRoot: true },
        ...{ timeout: Duration.seconds(7), drain: Duration.milliseconds(1500) },
      }),
    ],
    configFile: "c.rb",
    environmentFiles: ["/etc/must", "-/etc/may", "/etc/also"],
    secrets: Secrets.of({
      environment: { A: Secret.fromCommand(["a"]), B: Secret.fromCommand(["b"]) },
      credentials: { c: Secret.fromCommand(["c"]) },
      version: "v7",
    }),
  };
  expect(variablesOf(settings, heldBy("http", binds))).toMatchObject({
    PUMA_UNITS: "http.socket web.service",
    PUMA_SOCKETS: "http.socket",
    PUMA_ENABLED_UNITS: "http.socket web.service",
    PUMA_USER: "uuu",
    PUMA_GROUP: "ggg",
    PUMA_DIRECTORY: "/srv/shop",
    PUMA_EXECUTABLE: "/opt/bundle",
    PUMA_VERSION_COMMAND: "'/opt/bundle' 'exec' '--keep-file-descriptors' 'puma' '--version'",
    PUMA_VERSION: "6.6",
    PUMA_NOTIFIES: "true",
    PUMA_START_TIMEOUT: "2",
    PUMA_ALARM: "page@web.service",
    PUMA_RELEASE: "r1",
    PUMA_TAKE_OVER: "true",
    PUMA_RESTART: "phased",
    PUMA_REHEARSE: "true",
    PUMA_BEFORE: "'/b' 'it'\\''s'",
    PUMA_AFTER: "'/a'",
    PUMA_AROUND_TIMEOUT: "7",
    PUMA_AROUND_AS_ROOT: "true",
    PUMA_DRAIN: "1.5",
    PUMA_SETTLE: "8",
    PUMA_BINDS: "http 0.0.0.0 1\nhttps ::1 2\nheld 0.0.0.0 3\nunix /run/x",
    PUMA_READABLE_FILES: [
      "configFile /srv/shop/c.rb",
      "binds /srv/shop/k.pem\nbinds /c.pem",
      "binds /srv/shop/k.pem\nbinds /c.pem\nbinds /srv/shop/ca.pem",
    ].join("\n"),
    PUMA_ENVIRONMENT_FILES: "/etc/must\n/etc/also",
    PUMA_SECRETS_VERSION: "v7",
    PUMA_SECRET_FILES:
      "/var/lib/cdktf-puma/web/secrets/v7/environment\n/var/lib/cdktf-puma/web/secrets/v7/credentials/c",
  });
});

test("with the first connection, only the socket is enabled", () => {
  const variables = variablesOf({ startOn: "firstConnection" }, heldBy("web", [Bind.tcp(1)]));
  expect(variables).toMatchObject({
    PUMA_START_ON: "firstConnection",
    PUMA_UNITS: "web.socket web.service",
    PUMA_ENABLED_UNITS: "web.socket",
  });
});

test.each(["boot", "firstConnection"] as const)(
  "what is kept stopped is not enabled, though it would start on %s",
  (startOn) => {
    const variables = variablesOf({ ensure: "stopped", startOn }, heldBy("web", [Bind.tcp(1)]));
    expect(variables).toMatchObject({
      PUMA_START_ON: "never",
      PUMA_UNITS: "web.socket web.service",
      PUMA_ENABLED_UNITS: "",
    });
  },
);

test.each<[PumaCommand, string, string]>([
  [PumaCommand.executable("/opt/my puma"), "/opt/my puma", "'/opt/my puma' '--version'"],
  [PumaCommand.argv(["bin/x", "it's"]), "/srv/blog/bin/x", "'/srv/blog/bin/x' 'it'\\''s' '--version'"],
  [PumaCommand.shell("exec $P puma"), "/bin/bash", `'/bin/bash' '-c' 'exec $P puma "$@"' 'puma' '--version'`],
])("the version command is the command with another argument: %#", (command, executable, version) => {
  expect(variablesOf({ command })).toMatchObject({
    PUMA_EXECUTABLE: executable,
    PUMA_VERSION_COMMAND: version,
  });
});

test.each<[string, Record<string, string | number>, string]>([
  ["a wait of its own", { RestartSec: 45 }, ""],
  ["waits of its own", { RestartSteps: 3, RestartMaxDelaySec: 9 }, ""],
  ["a mode of its own", { RestartMode: "normal" }, "RestartSteps=5 RestartMaxDelaySec=30"],
])("of the drop-in against crash loops, what is said raw is left away: %s", (_, Service, lines) => {
  expect(variablesOf({ directives: { Service } }).PUMA_BACK_OFF).toBe(lines);
});

test.each<[string, string | string[], string]>([
  ["one", "redis", "redis"],
  ["several in a line", "redis  postgres", "redis postgres"],
  ["several lines", ["redis", "postgres mail"], "redis postgres mail"],
  ["none after a reset", ["redis", ""], ""],
  ["those after a reset", ["redis", "", "mail"], "mail"],
])("supplementary groups: %s", (_, SupplementaryGroups, groups) => {
  const variables = variablesOf({ directives: { Service: { SupplementaryGroups } } });
  expect(variables.PUMA_SUPPLEMENTARY_GROUPS).toBe(groups);
});

test("a page is asked of the bind that was named, or of the first that answers without a certificate", () => {
  const binds = [MUTUAL, Bind.tcp(1), Bind.unix("/run/x")];
  const asked = (healthCheck: HealthCheck) => variablesOf({ healthCheck }, { binds }).PUMA_HEALTH_BIND;
  expect(asked(HealthCheck.http("/"))).toBe("http 0.0.0.0 1");
  expect(asked(HealthCheck.http("/", { bind: Bind.unix("/run/x") }))).toBe("unix /run/x");
  expect(variablesOf({}, { binds: [MUTUAL] }).PUMA_HEALTH_BIND).toBe("");
});

test("a health check reaches the host as itself", () => {
  const tries = { interval: Duration.milliseconds(250), timeout: Duration.milliseconds(7300), retries: 3 };
  const header = { "X-A": "it's me", "X-B": "b" };
  const page = HealthCheck.http("/up?a=1", { ...tries, status: 204, host: "blog.example.org", header });
  expect(variablesOf({ healthCheck: page })).toMatchObject({
    PUMA_HEALTH_KIND: "http",
    PUMA_HEALTH_PATH: "/up?a=1",
    PUMA_HEALTH_STATUS: "204",
    PUMA_HEALTH_HOST: "blog.example.org",
    PUMA_HEALTH_HEADERS: "X-A: it's me\nX-B: b",
    PUMA_HEALTH_INTERVAL: "0.25",
    PUMA_HEALTH_TIMEOUT: "7.3",
    PUMA_HEALTH_RETRIES: "3",
  });
  expect(variablesOf({ healthCheck: HealthCheck.command(["bin/check", "it's", "$HOME"]) })).toMatchObject({
    PUMA_HEALTH_KIND: "command",
    PUMA_HEALTH_COMMAND: `'bin/check' 'it'\\''s' '$HOME'`,
  });
});

test("what a removal is told is neutral", () => {
  expect(shellVariables(REMOVAL)).toEqual({
    PUMA_SOCKETS: "",
    PUMA_UNITS: "",
    PUMA_GROUP: "",
    PUMA_SUPPLEMENTARY_GROUPS: "",
    PUMA_ALARM: "",
    PUMA_BINDS: "",
    PUMA_LEFT_TO_PUMA: expect.stringMatching(/^Type\|/),
  });
});
