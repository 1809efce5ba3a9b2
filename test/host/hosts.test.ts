import { TerraformHclModule, TerraformVariable, Token } from "cdktf";
import { Bind, Hosts, type HostsOptions, PumaService, Secrets, SshKey, Task } from "../../lib";
import { cdktn, errorOf, newService, newStack, synth } from "../stack";

const NAMES = ["web1", "web2"];
const KEY = SshKey.agent();
const KNOWN = { web1: "10.0.1.11", web2: "10.0.1.12" };

const of = (options: Partial<HostsOptions>, names = NAMES) =>
  Hosts.of(names, { addresses: KNOWN, user: "ops", key: KEY, ...options });

test("addresses that the program has make the same hosts as one by one", () => {
  const [web1, web2] = of({ identities: { web1: "i-1", web2: "i-2" }, port: 2222 });
  expect(web1?.options).toEqual({ address: "10.0.1.11", identity: "i-1", user: "ops", key: KEY, port: 2222 });
  expect([web2?.name, web2?.address]).toEqual(["web2", "10.0.1.12"]);
});

test.each<[string, () => unknown, string]>([
  [
    "a name without an address",
    () => of({}, ["web1", "web3"]),
    `Hosts.of 'addresses': must have one for 'web3', got ["web1","web2"]`,
  ],
  [
    "a name without an identity",
    () => of({ identities: { web1: "i-1" } }),
    `Hosts.of 'identities': must have one for 'web2', got ["web1"]`,
  ],
  [
    "names that only the engine knows",
    () => of({}, new TerraformVariable(newStack(), "l", { type: "list(string)" }).listValue),
    "Hosts.of 'names': must be known at synth: name the hosts here, and let 'addresses' be what only the engine knows",
  ],
  ["no name", () => of({}, []), "Hosts.of 'names': must name at least one host, got []"],
  [
    "a name twice",
    () => of({}, ["web1", "web1"]),
    `Hosts.of 'names[1]': must name each host once, got "web1"`,
  ],
  [
    "one address for all",
    () => of({ address: "10.0.1.11" }),
    "Hosts.of 'address': must be left away: use 'addresses', which has one for each host",
  ],
  [
    "one identity for all",
    () => of({ identity: "i-1" }),
    "Hosts.of 'identity': must be left away: use 'identities', which has one for each host",
  ],
  ["an option that nobody reads", () => of({ usr: "ops" } as never), "Host 'web1' 'usr': must be left away"],
  ["no map", () => of({ addresses: ["10.0.1.11"] as never }), "Hosts.of 'addresses': must be an object"],
  [
    "no address",
    () => of({ addresses: { web1: 5, web2: "" } as never }),
    "Host 'web1' 'address': must be a string",
  ],
])("%s is refused", (_, action, message) => {
  expect(errorOf(action)).toContain(message);
});

/** A service on hosts of which only the engine knows where they are. */
function synthesized(options: (value: Record<string, string>) => Partial<HostsOptions>) {
  const stack = newStack();
  const fleet = new TerraformHclModule(stack, "fleet", {
    source: "./fleet",
    skipAssetCreationFromLocalModules: true,
  });
  newService(stack, { hosts: of(options(Token.asStringMap(fleet.get("addresses")))) });
  return synth(stack);
}

const read = (name: string): string => `lookup(local.puma_addresses, "${name}", "")`;

test("a map of the engine's stands in one local, from which each host reads", () => {
  const { locals, resource } = synthesized((addresses) => ({ addresses }));
  expect(locals.puma_addresses).toBe("${module.fleet.addresses}");
  const { puma_web_on_web2: installation } = resource.null_resource;
  expect(installation.provisioner[0]["remote-exec"].connection.host).toBe(`\${${read("web2")}}`);
  expect(installation.triggers).toContain(read("web2"));
  expect(locals.puma_unordered_removals_hosts["web@web2"].address).toBe(`\${${read("web2")}}`);
  expect(JSON.stringify([resource, locals]).match(/module\.fleet\.addresses/g)).toHaveLength(4);
});

