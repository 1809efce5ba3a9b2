import { TerraformVariable } from "cdktf";
import { Bind, Duration, type PumaServiceProps, Removal, SshKey } from "../../lib";
import { errorOf, newHost, newService, newStack, synth, type Synthesized } from "../stack";

function removalOf(changes: Partial<PumaServiceProps> = {}): { json: Synthesized; removal: Synthesized } {
  const stack = newStack();
  newService(stack, changes);
  const json = synth(stack);
  return { json, removal: json.resource.terraform_data.puma_removal };
}

const provisionerOf = (removal: Synthesized) => removal.provisioner[0]["remote-exec"] as Synthesized;

test("a removal is one resource for each host, replaced by a new address, changed in place by all else", () => {
  expect(removalOf().removal).toMatchObject({
    for_each: "${local.puma_removal_hosts}",
    triggers_replace: "${each.value.address}",
    input: "${each.value}",
  });
});

test("it keeps how to reach a host, without what is not set", () => {
  const bastion = {
    address: "10.8.8.8",
    port: 2323,
    user: "jump",
    key: SshKey.file("/k/b"),
    certificate: "DDD",
    hostKey: "ssh-rsa BBB",
  };
  const full = newHost("full", {
    address: "10.7.7.7",
    port: 2222,
    user: "ops",
    key: SshKey.file("~/.ssh/fleet"),
    certificate: "CCC",
    hostKey: "ssh-rsa HHH",
    timeout: Duration.minutes(1),
    scriptPath: "/root/x.sh",
    bastion,
  });
  const { json } = removalOf({ hosts: [full, newHost("bare")] });
  expect(json.locals.puma_removal_hosts).toEqual({
    "web@full": {
      service: "web",
      owner: "${local.puma_owner}",
      name: "full",
      address: "10.7.7.7",
      port: 2222,
      user: "ops",
      sudo: true,
      agent: false,
      key_file: "~/.ssh/fleet",
      certificate: "CCC",
      host_key: "ssh-rsa HHH",
      timeout: "60000ms",
      script_path: "/root/x.sh",
      bastion_address: "10.8.8.8",
      bastion_port: 2323,
      bastion_user: "jump",
      bastion_key_file: "/k/b",
      bastion_certificate: "DDD",
      bastion_host_key: "ssh-rsa BBB",
    },
    "web@bare": {
      service: "web",
      owner: "${local.puma_owner}",
      name: "bare",
      address: "bare.example.org",
      user: "root",
      sudo: false,
      agent: true,
    },
  });
});

test("a sensitive key is in the installation's connection only", () => {
  const stack = newStack();
  const secret = new TerraformVariable(stack, "ssh_key", { sensitive: true }).stringValue;
  const key = SshKey.sensitive(secret, { teardown: SshKey.file("~/.ssh/teardown") });
  newService(stack, { hosts: [newHost("a", { key, bastion: { address: "b", key } })] });
  const { resource, locals } = synth(stack);
  const { connection, ...rest } = resource.null_resource.puma_web_on_a.provisioner[0]["remote-exec"];
  expect(connection).toMatchObject({ private_key: "${var.ssh_key}", bastion_private_key: "${var.ssh_key}" });
  expect(JSON.stringify([rest, locals, resource.terraform_data])).not.toContain("ssh_key}");
  expect(JSON.stringify([rest, resource.null_resource.puma_web_on_a.triggers])).not.toContain("ssh_key");
  expect(locals.puma_removal_hosts["web@a"]).toMatchObject({
    key_file: "~/.ssh/teardown",
    bastion_key_file: "~/.ssh/teardown",
  });
});

test("no edge leads from a removal to an installation, nor back", () => {
  const { json, removal } = removalOf({ hosts: [newHost("a"), newHost("b")] });
  const installations = json.resource.null_resource as Record<string, Synthesized>;
  expect(removal).not.toHaveProperty("depends_on");
  expect(JSON.stringify([removal, json.locals.puma_removal_hosts])).not.toContain("null_resource");
  expect(JSON.stringify(installations)).not.toContain("removal");
  for (const resource of Object.values(installations)) expect(resource).not.toHaveProperty("depends_on");
});

