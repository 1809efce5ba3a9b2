import { TerraformVariable, type TerraformStack } from "cdktf";
import { Bind, Duration, type Host, PumaSocket, type PumaServiceProps, Restart } from "../lib";
import { errorOf, newHost, newService, newStack, synth } from "./stack";

/** What is said when a service with these changes is made and synthesized. */
function refusal(
  changes: Partial<PumaServiceProps> | ((stack: TerraformStack) => Partial<PumaServiceProps>),
): string {
  const stack = newStack();
  return errorOf(() => {
    newService(stack, typeof changes === "function" ? changes(stack) : changes);
    synth(stack);
  });
}

const TCP = Bind.tcp(9292);
const KNOWN =
  "must be known at synth, got a Terraform token; tokens are welcome in hosts and in the values of 'environment' and 'args'";
const heldSocket = (stack: TerraformStack) => new PumaSocket(stack, "socket", { binds: [TCP] });

describe("refused, with prop, limit and value", () => {
  test.each<[string, Parameters<typeof refusal>[0], string]>([
    [
      "no host",
      { hosts: [] },
      "'hosts': must name at least one host, unless cloudConfig() brings the service to machines, got []",
    ],
    [
      "a host twice",
      { hosts: [newHost("a"), newHost("b"), newHost("a")] },
      `'hosts': must name each host once, got "a"`,
    ],
    [
      "what is no host",
      { hosts: ["a"] as unknown as Host[] },
      `'hosts[0]': must be of the class Host, got "a"`,
    ],
    ["no bind", { binds: [] }, "'binds': must hold at least one bind, got []"],
    [
      "no address at all",
      { binds: undefined },
      "'binds': must be given where there is neither a 'socket' nor a 'configFile', got undefined",
    ],
    [
      "one bind twice",
      { binds: [TCP, Bind.tcp(9292)] },
      `'binds[1]': must not repeat or overlap 0.0.0.0:9292, got "0.0.0.0:9292"`,
    ],
    [
      "overlapping binds",
      { binds: [TCP, Bind.tcp(9292, { address: "10.0.0.1" })] },
      `'binds[1]': must not repeat or overlap 0.0.0.0:9292, got "10.0.0.1:9292"`,
    ],
    [
      "socket beside binds",
      (stack) => ({ socket: heldSocket(stack), binds: [TCP] }),
      `'binds': must not stand beside 'socket', which has binds of its own, got ["0.0.0.0:9292"]`,
    ],
    [
      "first connection without socket",
      { startOn: "firstConnection" },
      `'startOn': must be "boot" without a 'socket', got "firstConnection"`,
    ],
    [
      "startOn",
      { startOn: "never" as "boot" },
      `'startOn': must be one of boot, firstConnection, got "never"`,
    ],
    ["a slash in the name", { name: "a/b" }, `'name': must not contain a slash, got "a/b"`],
    [
      "a suffix in the name",
      { name: "web.service" },
      `'name': must be without the suffix '.service', got "web.service"`,
    ],
    [
      "a template",
      { name: "web@1" },
      `'name': must not contain '@': templates and instances are not supported, got "web@1"`,
    ],
    ["no name", { name: "" }, `'name': must not be empty, got ""`],
    [
      "relative workingDirectory",
      { workingDirectory: "blog" },
      `'workingDirectory': must be an absolute path, got "blog"`,
    ],
    [
      "relative environment file",
      { environmentFiles: ["env"] },
      `'environmentFiles[0]': must be an absolute path, got "env"`,
    ],
    ["NUL", { environment: { A: "\0" } }, `'environment.A': must not contain NUL, got "A=\\u0000"`],
    [
      "RACK_ENV given twice",
      { rackEnv: "qa", environment: { RACK_ENV: "qa" } },
      `'rackEnv': must not be combined with 'environment.RACK_ENV', got "qa"`,
    ],
    [
      "pumaVersion",
      { pumaVersion: "latest" },
      `'pumaVersion': must be a version such as "6.6", got "latest"`,
    ],
    [
      "watchdog",
      { watchdog: Duration.seconds(5), pumaVersion: "5.6" },
      `'watchdog': must go with a 'pumaVersion' of 6.1 or newer, or 'notify', got "5.6"`,
    ],
    [
      "a line break",
      { directives: { Service: { Slice: "a\nUser=root" } } },
      `'directives.Service.Slice': must not contain a line break, got "a\\nUser=root"`,
    ],
    [
      "a misspelt directive",
      { directives: { Service: { Restrat: "no" } } },
      `'directives.Service.Restrat': must be a directive that systemd knows in [Service], got "Restrat"`,
    ],
    [
      "another section's",
      { directives: { Service: { After: "x" } } },
      `'directives.Service.After': must be a directive that systemd knows in [Service], got "After"; it belongs to [Unit]`,
    ],
    [
      "a promise",
      { directives: { Service: { Type: "exec" } } },
      "'directives.Service.Type': carries a promise of this library; use 'pumaVersion' or 'notify'",
    ],
    [
      "a list token",
      (stack) => ({ args: new TerraformVariable(stack, "v", {}).listValue }),
      "'args[0]': must be a string, got a Terraform list; take its elements with Fn.element, or Fn.join them",
    ],
  ])("%s", (_, changes, message) => {
    expect(refusal(changes)).toContain(`PumaService 'web' ${message}`);
  });

  test.each<[string, (token: string, stack: TerraformStack) => Partial<PumaServiceProps>]>([
    ["name", (name) => ({ name })],
    ["workingDirectory", (workingDirectory) => ({ workingDirectory })],
    ["user", (user) => ({ user })],
    ["group", (group) => ({ group })],
    ["configFile", (configFile) => ({ configFile })],
    ["rackEnv", (rackEnv) => ({ rackEnv })],
    ["pumaVersion", (pumaVersion) => ({ pumaVersion })],
    ["environmentFiles[0]", (file) => ({ environmentFiles: [file] })],
    ["directives.Service.Slice", (Slice) => ({ directives: { Service: { Slice } } })],
  ])("a token as '%s'", (prop, changes) => {
    const message = refusal((stack) => changes(new TerraformVariable(stack, "v", {}).stringValue, stack));
    expect(message).toBe(`PumaService 'web' '${prop}': ${KNOWN}`);
  });

  test("a token as a number", () => {
    const { numberValue } = new TerraformVariable(newStack(), "v", {});
    expect(refusal({ workers: numberValue })).toBe(`PumaService 'web' 'workers': ${KNOWN}`);
    expect(refusal({ threads: { min: 0, max: numberValue } })).toBe(
      `PumaService 'web' 'threads.max': ${KNOWN}`,
    );
    expect(errorOf(() => Bind.tcp(numberValue))).toBe(`Bind.tcp 'port': ${KNOWN}`);
  });
});

