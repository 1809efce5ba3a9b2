import * as cdktf from "cdktf";
import { DataTerraformRemoteStateLocal, type TerraformStack, TerraformVariable } from "cdktf";
import { Resource } from "@cdktf/provider-null/lib/resource";
import { Construct } from "constructs";
import { Bind, Duration, HostKey, PumaSocket, SshKey } from "../../lib";
import { cdktn, fieldsIn, newHost, newService, newStack, synth, type Synthesized } from "../stack";

const installations = (json: Synthesized) => json.resource.null_resource as Record<string, Synthesized>;
const connectionOf = (resource: Synthesized) =>
  resource.provisioner[0]["remote-exec"].connection as Synthesized;

const HOST = {
  address: "10.7.7.7",
  port: 2222,
  user: "ops-user",
  key: SshKey.file("~/.ssh/fleet"),
  certificate: "ssh-cert-text",
  hostKey: "ecdsa-sha2-nistp256 HOST",
  timeout: Duration.seconds(33),
  scriptPath: "/root/run-%RAND%.sh",
};

test("one null_resource and one remote-exec for each host, with triggers that say what makes it change", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] });
  newService(stack, { hosts: [newHost("a", HOST), newHost("b")], socket, release: "r7" });
  const resources = installations(synth(stack));
  expect(Object.keys(resources)).toEqual(["puma_web_on_a", "puma_web_on_b"]);
  expect(resources.puma_web_on_a.triggers).toBe(
    '${merge({ host = "a", address = "10.7.7.7" }, local.puma_web_triggers)}',
  );
  for (const { provisioner } of Object.values(resources)) {
    expect(provisioner).toHaveLength(1);
    expect(Object.keys(provisioner[0])).toEqual(["remote-exec"]);
  }
});

test("a service of a user's own systemd becomes root at no step, and is another one as another user logs in", () => {
  const stack = newStack();
  newService(stack, { scope: "user", user: undefined, hosts: [newHost("a", HOST)] });
  const json = synth(stack);
  const { triggers, provisioner } = installations(json).puma_web_on_a;
  expect(triggers).toBe(
    '${merge({ host = "a", address = "10.7.7.7", user = "ops-user" }, local.puma_web_triggers)}',
  );
  expect(provisioner[0]["remote-exec"].inline[0]).toContain("set -eu -- 'a' '10.7.7.7' user ");
  expect(json.locals.puma_web_settings).toContain("PUMA_SCOPE='user'\n");
  expect(Object.entries(json.locals.puma_removals_hosts)).toEqual([
    ["web of ops-user@a@10.7.7.7", expect.stringContaining('scope = "user"')],
  ]);
  expect(json.resource.terraform_data.pumas_by_host.input).toEqual({ "a at 10.7.7.7": "web of ops-user" });
});

test("how to reach a host is in its connection, and of that only the address in its triggers", () => {
  const stack = newStack();
  const bastion = {
    address: "10.8.8.8",
    port: 2323,
    user: "jump-user",
    certificate: "bastion-cert-text",
    hostKey: "ecdsa-sha2-nistp256 BASTION",
  };
  newService(stack, {
    hosts: [newHost("a", { ...HOST, bastion: { ...bastion, key: SshKey.file("/k/bastion") } })],
  });
  const resource = installations(synth(stack)).puma_web_on_a;
  expect(connectionOf(resource)).toEqual({
    host: "10.7.7.7",
    port: 2222,
    user: "ops-user",
    agent: "false",
    private_key: '${file(pathexpand("~/.ssh/fleet"))}',
    certificate: "ssh-cert-text",
    host_key: "ecdsa-sha2-nistp256 HOST",
    timeout: "33000ms",
    script_path: "/root/run-%RAND%.sh",
    bastion_host: "10.8.8.8",
    bastion_port: 2323,
    bastion_user: "jump-user",
    bastion_private_key: '${file(pathexpand("/k/bastion"))}',
    bastion_certificate: "bastion-cert-text",
    bastion_host_key: "ecdsa-sha2-nistp256 BASTION",
  });
  const triggers = JSON.stringify(resource.triggers);
  for (const secret of ["2222", "ops-user", "fleet", "HOST", "10.8.8.8", "33000", "%RAND%"])
    expect(triggers).not.toContain(secret);
});

test("an authority is what the engines take for a host's key", () => {
  const stack = newStack();
  const hostKey = HostKey.authority("ssh-ed25519 CA");
  newService(stack, { hosts: [newHost("a", { hostKey, bastion: { address: "b", hostKey } })] });
  const { resource, locals } = synth(stack);
  const pinned = { host_key: "ssh-ed25519 CA", bastion_host_key: "ssh-ed25519 CA" };
  expect(connectionOf(resource.null_resource.puma_web_on_a)).toMatchObject(pinned);
  expect(fieldsIn(locals.puma_removals_hosts["web@a@a.example.org"])).toMatchObject(pinned);
});

test("an agent needs no key, and no script lies where others may write", () => {
  const stack = newStack();
  newService(stack);
  expect(connectionOf(installations(synth(stack)).puma_web_on_web1)).toEqual({
    host: "web1.example.org",
    user: "root",
    agent: "true",
    script_path: ".ssh/cdktf-puma-%RAND%.sh",
  });
});

