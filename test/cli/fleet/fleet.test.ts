/** Which hosts a synthesized stack has, and how each is reached. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as cdktf from "cdktf";
import fc from "fast-check";
import { Bind, Connection, Duration, Host, HostKey, Hosts, PumaService, SshKey } from "../../../lib";
import { defaultOutput, type Fleet, fleetOf } from "../../../lib/cli/fleet/fleet";
import { type Reach } from "../../../lib/cli/fleet/reach";
import { selected } from "../../../lib/cli/fleet/selection";
import { literalObject } from "../../../lib/cli/fleet/stack-file";
import { type Cdk } from "../../../lib/terraform/cdk";
import { objectExpression } from "../../../lib/terraform/terraform-text";
import { cdktn, newStack, synth } from "../../stack";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-fleet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const KEY = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA==";

let outputs = 0;

/** Writes a file, and the folders that it is in. */
function write(path: string, content: unknown): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Where a stack with a service on hosts was synthesized to. */
function synthesized(hosts: Host[] | ((stack: cdktf.TerraformStack) => Host[]), cdk: Cdk = cdktf): string {
  const stack = newStack("blog", cdk);
  const all = typeof hosts === "function" ? hosts(stack) : hosts;
  new PumaService(stack, "web", {
    hosts: all,
    binds: [Bind.tcp(9292)],
    user: "app",
    workingDirectory: "/srv",
  });
  const output = join(folder, String((outputs += 1)));
  write(join(output, "stacks/blog/cdk.tf.json"), synth(stack, cdk));
  return output;
}

const fleet = (...hosts: Host[]): Fleet => fleetOf({ output: synthesized(hosts) });
const reach = (host: Host): Reach | undefined => fleet(host).placements[0]?.host.reach;

const agent = { address: "10.0.1.11", key: SshKey.agent() };
const isLocal = false;

test.each<[string, Host, Partial<Reach>]>([
  ["an agent's", new Host("a", agent), { address: "10.0.1.11", user: "root" }],
  [
    "a file's",
    new Host("a", { ...agent, user: "ops", port: 2222, key: SshKey.file("~/.ssh/id") }),
    { user: "ops", port: "2222", keyFile: "~/.ssh/id" },
  ],
  ["pinned", new Host("a", { ...agent, hostKey: KEY }), { hostKey: KEY, isAuthority: false }],
  [
    "an authority's",
    new Host("a", { ...agent, hostKey: HostKey.authority(KEY), connection: Connection.openssh() }),
    { hostKey: KEY, isAuthority: true },
  ],
  [
    "behind a bastion",
    new Host("a", { ...agent, user: "ops", bastion: { address: "jump", user: "j", hostKey: KEY } }),
    { bastion: { address: "jump", user: "j", port: "22", hostKey: KEY, isAuthority: false } },
  ],
  [
    "behind a bastion of the same user",
    new Host("a", { ...agent, user: "ops", bastion: { address: "jump" } }),
    { bastion: { address: "jump", user: "ops", port: "22", isAuthority: false } },
  ],
  [
    "OpenSSH's",
    new Host("a", {
      address: "web1",
      timeout: Duration.seconds(9),
      connection: Connection.openssh({
        configFile: "~/ssh ${config}",
        options: { ProxyCommand: 'tsh "proxy" %h', Compression: "yes" },
      }),
    }),
    { configFile: "~/ssh ${config}", options: ['ProxyCommand=tsh "proxy" %h', "Compression=yes"] },
  ],
  ["none", new Host("a", { connection: Connection.local() }), { address: "local", isLocal: true }],
])("a login is read back: %s", (_, host, expected) => {
  expect(reach(host)).toMatchObject({ isLocal, ...expected });
});

test("of a key that the engine alone knows, OpenSSH takes what it has itself", () => {
  const output = synthesized((stack) => {
    const key = new cdktf.TerraformVariable(stack, "key", { sensitive: true }).stringValue;
    return [new Host("a", { ...agent, key: SshKey.sensitive(key, { teardown: SshKey.agent() }) })];
  });
  expect(fleetOf({ output }).placements[0]?.host.reach).toEqual({
    ...{ address: "10.0.1.11", user: "root", isAuthority: false, isLocal, options: [] },
  });
});

test.each<[string, Cdk]>([
  ["cdktf", cdktf],
  ["cdktn", cdktn],
])("services of several hosts, of a stack of %s", (_, cdk) => {
  const hosts = ["web10", "web2"].map((name) => new Host(name, { ...agent, address: `${name}.example.org` }));
  const { placements, unreached } = fleetOf({ output: synthesized(hosts, cdk) });
  expect(unreached).toEqual([]);
  expect(
    placements.map(({ stack, service, scope, host }) => [stack, service, scope, host.name, host.sudo]),
  ).toEqual([
    ["blog", "web", "system", "web2", false],
    ["blog", "web", "system", "web10", false],
  ]);
});

test("a user's own service is that user's, and by whom root is reached is known only there without a user", () => {
  const output = synthesized((stack) => {
    const hosts = [new Host("a", { ...agent, user: "ops" })];
    new PumaService(stack, "own", {
      scope: "user",
      hosts,
      binds: [Bind.tcp(9393)],
      workingDirectory: "/srv",
    });
    return [new Host("b", { address: "b", connection: Connection.openssh() })];
  });
  expect(
    fleetOf({ output }).placements.map(({ service, scope, host }) => [service, scope, host.sudo]),
  ).toEqual([
    ["own", "user", true],
    ["web", "system", undefined],
  ]);
});

