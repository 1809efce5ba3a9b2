import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { TerraformElement, TerraformVariable } from "cdktf";
import { Connection, Duration, HostKey, type HostOptions, SshKey } from "../../lib";
import { cdktn, fieldsIn, newHost, newService, newStack, synth, type Synthesized } from "../stack";

const connection = Connection.openssh();

function made(options: Partial<HostOptions> | ((stack: Stack) => Partial<HostOptions>)): Synthesized {
  const stack = newStack();
  const given = typeof options === "function" ? options(stack) : options;
  newService(stack, { hosts: [newHost("a", { key: undefined, connection, ...given })] });
  return synth(stack);
}
type Stack = ReturnType<typeof newStack>;

const keptOf = (json: Synthesized, key = "web@a@a.example.org"): Synthesized =>
  fieldsIn(json.locals.puma_openssh_removals_hosts[key]);

const installation = (json: Synthesized) => json.resource.null_resource.puma_web_on_a as Synthesized;
const runOf = (resource: Synthesized) => resource.provisioner[0]["local-exec"] as Synthesized;
const variablesOf = (json: Synthesized) => runOf(installation(json)).environment as Record<string, string>;

const BASTION = { address: "jump", port: 23, user: "me", key: SshKey.file("~/b"), certificate: "DDD" };
const FULL: Partial<HostOptions> = {
  port: 2222,
  user: "ops",
  key: SshKey.file('~/a"${x}'),
  certificate: "CCC",
  hostKey: "ssh-ed25519 HHH",
  timeout: Duration.seconds(33),
  bastion: { ...BASTION, hostKey: "ssh-ed25519 BBB" },
  connection: Connection.openssh({
    configFile: "~/ssh_config",
    options: { Ciphers: "x", ProxyUseFdpass: "${no}" },
  }),
};

test("a token's value of several lines is no second option", () => {
  const json = made((stack) => {
    const { stringValue } = new TerraformVariable(stack, "proxy", { type: "string" });
    return {
      connection: Connection.openssh({ options: { ProxyCommand: `x ${stringValue}`, Ciphers: "y" } }),
    };
  });
  const options = 'ProxyCommand=x ${replace(var.proxy, "\\n", " ")}\nCiphers=y';
  expect(variablesOf(json)).toMatchObject({ CDKTF_PUMA_OPTIONS: options });
  expect(json.locals.puma_openssh_removals_hosts["web@a@a.example.org"]).toMatchObject({
    ssh_options: options,
  });
});

test("the script is in the environment, what reaches the host in the interpreter, and two names in the command", () => {
  const json = made({ hostKey: "ssh-ed25519 HHH" });
  const { interpreter, command, quiet, environment } = runOf(installation(json));
  expect([interpreter, command, quiet]).toEqual([
    ["/bin/sh", "-c", "${base64decode(var.puma_transport)}"],
    "web on a",
    true,
  ]);
  expect(environment).toMatchObject({
    CDKTF_PUMA_SCRIPT: `set -eu -- 'a' 'a.example.org' auto '\${local.puma_services["a"]}' 0 stdin`,
    CDKTF_PUMA_PACKED: "${local.puma_web_packed}",
    CDKTF_PUMA_REACH: "openssh",
    CDKTF_PUMA_TIMEOUT: "300000ms",
    CDKTF_PUMA_HOST_KEY: "ssh-ed25519 HHH",
    CDKTF_PUMA_USER: "",
    CDKTF_PUMA_FRESH: "",
  });
  expect(json.locals.puma_web_packed).toBe("${base64gzip(local.puma_web_apply)}");
});