test("a path of a key is written as it is", () => {
  const stack = newStack();
  newService(stack, { hosts: [newHost("a", { key: SshKey.file('~/a"b${x}%{y}\\c') })] });
  expect(connectionOf(installations(synth(stack)).puma_web_on_a).private_key).toBe(
    '${file(pathexpand("~/a\\"b$${x}%%{y}\\\\c"))}',
  );
});

test("every field of a host but its name and its timeout may be a token", () => {
  const stack = newStack();
  const { stringValue, numberValue } = new TerraformVariable(stack, "v", {});
  const tokens = { address: stringValue, port: numberValue, user: stringValue, hostKey: stringValue };
  newService(stack, { hosts: [newHost("a", { ...tokens, bastion: tokens, key: SshKey.file(stringValue) })] });
  const resource = installations(synth(stack)).puma_web_on_a;
  expect(resource.triggers).toContain('"address" = "${var.v} (known to the engine)"}');
  expect(connectionOf(resource)).toMatchObject({
    host: "${var.v}",
    port: "${var.v}",
    user: "${var.v}",
    private_key: "${file(pathexpand(var.v))}",
    host_key: "${var.v}",
    bastion_host: "${var.v}",
  });
});

test("what a service depends on, each of its installations depends on; and others can depend on these", () => {
  const stack = newStack();
  const machines = new Resource(stack, "machines");
  const state = new DataTerraformRemoteStateLocal(stack, "state", {});
  const web = newService(stack, { hosts: [newHost("a"), newHost("b")], dependsOn: [machines, state] });
  newService(stack, { hosts: [newHost("c")], dependsOn: web.resources }, "api");
  const resources = installations(synth(stack));
  const edges = [
    "null_resource.machines",
    "data.terraform_remote_state.state",
    "terraform_data.pumas_by_host",
  ];
  expect(resources.puma_web_on_a.depends_on).toEqual(edges);
  expect(resources.puma_web_on_b.depends_on).toEqual(edges);
  expect(resources.puma_api_on_c.depends_on).toEqual([
    "null_resource.puma_web_on_a",
    "null_resource.puma_web_on_b",
    "terraform_data.pumas_by_host",
  ]);
});

test.each([cdktf, cdktn])(
  "what is of another stack is refused, and the way to put stacks in an order named",
  (cdk) => {
    const app = cdk.Testing.app();
    const [eu, us] = ["eu", "us"].map((name) => new cdk.TerraformStack(app, name)) as [
      TerraformStack,
      TerraformStack,
    ];
    const { resources } = newService(eu);
    expect(() => newService(us, { dependsOn: [{ fqn: "terraform_data.mine" }, ...resources] })).toThrow(
      "PumaService 'web' 'dependsOn[1]': must be of the stack 'us', and is of 'eu': stacks are put in an order by addDependency()",
    );
  },
);

describe("ids are a contract", () => {
  const body = (json: Synthesized) => ({ resource: withoutMetadata(json.resource), locals: json.locals });

  /** cdktf notes in comments where in the tree a resource stands; Terraform ignores them. */
  function withoutMetadata(value: unknown): unknown {
    return JSON.parse(JSON.stringify(value, (key, inner) => (key === "//" ? undefined : inner)));
  }

  function made(scopes: string[], hosts: string[]): Synthesized {
    const stack = newStack();
    const scope = scopes.reduce<Construct>((outer, id) => new Construct(outer, id), stack);
    const socket = new PumaSocket(scope, "socket", { binds: [Bind.tcp(9292)] });
    newService(
      scope as typeof stack,
      { hosts: hosts.map((name) => newHost(name)), socket, name: "web" },
      "any",
    );
    return body(synth(stack));
  }

  test("they and all that they name stay the same when constructs move", () => {
    expect(made(["here", "there"], ["a", "b"])).toEqual(made([], ["a", "b"]));
  });

  test("they stay the same when hosts are reordered", () => {
    expect(made([], ["c", "a", "b"])).toEqual(made([], ["a", "b", "c"]));
  });

  test("a name that Terraform would not take is told from its like by a hash", () => {
    const stack = newStack();
    newService(stack, { hosts: [newHost("web.1"), newHost("web_1")] });
    expect(Object.keys(installations(synth(stack)))).toEqual([
      "puma_web_on_web_1",
      expect.stringMatching(/^puma_web_on_web_1_[0-9a-f]{8}$/),
    ]);
  });

  test("services of one name share a removal, and have texts of their own", () => {
    const stack = newStack();
    newService(stack, { name: "web", hosts: [newHost("a"), newHost("b")] }, "one");
    newService(stack, { name: "web", hosts: [newHost("d"), newHost("c")], workers: 2 }, "two");
    const json = synth(stack);
    expect(Object.keys(json.resource.terraform_data).sort()).toEqual([
      "puma_openssh_removals",
      "puma_removals",
      "puma_unordered_openssh_removals",
      "puma_unordered_removals",
      "puma_web",
      "puma_web_from_c",
      "pumas_by_host",
      "pumas_installed",
    ]);
    expect(Object.keys(json.locals.puma_removals_hosts)).toEqual(
      ["a", "b", "c", "d"].map((name) => `web@${name}@${name}.example.org`),
    );
    expect(installations(json).puma_web_on_c.triggers).toContain("local.puma_web_from_c_triggers)");
  });
});