test("a host's systemd has to know each directive", () => {
  const hosts = [newHost("new", { systemdVersion: 257 }), newHost("old", { systemdVersion: 252 })];
  expect(refusal({ hosts, directives: { Service: { RestartMode: "normal" } } })).toBe(
    "Host 'old' 'systemdVersion': must be newer than 252 for RestartMode=, got 252",
  );
});

test("warnings: no user, a host without key, a host with a key of another kind", () => {
  const warnings = (changes: Partial<PumaServiceProps>): string[] =>
    newService(newStack(), changes)
      .node.metadata.filter(({ type }) => type === "@cdktf/warn")
      .map(({ data }) => data as string);
  const pinned = newHost("pinned", { hostKey: "ecdsa-sha2-nistp256 AAAA" });
  const other = newHost("other", { hostKey: "ssh-ed25519 AAAA" });
  expect(warnings({ hosts: [pinned] })).toEqual([]);
  expect(warnings({ hosts: [pinned, newHost("bare"), other], user: undefined })).toEqual([
    "PumaService 'web' 'user': is missing, so Puma runs as root; name a user without privileges",
    expect.stringContaining("Host 'bare' 'hostKey': is missing"),
    expect.stringContaining("Host 'bare' 'key': is an agent's, which the engine forwards"),
    expect.stringContaining("Host 'other' 'hostKey': is of the kind ssh-ed25519"),
  ]);
});

test.each<[string, Partial<PumaServiceProps>, boolean]>([
  ["before Puma 7", { pumaVersion: "6.6" }, false],
  ["from Puma 7 on", { pumaVersion: "7.0" }, true],
  ["with several workers", { pumaVersion: "8.0", workers: 2 }, true],
  ["with one worker", { pumaVersion: "8.0", workers: 1 }, false],
  ["by WEB_CONCURRENCY", { pumaVersion: "5.6", environment: { WEB_CONCURRENCY: "4" } }, true],
  [
    "by as many workers as processors",
    { pumaVersion: "6.6", environment: { WEB_CONCURRENCY: "auto" } },
    true,
  ],
  [
    "by workers that a file tells",
    { pumaVersion: "8.0", configFile: false, environmentFiles: ["/etc/web.env"] },
    true,
  ],
  ["with a file that may say it", { pumaVersion: "8.0", configFile: "config/puma.rb" }, false],
  ["with pruned gems", { pumaVersion: "8.0", args: ["--prune-bundler"] }, false],
  ["in another mode", { pumaVersion: "8.0", restart: Restart.hot() }, false],
])("phased restarts: a warning that Puma preloads, %s", (_, changes, warns) => {
  const { metadata } = newService(newStack(), { restart: Restart.phased(), ...changes }).node;
  const warnings = metadata.filter(({ data }) => String(data).includes("preload_app! false"));
  expect(warnings.map(({ data }) => String(data).split(":")[0])).toEqual(
    warns ? ["PumaService 'web' 'restart'"] : [],
  );
});

test("a warning of a 'startTimeout' that Puma itself does not give its workers", () => {
  const props = { workers: 2, configFile: false as const, startTimeout: Duration.minutes(2) };
  const { metadata } = newService(newStack(), props).node;
  expect(metadata.map(({ data }) => String(data))).toContainEqual(
    expect.stringMatching(/^PumaService 'web' 'startTimeout': is 2min, but Puma ends a worker/),
  );
});

test("the unit is named after the construct, unless it has a name", () => {
  expect(Object.keys(newService(newStack()).unitFiles)).toEqual(["web.service"]);
  expect(Object.keys(newService(newStack(), { name: "blog" }).unitFiles)).toEqual(["blog.service"]);
});

test("what it says of itself is a copy", () => {
  const service = newService(newStack());
  const before = service.unitFiles["web.service"];
  service.unitFiles["web.service"] = "";
  expect(service.unitFiles["web.service"]).toBe(before);
  service.resources.pop();
  expect(service.resources).toHaveLength(1);
});
