import { TerraformVariable, type TerraformStack } from "cdktf";
import { Bind, HealthCheck, type HostOptions, type PumaServiceProps, PumaSocket, SshKey } from "../lib";
import { errorOf, newHost, newService, newStack, synth, type Synthesized } from "./stack";

const KNOWN = "must be known at synth, got a Terraform token";

/** A number of the engine's as a template literal writes it, which looks like any other number. */
function number(stack: TerraformStack, name = "n"): number {
  return new TerraformVariable(stack, name, { type: "number" }).numberValue;
}

function synthesized(changes: (n: number, stack: TerraformStack) => Partial<PumaServiceProps>): Synthesized {
  const stack = newStack();
  newService(stack, changes(number(stack), stack));
  return synth(stack);
}

const linesOf = (changes: Parameters<typeof synthesized>[0]): string[] =>
  synthesized(changes).locals.puma_web_units["web.service"];

afterEach(() => jest.restoreAllMocks());

describe("a number of the engine's in a text", () => {
  const inner = 'trimsuffix(trimprefix(jsonencode(tostring(var.n)), "\\""), "\\"")';
  const quoted = `\${replace(${inner}, "%", "%%")}`;

  test.each<[string, (n: number) => string, string]>([
    ["alone", (n) => `${n}`, quoted],
    ["behind a dash, which cdktf would take for its sign", (n) => `v-${n}`, `v-${quoted}`],
    ["behind a digit", (n) => `1${n}`, `1${quoted}`],
    ["before digits", (n) => `${n}00`, `${quoted}00`],
    ["twice", (n) => `${n}.${n}`, `${quoted}.${quoted}`],
    ["behind what looks like one", (n) => `-1.5e+300${n}`, `-1.5e+300${quoted}`],
  ])("in an environment variable, %s", (_, text, value) => {
    expect(linesOf((n) => ({ environment: { A: text(n) } }))).toContain(`Environment="A=${value}"`);
  });

  test("in an argument", () => {
    const line = linesOf((n) => ({ args: ["--tag", `v-${n}`] })).find((text) =>
      text.startsWith("ExecStart="),
    );
    expect(line).toMatch(/ --tag "v-\$\{replace\(replace\(.*jsonencode\(tostring\(var\.n\)\).*"\$\$"\)\}"$/);
  });

  test("has its condition at plan", () => {
    const json = synthesized((n) => ({ environment: { A: `v-${n}` } }));
    const [condition] = json.resource.terraform_data.puma_web.lifecycle.precondition as Synthesized[];
    expect(condition?.condition).toContain("tostring(var.n)");
    expect(condition?.error_message).toContain("'environment.A': must hold no NUL");
  });

  test("in a release", () => {
    const json = synthesized((n) => ({ release: `v-${n}` }));
    expect(json.locals).toMatchObject({
      puma_web_release: "v-${var.n}",
      puma_web_triggers: expect.stringContaining("{ release = local.puma_web_release })}") as unknown,
    });
    expect(json.locals.puma_web_settings).toMatch(/\nPUMA_RELEASE='v-\$\{replace\(var\.n, .*\)\}'\n/);
  });

  test("in what a host is reached by", () => {
    // cdktf warns of a text with a token in a function within a function, though what it writes is right.
    jest.spyOn(console, "warn").mockImplementation();
    const json = synthesized((n) => {
      const login = { address: `web-${n}.example.org`, user: `u-${n}` };
      const more = { certificate: `c-${n}`, scriptPath: `/x-${n}`, key: SshKey.file(`k-${n}`) };
      const bastion = { ...login, hostKey: `ecdsa-${n}` };
      return { hosts: [newHost("web1", { ...login, ...more, hostKey: `ecdsa-${n}`, bastion })] };
    });
    const resource = json.resource.null_resource.puma_web_on_web1;
    expect(resource.triggers).toContain('"address" = "web-${var.n}.example.org (known to the engine)"}');
    expect(resource.provisioner[0]["remote-exec"].inline[0]).toContain("'web-${replace(var.n, ");
    expect(resource.provisioner[0]["remote-exec"].connection).toMatchObject({
      host: "web-${var.n}.example.org",
      user: "u-${var.n}",
      private_key: '${file(pathexpand("k-${var.n}"))}',
      certificate: "c-${var.n}",
      script_path: "/x-${var.n}",
      host_key: "ecdsa-${var.n}",
      bastion_host: "web-${var.n}.example.org",
      bastion_user: "u-${var.n}",
      bastion_host_key: "ecdsa-${var.n}",
    });
    expect(json.locals.puma_unordered_removals_hosts["web@web1"]).toMatchObject({
      address: "web-${var.n}.example.org",
      key_file: "k-${var.n}",
    });
  });

  test.each<[string, (text: string) => Partial<PumaServiceProps>]>([
    ["name", (name) => ({ name })],
    ["user", (user) => ({ user })],
    ["group", (group) => ({ group })],
    ["workingDirectory", (text) => ({ workingDirectory: `/srv/${text}` })],
    ["configFile", (configFile) => ({ configFile })],
    ["rackEnv", (rackEnv) => ({ rackEnv })],
    ["pumaVersion", (pumaVersion) => ({ pumaVersion })],
    ["environmentFiles[0]", (text) => ({ environmentFiles: [`/${text}`] })],
    ["directives.Service.Slice", (Slice) => ({ directives: { Service: { Slice } } })],
  ])("is refused as '%s'", (prop, changes) => {
    expect(errorOf(() => synthesized((n) => changes(`v-${n}`)))).toContain(
      `PumaService 'web' '${prop}': ${KNOWN}`,
    );
  });

  test.each<[string, (text: string) => unknown]>([
    ["Bind.tcp 'address'", (address) => Bind.tcp(1, { address })],
    ["Bind.unix 'path'", (text) => Bind.unix(`/run/${text}`)],
    ["Bind.ssl 'key'", (key) => Bind.ssl(1, { key, cert: "c" })],
    ["HealthCheck.http 'header.X'", (X) => HealthCheck.http("/", { header: { X } })],
    ["HealthCheck.command 'command[0]'", (token) => HealthCheck.command([token])],
  ])("is refused as %s", (prop, make) => {
    expect(errorOf(() => make(`v-${number(newStack())}`))).toContain(`${prop}: ${KNOWN}`);
  });
});