test("names that it lacks are told of once, with the map, before anything is done on a host", () => {
  const { resource } = synthesized((addresses) => ({ addresses }));
  const names = '["web1","web2"]';
  const isMissing = 'lookup(local.puma_addresses, name, "") == ""';
  const keys = "try(nonsensitive(keys(module.fleet.addresses)), keys(module.fleet.addresses))";
  const missing = `[for name in setsubtract(${names}, ${keys}) : format("'%s'", name)]`;
  const { depends_on: dependsOn, input, lifecycle } = resource.terraform_data.pumas_by_address;
  expect(dependsOn).toEqual(["terraform_data.pumas_by_host"]);
  expect(input).toBe(lifecycle.precondition[0].condition);
  expect(lifecycle.precondition).toEqual([
    {
      condition: `\${!anytrue([for name in ${names} : ${isMissing}])}`,
      error_message: `Hosts.of 'addresses': must have one for \${coalesce(join(", ", ${missing}), "each host")}, and module.fleet.addresses has none`,
    },
  ]);
  expect(resource.null_resource.puma_web_on_web2.depends_on).toEqual(["terraform_data.pumas_by_address"]);
});

test("neither secrets nor a task come to a host before that", () => {
  const stack = newStack();
  const addresses = new TerraformVariable(stack, "a", { type: "map(string)" }).value as never;
  const { stringValue } = new TerraformVariable(stack, "s", { type: "string", sensitive: true });
  newService(stack, {
    hosts: of({ addresses }),
    release: "1",
    tasks: [Task.once(["bin/rails", "db:migrate"])],
    secrets: Secrets.environment({ TOKEN: stringValue }, { version: "1" }),
  });
  const { terraform_data: data, null_resource: runs } = synth(stack).resource;
  expect(data.puma_web_secrets_on_web1.depends_on).toEqual(["terraform_data.pumas_by_address"]);
  expect(runs.puma_web_task_bin_rails_db_migrate.depends_on).toContain("terraform_data.pumas_by_address");
});

test("so do identities, of addresses that are known", () => {
  const { locals, resource } = synthesized((identities) => ({ identities }));
  expect(locals).toMatchObject({ puma_identities: "${module.fleet.addresses}" });
  expect(locals).not.toHaveProperty("puma_addresses");
  const { triggers } = resource.null_resource.puma_web_on_web1;
  expect(triggers).toContain('"address" = "10.0.1.11"');
  expect(triggers).toContain('"identity" = lookup(local.puma_identities, "web1", "")');
  expect(resource.terraform_data.pumas_by_identity.lifecycle.precondition[0].error_message).toContain(
    "Hosts.of 'identities': must have one for ",
  );
  expect(Object.keys(locals.puma_removals_hosts)).toEqual(["web@web1@10.0.1.11", "web@web2@10.0.1.12"]);
});

test("addresses that are tokens one by one are read through it as well, and those that are known are not", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "web1", { type: "string" });
  newService(stack, { hosts: of({ addresses: { ...KNOWN, web1: stringValue } }) });
  const { locals, resource } = synth(stack);
  expect(locals.puma_addresses).toEqual({ web1: "${var.web1}", web2: "10.0.1.12" });
  expect(resource.null_resource.puma_web_on_web1.triggers).toContain(read("web1"));
  expect(resource.null_resource.puma_web_on_web2.triggers).toContain('address = "10.0.1.12"');
  expect(resource.null_resource.puma_web_on_web2).not.toHaveProperty("lifecycle");
});

test("two services on the same hosts share it, other hosts have another", () => {
  const stack = newStack();
  const map = (name: string) => new TerraformVariable(stack, name, { type: "map(string)" }).value as never;
  const hosts = of({ addresses: map("a") });
  newService(stack, { hosts });
  newService(stack, { hosts, binds: [Bind.tcp(1)] }, "api");
  newService(stack, { hosts: of({ addresses: map("b") }, ["web3"]) }, "shop");
  const { locals } = synth(stack);
  expect(locals.puma_addresses).toContain("var.a");
  expect(locals.puma_addresses_2).toBe("${var.b}");
  expect(locals).not.toHaveProperty("puma_addresses_3");
});

test("a map of another app is refused by name", () => {
  const addresses = { "&{TfToken[TOKEN.987654]}": "String Map Token Value" };
  expect(errorOf(() => newService(newStack(), { hosts: of({ addresses }) }))).toContain(
    "Hosts.of 'addresses': must hold no token but those of this app, got ",
  );
});

test("what stands for an address until it is read is no token of a CDK", () => {
  const [host] = of({ addresses: Token.asStringMap({}) });
  expect(host?.address).toBe("${TfToken[address.of.web1.as.a.PumaService.reads.it]}");
});

test("the fork has them too", () => {
  const stack = newStack("blog", cdktn);
  const addresses = new cdktn.TerraformVariable(stack, "a", { type: "map(string)" }).value as never;
  new PumaService(stack, "web", {
    hosts: of({ addresses }),
    configFile: "puma.rb",
    workingDirectory: "/srv",
    user: "deploy",
  });
  expect(synth(stack, cdktn).locals.puma_addresses).toBe("${var.a}");
});