describe("what the engine alone knows", () => {
  const output = synthesized((stack) => {
    const address = new cdktf.TerraformVariable(stack, "address", {}).stringValue;
    const all = new cdktf.TerraformVariable(stack, "all", { type: "map(string)" });
    const addresses = cdktf.Token.asStringMap(all.value);
    const mapped = Hosts.of(["web2"], { addresses, key: SshKey.agent() });
    return [new Host("web1", { ...agent, address, user: "ops" }), ...mapped, new Host("web3", agent)];
  });
  const applied = (owner: string, key: string, address: string): object => ({
    ...{ type: "terraform_data", name: "puma_unordered_removals" },
    ...{ index: key, values: { output: { address, owner, user: "other", timeout: null } } },
  });
  const shown = (...resources: object[]): string =>
    write(join(folder, "shown.json"), { values: { root_module: { resources } } });

  test("is told of with what would tell it", () => {
    const { placements, unreached } = fleetOf({ output });
    expect(placements.map(({ host }) => host.name)).toEqual(["web3"]);
    expect(unreached.map(({ host, cause }) => `${host}: ${cause}`)).toEqual([
      "web1: its address is known to the engine alone (${var.address}): name a state by --state",
      'web2: its address is known to the engine alone (${lookup(local.puma_addresses, "web2", "")}): name a state by --state',
    ]);
  });

  test("is in a state, of which nothing else counts, nor what another stack has", () => {
    const states = [
      shown(applied("shop", "web@web2", "10.9.9.9"), applied("blog", "web@web1", "10.0.0.1")),
      write(join(folder, "terraform.blog.tfstate"), {
        resources: [
          {
            ...{ type: "terraform_data", name: "puma_unordered_removals" },
            instances: [
              {
                index_key: "web@web2",
                attributes: { output: { value: { address: "10.0.0.2", owner: "blog/qa" } } },
              },
            ],
          },
        ],
      }),
    ];
    const { placements, unreached } = fleetOf({ output, states });
    expect(unreached).toEqual([]);
    expect(placements.map(({ host: { reach } }) => [reach.address, reach.user])).toEqual([
      ["10.0.0.1", "ops"],
      ["10.0.0.2", "root"],
      ["10.0.1.11", "root"],
    ]);
  });

  test.each(["a b", "-oProxyCommand=id", "$(id)", "a;id", "a\nb", "a\u0007"])(
    "is not used where it is more than a name: %j",
    (address) => {
      const states = [shown(applied("blog", "web@web1", address))];
      expect(fleetOf({ output, states }).unreached[0]?.cause).toBe(
        `its address is no word for OpenSSH: ${JSON.stringify(address)}`,
      );
    },
  );

  test("a file that is no state is refused", () => {
    expect(() => fleetOf({ output, states: [write(join(folder, "no.json"), "[]")] })).toThrow(
      "no.json: is neither what 'terraform show -json' prints nor a state",
    );
  });
});

test("literals are read back, whatever is in them", () => {
  const field = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[$%{}"\\, =]*$/),
    fc.boolean(),
    fc.nat(),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z_]*$/), field, { minKeys: 1 }), (fields) => {
      expect(literalObject(`\${${objectExpression(fields)}}`)).toEqual({ ...fields });
    }),
  );
});

describe("where it is looked for", () => {
  test("as cdktf.json says, or else where cdktf puts it", () => {
    const place = join(folder, "project");
    expect(defaultOutput(place)).toBe("cdktf.out");
    write(join(place, "cdktf.json"), { output: "out" });
    expect(defaultOutput(place)).toBe("out");
  });

  test("in one stack's folder or file", () => {
    const output = synthesized([new Host("a", agent)]);
    const all = fleetOf({ output });
    for (const place of ["stacks/blog", "stacks/blog/cdk.tf.json"])
      expect(fleetOf({ output: join(output, place) })).toEqual(all);
  });

  test.each<[string, unknown, string]>([
    ["nothing", undefined, "no stack was synthesized there: run 'npx cdktf synth', or name its --output"],
    ["another's stack", { locals: { a: 1 } }, "no PumaService in what is synthesized there has 'hosts'"],
    ["no JSON", "{", "stacks/blog/cdk.tf.json: "],
  ])("%s is an error", (name, content, message) => {
    const output = join(folder, name);
    if (content !== undefined) write(join(output, "stacks/blog/cdk.tf.json"), content);
    expect(() => fleetOf({ output })).toThrow(message);
  });
});

describe("a selection", () => {
  const all = fleet(
    ...["web1", "web2", "web10", "db.a"].map((name) => new Host(name, { ...agent, address: name })),
  );
  const hosts = (globs: string): string[] =>
    selected(all, { hosts: globs, services: undefined }).placements.map(({ host }) => host.name);

  test.each([
    ["web1", ["web1"]],
    ["web?", ["web1", "web2"]],
    ["web*,db*", ["db.a", "web1", "web2", "web10"]],
    ["db.a", ["db.a"]],
    ["", ["db.a", "web1", "web2", "web10"]],
  ])("'%s' are %j", (globs, names) => expect(hosts(globs)).toEqual(names));

  test.each(["db?a?", "web", "dbxa", "web1,none"])("'%s' is nobody's name", (globs) => {
    const missing = globs.split(",").at(-1);
    expect(() => hosts(globs)).toThrow(`--hosts: '${missing}' is none of db.a, web1, web2, web10`);
  });

  test("goes by services and stacks too", () => {
    expect(selected(all, { services: "w*", stacks: "blog" }).placements).toHaveLength(4);
    expect(() => selected(all, { services: "api" })).toThrow("--services: 'api' is none of web");
    expect(() => selected(all, { stacks: "shop" })).toThrow("--stacks: 'shop' is none of blog");
  });
});