test("each field of a host reaches it, and what keeps it a removal", () => {
  const json = made(FULL);
  expect(variablesOf(json)).toMatchObject({
    CDKTF_PUMA_PORT: "2222",
    CDKTF_PUMA_USER: "ops",
    CDKTF_PUMA_KEY_FILE: '${pathexpand("~/a\\"$${x}")}',
    CDKTF_PUMA_KEY: "",
    CDKTF_PUMA_CERTIFICATE: "CCC",
    CDKTF_PUMA_TIMEOUT: "33000ms",
    CDKTF_PUMA_CONFIG: '${pathexpand("~/ssh_config")}',
    CDKTF_PUMA_OPTIONS: "Ciphers=x\nProxyUseFdpass=$${no}",
    CDKTF_PUMA_BASTION_ADDRESS: "jump",
    CDKTF_PUMA_BASTION_PORT: "23",
    CDKTF_PUMA_BASTION_USER: "me",
    CDKTF_PUMA_BASTION_KEY_FILE: '${pathexpand("~/b")}',
    CDKTF_PUMA_BASTION_CERTIFICATE: "DDD",
    CDKTF_PUMA_BASTION_HOST_KEY: "ssh-ed25519 BBB",
  });
  expect(json.locals.puma_removals_hosts).toEqual({});
  expect(keptOf(json)).toMatchObject({
    port: 2222,
    user: "ops",
    sudo: true,
    ssh_config: "~/ssh_config",
    bastion_user: "me",
    bastion_key_file: "~/b",
  });
});

test("an authority is told from a key, of the host and of its bastion, to a removal too", () => {
  const hostKey = HostKey.authority("ssh-ed25519 CA");
  const json = made({ hostKey, bastion: { address: "jump", hostKey } });
  expect(variablesOf(json)).toMatchObject({
    CDKTF_PUMA_HOST_KEY: "ssh-ed25519 CA",
    CDKTF_PUMA_HOST_AUTHORITY: "true",
    CDKTF_PUMA_BASTION_HOST_AUTHORITY: "true",
  });
  expect(keptOf(json)).toMatchObject({
    host_authority: "true",
    bastion_host_authority: "true",
  });
  expect(variablesOf(made(FULL))).toMatchObject({ CDKTF_PUMA_HOST_AUTHORITY: "" });
});

test("another connection is in no trigger, and keeps the same for a removal", () => {
  const options = { user: "ops", key: SshKey.file("~/.ssh/id"), hostKey: "ecdsa-sha2-nistp256 HHH" };
  const [ssh, engine] = [made(options), made({ ...options, connection: undefined })];
  expect(installation(ssh).triggers).toEqual(installation(engine).triggers);
  expect(ssh.locals.puma_openssh_removals_hosts).toEqual(engine.locals.puma_removals_hosts);
  expect(engine.locals).not.toHaveProperty("puma_transport");
  expect(engine.locals).not.toHaveProperty("puma_web_packed");
});

test("a host that is reached anew is no host that left: what removes it moves, in either direction", () => {
  const [one, other] = [
    'terraform_data.puma_removals["web@a@a.example.org"]',
    'terraform_data.puma_openssh_removals["web@a@a.example.org"]',
  ];
  expect(made({}).moved).toEqual([{ from: one, to: other }]);
  expect(made({ connection: undefined, key: SshKey.agent() }).moved).toEqual([{ from: other, to: one }]);
  const unordered = made((stack) => ({ address: new NullResource(stack, "machine").id })).moved;
  expect(unordered).toEqual([
    {
      from: 'terraform_data.puma_unordered_removals["web@a"]',
      to: 'terraform_data.puma_unordered_openssh_removals["web@a"]',
    },
  ]);
});

test("moves of the stack's author stay", () => {
  const stack = newStack();
  newService(stack);
  class Own extends TerraformElement {
    override toTerraform(): object {
      return { moved: [{ from: "null_resource.a", to: "null_resource.b" }] };
    }
  }
  new Own(stack, "own");
  expect(synth(stack).moved).toHaveLength(2);
});

test("a sensitive key is held by an agent, and hides no output", () => {
  const json = made((stack) => {
    const secret = new TerraformVariable(stack, "ssh_key", { sensitive: true }).stringValue;
    return { key: SshKey.sensitive(secret, { teardown: SshKey.file("~/t") }), bastion: { address: "jump" } };
  });
  const { interpreter, environment } = runOf(installation(json));
  expect(interpreter.slice(0, 3)).toEqual(["ssh-agent", "/bin/sh", "-c"]);
  const key = "${try(nonsensitive(var.ssh_key), var.ssh_key)}";
  expect(environment).toMatchObject({ CDKTF_PUMA_KEY: key, CDKTF_PUMA_BASTION_KEY: key });
  expect(keptOf(json)).toMatchObject({ key_file: "~/t" });
  expect(JSON.stringify([json.locals, json.resource.terraform_data])).not.toContain("ssh_key}");
});

