import { gunzipSync } from "node:zlib";
import { TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import {
  Connection,
  EphemeralResource,
  EphemeralVariable,
  type Host,
  Rollout,
  Secret,
  Secrets,
} from "../../lib";
import { cdktn, errorOf, newHost, newService, newStack, synth, type Synthesized } from "../stack";

type Stack = ReturnType<typeof newStack>;

const variable = (stack: Stack): string =>
  new TerraformVariable(stack, "key", { type: "string", sensitive: true }).stringValue;

/** A service whose secret is what a sensitive variable holds. */
function made(hosts: Host[], version = "1", changes: Parameters<typeof newService>[1] = {}): Synthesized {
  const stack = newStack();
  const secrets = Secrets.environment({ KEY: `a\${x}'${variable(stack)}` }, { version });
  newService(stack, { hosts, secrets, ...changes });
  return synth(stack);
}

const staging = (json: Synthesized, host = "web1"): Synthesized =>
  json.resource.terraform_data[`puma_web_secrets_on_${host}`];

test("the value is base64 of the engine's, in a local, and the installation waits for the staging", () => {
  const json = made([newHost()]);
  expect(json.locals).toMatchObject({
    puma_web_secret_values: { "environment KEY": "a$${x}'${var.key}" },
    puma_web_secrets: `unset SECRETS\nSECRETS='environment KEY whole :\${base64encode(local.puma_web_secret_values["environment KEY"])}'`,
  });
  expect(json.resource.null_resource.puma_web_on_web1.depends_on).toContain(
    "terraform_data.puma_web_secrets_on_web1",
  );
  expect(staging(json).depends_on).toEqual(["terraform_data.pumas_by_host"]);
});

test("nothing but who it is for, and the version, brings it again", () => {
  expect(staging(made([newHost("web1", { identity: "i-1", port: 23 })], "7")).triggers_replace).toEqual({
    ...{ host: "web1", address: "web1.example.org", identity: "i-1", version: "7" },
  });
});

test("the engine's own ssh is given a script that removes itself first", () => {
  const { inline } = staging(made([newHost()])).provisioner[0]["remote-exec"];
  expect(inline).toEqual([
    `rm -f -- "$0"\nset -eu -- 'web1' 'web1.example.org' root '\${local.puma_services["web1"]}' 0\n` +
      "${try(nonsensitive(local.puma_web_secrets), local.puma_web_secrets)}\n${local.puma_web_secrets_launch}",
  ]);
});

test("OpenSSH is given the values beside a script that has none", () => {
  const json = made([newHost("web1", { connection: Connection.openssh() })]);
  const { environment, command } = staging(json).provisioner[0]["local-exec"];
  expect(command).toBe("secrets of web on web1");
  expect(environment).toMatchObject({
    CDKTF_PUMA_SCRIPT: expect.stringMatching(/ 0 stdin\n\$\{try\(nonsensitive\(local\.puma_web_secrets\)/),
    CDKTF_PUMA_PACKED: "${local.puma_web_secrets_packed}",
  });
  expect(environment).not.toHaveProperty("CDKTF_PUMA_FETCH");
  expect(json.locals.puma_web_secrets_packed).toBe("${base64gzip(local.puma_web_secrets_launch)}");
});

test("the launcher is told to stage, by the script that does, and whose it is", () => {
  const text = made([newHost()], "7").locals.puma_web_secrets_launch as string;
  expect(text).toContain("\nPUMA_ACTION='stage'\n");
  expect(text).toContain(
    `PUMA_SECRETS_VERSION='\\''7'\\''\nreadonly PUMA_SECRETS_VERSION\n'"PUMA_VALUES='$SECRETS'\n"\n`,
  );
  expect(text).toContain("\nPUMA_OWNER='${replace(local.puma_owner, ");
  const [, script = ""] = /PUMA_SCRIPT='([^']*)'/.exec(text) ?? [];
  expect(gunzipSync(Buffer.from(script, "base64")).toString()).toMatch(/\nmain <\/dev\/null\n$/);
});

test("a command is asked by a script of its own, in which its words are quoted", () => {
  const stack = newStack();
  const hosts = [newHost("web1", { key: undefined, connection: Connection.openssh() })];
  const KEY = Secret.fromCommand(["op", "it's", "${x}"]);
  const secrets = Secrets.of({
    environment: { KEY },
    credentials: { c: Secret.fromCommand(["c"], { keepsNewline: true }) },
    version: "1",
  });
  newService(stack, { hosts, secrets });
  const json = synth(stack);
  expect(json.locals.puma_web_secrets).toBe("unset SECRETS\nSECRETS=''");
  expect(json.locals.puma_web_secrets_fetch).toMatch(
    /\n\}\nfetch environment KEY chomped 'op' 'it'\\''s' '\$\$\{x\}'\nfetch credential c whole 'c'\n$/,
  );
  expect(staging(json).provisioner[0]["local-exec"].environment).toMatchObject({
    CDKTF_PUMA_FETCH: "${local.puma_web_secrets_fetch}",
  });
});