test("at destroy it refers to nothing but itself", () => {
  const provisioner = provisionerOf(removalOf().removal);
  expect(provisioner.when).toBe("destroy");
  const references = JSON.stringify(provisioner).match(
    /\b(local|var|each|count|data|null_resource|terraform_data)\.\w/g,
  );
  expect(references).toBeNull();
  const fields = Object.entries(provisioner.connection as Record<string, string>);
  for (const [name, value] of fields) {
    if (name !== "type") expect(value).toMatch(/^\$\{(try|can)\(self\.output\.\w+/);
  }
});

describe("a host that cannot be reached", () => {
  test.each([
    [undefined, "fail"],
    ["fail", "fail"],
    ["continue", "continue"],
  ] as const)("%s: on_failure is %s", (outcome, onFailure) => {
    const stack = newStack();
    newService(stack, { hosts: [newHost("a")] }, "before");
    if (outcome) Removal.of(stack).onUnreachableHost(outcome);
    newService(stack, { hosts: [newHost("b")] }, "after");
    expect(provisionerOf(synth(stack).resource.terraform_data.puma_removal).on_failure).toBe(onFailure);
  });

  test("is said once for a stack, from wherever in it, and for no other stack", () => {
    const stack = newStack();
    const service = newService(stack);
    Removal.of(service).onUnreachableHost("continue");
    Removal.of(stack).onUnreachableHost("continue");
    expect(errorOf(() => Removal.of(stack).onUnreachableHost("fail"))).toBe(
      `Removal 'blog' 'onUnreachableHost': must be said once for the whole stack: "continue", got "fail"`,
    );
    Removal.of(newStack()).onUnreachableHost("fail");
  });

  test("adds nothing to a stack without services", () => {
    const stack = newStack();
    Removal.of(stack).onUnreachableHost("continue");
    expect(synth(stack)).not.toHaveProperty("locals");
  });
});

test("a removal waits for another run as long as its service says", () => {
  const { json, removal } = removalOf({ lockTimeout: Duration.minutes(2) });
  expect(json.locals.puma_removal_hosts["web@web1"].lock_timeout).toBe(120);
  const launcher = provisionerOf(removal).inline[1] as string;
  expect(launcher).toContain("PUMA_LOCK_TIMEOUT='${");
  expect(launcher).toContain("try(self.output.lock_timeout, 600)");
});

test("what is removed is decided by name and owner, not by units: an edit changes no removal", () => {
  const [one, other] = [removalOf(), removalOf({ workers: 7, binds: [Bind.tcp(1)], release: "r" })];
  expect(other.removal).toEqual(one.removal);
  expect(other.json.locals.puma_removal_hosts).toEqual(one.json.locals.puma_removal_hosts);
});

test("a workspace of Terraform is an owner of its own", () => {
  expect(removalOf().json.locals.puma_owner).toBe(
    '${terraform.workspace == "default" ? "blog" : "blog/${terraform.workspace}"}',
  );
});

test.each(["it's", 'a"b', "a$b", "a;b"])("a stack %s could not be told to a host as an owner", (id) => {
  expect(errorOf(() => newService(newStack(id)))).toBe(
    `TerraformStack 'id': must be letters, digits and '-_.', as it owns what is on the hosts, got ${JSON.stringify(id)}`,
  );
});

test("one block removes all services, so that it outlives each of them", () => {
  const stack = newStack();
  newService(stack, { binds: [Bind.tcp(1)] }, "a");
  newService(stack, { binds: [Bind.tcp(2)] }, "b");
  const { resource, locals } = synth(stack);
  const removals = Object.keys(resource.terraform_data).filter((id) => id.includes("removal"));
  expect(removals).toEqual(["puma_removal"]);
  expect(Object.keys(locals.puma_removal_hosts).map((key) => key.split("@")[0])).toEqual(["a", "b"]);
});
