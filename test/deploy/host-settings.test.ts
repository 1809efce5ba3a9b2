import { Bind } from "../../lib/puma/bind";
import { type DeploySettings } from "../../lib/deploy/deploy-props";
import { type ServiceBinds } from "../../lib/puma/exec-start";
import { PumaCommand } from "../../lib/puma/command";
import { scriptVariables } from "../../lib/deploy/host-settings";
import { Duration } from "../../lib/values/duration";

const variablesOf = (changes: Partial<DeploySettings>, sockets: ServiceBinds = { binds: [] }) =>
  scriptVariables("PumaService 'web'", "web", { workingDirectory: "/srv/blog", ...changes }, sockets);

test("a service that says nothing", () => {
  expect(variablesOf({})).toMatchObject({
    service: "web",
    units: "web.service",
    socket: "",
    enabled_units: "web.service",
    start_on: "boot",
    user: "",
    group: "",
    directory: "/srv/blog",
    executable: "/srv/blog/sbin/puma",
    version_command: "/srv/blog/sbin/puma --version",
    puma_version: "",
    notifies: "false",
    start_timeout: "90",
    release: "",
    binds: "",
    readable_files: "",
    environment_files: "",
    take_over: "false",
  });
});

test("each prop reaches the script as itself", () => {
  const key = { key: "k.pem", cert: "/c.pem" };
  const binds = [
    Bind.tcp(1),
    Bind.ssl(2, { ...key, address: "::1" }),
    Bind.ssl(3, { ...key, ca: "ca.pem", verifyMode: "force_peer" }),
    Bind.unix("/run/x"),
  ];
  const settings: DeploySettings = {
    workingDirectory: "/srv/shop",
    user: "uuu",
    group: "ggg",
    command: PumaCommand.bundler({ bundle: "/opt/bundle", bundlerVersion: "2.1" }),
    pumaVersion: "6.6",
    startTimeout: Duration.milliseconds(1500),
    release: "r1",
    takeOver: true,
    configFile: "c.rb",
    environmentFiles: ["/etc/must", "-/etc/may", "/etc/also"],
  };
  expect(variablesOf(settings, { binds, socket: "http" })).toMatchObject({
    units: "http.socket web.service",
    socket: "http.socket",
    enabled_units: "http.socket web.service",
    user: "uuu",
    group: "ggg",
    directory: "/srv/shop",
    executable: "/opt/bundle",
    version_command: "/opt/bundle exec --keep-file-descriptors puma --version",
    puma_version: "6.6",
    notifies: "true",
    start_timeout: "2",
    release: "r1",
    take_over: "true",
    binds: "http 0.0.0.0 1\nhttps ::1 2\nheld 0.0.0.0 3\nunix /run/x",
    readable_files: [
      "configFile /srv/shop/c.rb",
      "binds /srv/shop/k.pem\nbinds /c.pem",
      "binds /srv/shop/k.pem\nbinds /c.pem\nbinds /srv/shop/ca.pem",
    ].join("\n"),
    environment_files: "/etc/must\n/etc/also",
  });
});

test("with the first connection, only the socket is enabled", () => {
  const variables = variablesOf({ startOn: "firstConnection" }, { binds: [Bind.tcp(1)], socket: "web" });
  expect(variables).toMatchObject({
    start_on: "firstConnection",
    units: "web.socket web.service",
    enabled_units: "web.socket",
  });
});

test("a command with more than plain words is not asked for its version", () => {
  expect(variablesOf({ command: PumaCommand.executable("/opt/my puma") })).toMatchObject({
    executable: "/opt/my puma",
    version_command: "",
  });
});