test("each host of a rollout is brought its own at once, and what a secret refers to is left as it is made", () => {
  const json = made([newHost("a"), newHost("b")], "1", { rollout: Rollout.rolling({ batchSize: 1 }) });
  for (const host of ["a", "b"]) {
    expect(staging(json, host).depends_on).toEqual(["terraform_data.pumas_by_host"]);
    const { depends_on, lifecycle } = json.resource.null_resource[`puma_web_on_${host}`];
    expect([depends_on.includes(`terraform_data.puma_web_secrets_on_${host}`), lifecycle]).toEqual([
      true,
      undefined,
    ]);
  }
});

test("a service without secrets has none of it", () => {
  const stack = newStack();
  newService(stack);
  const { locals, resource } = synth(stack);
  const names = [locals, ...Object.values(resource)].flatMap((block) => Object.keys(block as object));
  expect(names).toContain("puma_web_on_web1");
  expect(names.filter((name) => name.includes("secret"))).toEqual([]);
});

describe.each([
  ["cdktf", newStack, synth],
  ["cdktn", () => newStack("blog", cdktn), (stack: Stack) => synth(stack, cdktn)],
] as const)("in a stack of %s", (_, create, synthesize) => {
  test("an ephemeral variable may be left away", () => {
    const stack = create();
    const key = new EphemeralVariable(stack, "key", { description: "of all" });
    newService(stack, { secrets: Secrets.environment({ KEY: key.stringValue }, { version: "1" }) });
    const json = synthesize(stack);
    expect({ key: json.variable.key }).toEqual({
      key: { type: "string", default: "", description: "of all", ephemeral: true, sensitive: true },
    });
    expect(json.locals.puma_web_secret_values).toEqual({ "environment KEY": "${var.key}" });
  });

  test("an ephemeral resource is referred to by its address", () => {
    const stack = create();
    const props = { type: "random_password", config: { length: 40 }, provider: "random.west" };
    const key = new EphemeralResource(stack, "key", props);
    newService(stack, { secrets: Secrets.credentials({ c: key.attribute("result") }, { version: "1" }) });
    const json = synthesize(stack);
    expect(json.ephemeral).toEqual({ random_password: { key: { length: 40, provider: "random.west" } } });
    expect(json.locals.puma_web_secret_values).toEqual({
      "credential c": "${ephemeral.random_password.key.result}",
    });
  });
});

test.each<[(stack: Stack) => unknown, string]>([
  [
    (stack) => new EphemeralVariable(stack, "1a"),
    "must be letters, digits and _ -, and not begin with a digit",
  ],
  [
    (stack) => new EphemeralResource(stack, "a b", { type: "t", config: {} }),
    "must be letters, digits and _ -, and not begin with a digit",
  ],
  [(stack) => new EphemeralResource(stack, "a", { type: "t.x", config: {} }), "must be a resource's type"],
  [
    (stack) => new EphemeralResource(stack, "a", { type: "t", config: {} }).attribute("a b"),
    "must be the name of an attribute",
  ],
])("a name that no engine takes: %#", (make, error) => {
  expect(errorOf(() => make(newStack()))).toContain(error);
});

test("two things of one name are refused: the CDK would make them one without a word", () => {
  const stack = newStack();
  const inner = new Construct(stack, "inner");
  new TerraformVariable(stack, "a", {});
  new EphemeralResource(stack, "b", { type: "t", config: {} });
  expect(errorOf(() => new EphemeralVariable(inner, "a"))).toContain("be the name of no other variable");
  expect(errorOf(() => new EphemeralResource(inner, "b", { type: "t", config: {} }))).toContain(
    "be the name of no other ephemeral resource",
  );
});