describe("a list of the engine's", () => {
  const element = () => new TerraformVariable(newStack(), "l", {}).listValue[0] as string;

  test.each<[string, () => unknown]>([
    ["PumaService 'web' 'user'", () => newService(newStack(), { user: element() })],
    ["PumaService 'web' 'configFile'", () => newService(newStack(), { configFile: `a${element()}` })],
    ["Bind.tcp 'address'", () => Bind.tcp(1, { address: element() })],
    [
      "PumaSocket 's' 'name'",
      () => new PumaSocket(newStack(), "s", { name: element(), binds: [Bind.tcp(1)] }),
    ],
  ])("is refused as %s", (prop, make) => {
    expect(errorOf(make)).toContain(`${prop}: ${KNOWN}`);
  });

  test.each<[string, () => unknown]>([
    ["Host 'web1' 'address'", () => newHost("web1", { address: element() })],
    [
      "PumaService 'web' 'environment.A'",
      () => newService(newStack(), { environment: { A: `a${element()}` } }),
    ],
    ["PumaService 'web' 'release'", () => newService(newStack(), { release: element() })],
  ])("is refused as %s, where a text of the engine's would do", (prop, make) => {
    expect(errorOf(make)).toContain(`${prop}: must be a string, got a Terraform list`);
  });
});

describe("who becomes root, and how, may be the engine's to know", () => {
  function placed(options: (variable: TerraformVariable) => Partial<HostOptions>): [string, unknown] {
    const stack = newStack();
    newService(stack, { hosts: [newHost("web1", options(new TerraformVariable(stack, "v", {})))] });
    const { resource, locals } = synth(stack);
    const [first] = resource.null_resource.puma_web_on_web1.provisioner[0]["remote-exec"].inline;
    return [first, locals.puma_removals_hosts["web@web1@web1.example.org"].sudo];
  }

  test("by sudo", () => {
    const [install, removal] = placed((variable) => ({ user: "ops", sudo: variable.booleanValue }));
    expect(install).toContain(`'web1.example.org' \${var.v ? "sudo" : "root"} '`);
    expect(removal).toBe("${var.v}");
  });

  test("by the user", () => {
    const [install, removal] = placed((variable) => ({ user: variable.stringValue }));
    expect(install).toContain(`'web1.example.org' \${(var.v != "root") ? "sudo" : "root"} '`);
    expect(removal).toBe('${(var.v != "root")}');
  });

  test("by both, where sudo has the word", () => {
    const [install, removal] = placed((variable) => ({ user: variable.stringValue, sudo: false }));
    expect(install).toContain(`'web1.example.org' root '`);
    expect(removal).toBe(false);
  });
});
