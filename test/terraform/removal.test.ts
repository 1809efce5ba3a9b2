import { TerraformVariable } from "cdktf";
import { Bind, Duration, type PumaServiceProps, Removal, SshKey } from "../../lib";
import { errorOf, fieldsIn, newHost, newService, newStack, synth, type Synthesized } from "../stack";

function removalOf(changes: Partial<PumaServiceProps> = {}): { json: Synthesized; removal: Synthesized } {
  const stack = newStack();
  newService(stack, changes);
  const json = synth(stack);
  return { json, removal: json.resource.terraform_data.puma_removals };
}

const INPUT = "${merge(local.puma_removals_hosts[each.key], { owner = local.puma_owner })}";
const provisionerOf = (removal: Synthesized) => removal.provisioner[0]["remote-exec"] as Synthesized;

test("a removal is one resource for each host, another by its address, changed in place by all else", () => {
  const { removal } = removalOf();
  expect(removal).toMatchObject({ for_each: "${local.puma_removals_hosts_keys}", input: INPUT });
  expect(removal).not.toHaveProperty("triggers_replace");
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
  const removals = Object.entries<string>(json.locals.puma_removals_hosts);
  expect(Object.fromEntries(removals.map(([key, text]) => [key, fieldsIn(text)]))).toEqual({
    "web@full@10.7.7.7": {
      service: "web",
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
    "web@bare@bare.example.org": {
      service: "web",
      name: "bare",
      address: "bare.example.org",
      user: "root",
      sudo: false,
      agent: true,
    },
  });
});

test.each<[string, Partial<PumaServiceProps>, boolean]>([
  ["nothing says so", {}, false],
  ["the service says so", { retain: true }, true],
  ["its host says so", { hosts: [newHost("web1", { retain: true })] }, true],
  ["its host says otherwise", { retain: true, hosts: [newHost("web1", { retain: false })] }, false],
])("it keeps that a service is to be handed over where %s", (_, changes, retain) => {
  const { json, removal } = removalOf(changes);
  const kept = fieldsIn(json.locals.puma_removals_hosts["web@web1@web1.example.org"]);
  expect(kept.retain).toBe(retain ? true : undefined);
  expect(provisionerOf(removal).inline[1]).toContain('try(self.output.retain, false) ? "retain" : "remove"');
});

test("what is an expression of the engine's own in a connection is one in what a removal keeps", () => {
  const certificate = '${file("~/.ssh/id-cert.pub")}';
  const { json } = removalOf({ hosts: [newHost("a", { certificate })] });
  expect(json.locals.puma_removals_hosts["web@a@a.example.org"]).toMatchObject({ certificate });
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
  expect(fieldsIn(locals.puma_removals_hosts["web@a@a.example.org"])).toMatchObject({
    key_file: "~/.ssh/teardown",
    bastion_key_file: "~/.ssh/teardown",
  });
});

describe("what left is removed behind all installations", () => {
  const hosts = [newHost("b"), newHost("a")];
  const resourcesOf = (): Synthesized => removalOf({ hosts }).json.resource;

  test("as one resource depends on the removals and on them, and no removal on any of them", () => {
    const { puma_removals: removals, pumas_installed: installed } = resourcesOf().terraform_data;
    expect(removals.lifecycle).toEqual({ create_before_destroy: true });
    expect(removals).not.toHaveProperty("depends_on");
    expect(installed.depends_on).toEqual([
      "terraform_data.puma_removals",
      "terraform_data.puma_openssh_removals",
      "null_resource.puma_web_on_a",
      "null_resource.puma_web_on_b",
    ]);
    expect(installed).not.toHaveProperty("lifecycle");
  });

  test("and changes with what is to be where, which stands in the state before anything is installed", () => {
    const { terraform_data, null_resource } = resourcesOf();
    expect(terraform_data.pumas_by_host).toEqual({
      input: { "a at a.example.org": "web", "b at b.example.org": "web" },
    });
    expect(terraform_data.pumas_installed.input).toBe(
      "${substr(sha256(jsonencode(terraform_data.pumas_by_host.output)), 0, 12)}",
    );
    for (const installation of Object.values(null_resource as Record<string, Synthesized>))
      expect(installation.depends_on).toEqual(["terraform_data.pumas_by_host"]);
  });

  test("the inventory has each host once, with all its services", () => {
    const stack = newStack();
    newService(stack, { binds: [Bind.tcp(2)] }, "web");
    newService(stack, { binds: [Bind.tcp(1)] }, "api");
    expect(synth(stack).resource.terraform_data.pumas_by_host.input).toEqual({
      "web1 at web1.example.org": "api web",
    });
  });
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
    expect(provisionerOf(synth(stack).resource.terraform_data.puma_removals).on_failure).toBe(onFailure);
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
  expect(fieldsIn(json.locals.puma_removals_hosts["web@web1@web1.example.org"]).lock_timeout).toBe(120);
  const launcher = provisionerOf(removal).inline[1] as string;
  expect(launcher).toContain("PUMA_LOCK_TIMEOUT='${");
  expect(launcher).toContain("try(self.output.lock_timeout, 600)");
});

test("what is removed is decided by name and owner, not by units: an edit changes no removal", () => {
  const [one, other] = [removalOf(), removalOf({ workers: 7, binds: [Bind.tcp(1)], release: "r" })];
  expect(other.removal).toEqual(one.removal);
  expect(other.json.locals.puma_removals_hosts).toEqual(one.json.locals.puma_removals_hosts);
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

test("one block removes all services of a kind of hosts, so that it outlives each of them", () => {
  const stack = newStack();
  newService(stack, { binds: [Bind.tcp(1)] }, "a");
  newService(stack, { binds: [Bind.tcp(2)] }, "b");
  const { resource, locals } = synth(stack);
  const removals = Object.keys(resource.terraform_data).filter((id) => id.includes("removal"));
  expect(removals.sort()).toEqual([
    "puma_openssh_removals",
    "puma_removals",
    "puma_unordered_openssh_removals",
    "puma_unordered_removals",
  ]);
  expect(Object.keys(locals.puma_removals_hosts).map((key) => key.split("@")[0])).toEqual(["a", "b"]);
});