test("an address that only the engine knows may be a machine that was just made", () => {
  const json = made((stack) => ({ address: new NullResource(stack, "machine").id, port: 5 }));
  expect(variablesOf(json)).toMatchObject({
    CDKTF_PUMA_ADDRESS: "${null_resource.machine.id}",
    CDKTF_PUMA_FRESH: "true",
    CDKTF_PUMA_PORT: "5",
  });
});

test("without ssh, a host has an address all the same", () => {
  const json = made({ address: undefined, connection: Connection.local() });
  expect(variablesOf(json)).toMatchObject({ CDKTF_PUMA_REACH: "local", CDKTF_PUMA_ADDRESS: "local" });
  const kept = { service: "web", name: "a", address: "local", agent: false, connection: "local" };
  expect(keptOf(json, "web@a@local")).toEqual(kept);
});

test("a removal refers to nothing but itself", () => {
  const { resource } = made(FULL);
  for (const id of ["puma_openssh_removals", "puma_unordered_openssh_removals"]) {
    const run = runOf(resource.terraform_data[id]);
    expect([run.when, run.on_failure, run.quiet]).toEqual(["destroy", "fail", true]);
    expect(
      JSON.stringify(run).match(/\b(local|var|each|count|data|null_resource|terraform_data)\.\w/g),
    ).toBeNull();
    expect(run.environment).toMatchObject({
      CDKTF_PUMA_REACH: '${try(self.output.connection, "openssh")}',
      CDKTF_PUMA_PORT: '${try(self.output.port, "")}',
      CDKTF_PUMA_KEY_FILE: '${try(pathexpand(self.output.key_file), "")}',
      CDKTF_PUMA_KEY: "",
    });
    expect(Object.keys(run.environment).sort()).toEqual(Object.keys(variablesOf(made(FULL))).sort());
  }
});

test("the fork's stacks have the same", () => {
  const stack = newStack("blog", cdktn);
  newService(stack, { hosts: [newHost("a", { key: undefined, connection })] });
  const json = synth(stack, cdktn);
  expect(runOf(installation(json)).command).toBe("web on a");
  expect(json.moved).toHaveLength(1);
});

describe("identity", () => {
  const triggers = (options: Partial<HostOptions> | ((stack: Stack) => Partial<HostOptions>)): string =>
    installation(made(options)).triggers as string;

  test("of another machine behind the same address is in the triggers, and in nothing else", () => {
    expect(triggers({ identity: 'i-"1' })).toBe(
      '${merge({ host = "a", address = "a.example.org", identity = "i-\\"1" }, local.puma_web_triggers)}',
    );
    const [one, other] = ["i-1", "i-2"].map((identity) => made({ identity }));
    expect(one?.locals).toEqual(other?.locals);
    expect(one?.resource.terraform_data).toEqual(other?.resource.terraform_data);
  });

  test("that is a resource's leaves the order of removals as it is", () => {
    const json = made((stack) => ({ identity: new NullResource(stack, "machine").id }));
    expect(installation(json).triggers).toContain('"identity" = null_resource.machine.id}');
    expect(Object.keys(json.locals.puma_openssh_removals_hosts)).toEqual(["web@a@a.example.org"]);
  });

  test("that is not said changes nothing", () => {
    expect(triggers({})).toBe('${merge({ host = "a", address = "a.example.org" }, local.puma_web_triggers)}');
  });
});

test("a removal asks for nothing that no host keeps", () => {
  const hostKey = HostKey.authority("ssh-ed25519 CA");
  const full = made({ ...FULL, hostKey, bastion: { ...BASTION, hostKey } });
  const local = made({ address: undefined, connection: Connection.local() });
  const kept = JSON.stringify(
    [full, local].map(({ locals }) => locals.puma_openssh_removals_hosts as unknown),
  );
  const { environment } = runOf(full.resource.terraform_data.puma_openssh_removals as Synthesized);
  const asked = JSON.stringify(environment).matchAll(/self\.output\.(\w+)/g);
  const isKept = (name: string): boolean => kept.includes(` ${name} = `);
  const names = new Set([...asked].map(([, name = ""]) => name));
  // The owner is the same for all; the others are kept where they are no default.
  const others = ["lock_timeout", "owner", "retain", "scope"];
  expect([...names].filter((name) => !isKept(name)).sort()).toEqual(others);
});
