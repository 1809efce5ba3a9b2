import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Bind, Duration, Host, type HostOptions, PumaService, PumaSocket, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { changesOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";

const HOSTS = 20;
const HOST_KEY = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE0=";

/** Plans need no host: the state is that of an apply whose provisioners were left out. */
describe.each<EngineKind>(["terraform", "tofu"])("what a reviewer sees, by %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await workspace.synth(stackWith());
    await leaveOutProvisioners(workspace);
    await workspace.engine.apply(workspace.folder);
  }, 900_000);
  afterAll(() => workspace?.close());

  const changedAddresses = async (build: Build): Promise<string[]> =>
    changesOf(await workspace.plan(build)).map(({ address }) => address);

  test("of nothing changed: nothing", async () => {
    expect(await changedAddresses(stackWith())).toEqual([]);
  });

  test("of one edited variable: that line once, and a hash for each host", async () => {
    const changes = changesOf(await workspace.plan(stackWith({ greeting: "good evening" })));
    const review = changes.find(({ address }) => address === "terraform_data.puma_web");
    const installations = changes.filter((one) => one !== review);
    const [before, after] = [review?.change.before, review?.change.after].map(unitLines);
    expect(before?.filter((line) => !after?.includes(line))).toEqual(['Environment="GREETING=good morning"']);
    expect(after?.filter((line) => !before?.includes(line))).toEqual(['Environment="GREETING=good evening"']);
    expect(after).toHaveLength(before?.length ?? NaN);

    expect(installations.map(({ address }) => address).sort()).toEqual(names("null_resource.puma_web_on_"));
    for (const { change } of installations) {
      expect(differences(change.before, change.after)).toEqual(["id", "triggers.web.service"]);
      expect(valueAt(change.after, "web.service")).toMatch(/^[0-9a-f]{12}$/);
    }
  });

  test("on paper, for all hosts: no more than ten lines each", async () => {
    await workspace.synth(stackWith({ greeting: "good evening" }));
    const { stdout } = await workspace.engine.plan(workspace.folder);
    const lines = stdout.slice(stdout.indexOf("will perform the following actions")).split("\n");
    expect(lines.filter((line) => /Environment=.*(morning|evening)/.test(line)).length).toBeLessThanOrEqual(
      2,
    );
    expect(lines.some((line) => line.includes("good evening"))).toBe(true);
    expect(lines.length).toBeLessThan(HOSTS * 10 + 50);
  });

  test("of a changed script with unchanged units: nothing", async () => {
    const script = packed("echo something else\n");
    expect(await changedAddresses(stackWith({ script }))).toEqual([]);
    expect(await readFile(join(workspace.folder, "cdk.tf.json"), "utf8")).toContain(script);
  });

  test("of a construct that moved: nothing", async () => {
    expect(
      await changedAddresses(stackWith({ scope: (stack) => new Construct(new Construct(stack, "a"), "b") })),
    ).toEqual([]);
  });

  test("of hosts in another order: nothing", async () => {
    expect(await changedAddresses(stackWith({ order: (hosts) => [...hosts].reverse() }))).toEqual([]);
  });

  test("of another user, port, key, script path and bastion: no host is touched, only what removals know", async () => {
    const file = join(workspace.folder, "key");
    await writeFile(file, "a key");
    const options: Partial<HostOptions> = {
      user: "deployer",
      port: 2222,
      key: SshKey.file(file),
      hostKey: `${HOST_KEY}=`,
      scriptPath: ".ssh/other-%RAND%.sh",
      timeout: Duration.seconds(30),
      bastion: { address: "10.9.9.9", hostKey: HOST_KEY },
    };
    const changes = changesOf(await workspace.plan(stackWith({ options })));
    expect(changes.map(({ address }) => address).sort()).toEqual(
      names('terraform_data.puma_removal["web@').map((address) => `${address}"]`),
    );
    for (const { change } of changes) expect(change.actions).toEqual(["update"]);
  });
});

interface Edit {
  readonly greeting?: string;
  readonly script?: string;
  readonly options?: Partial<HostOptions>;
  readonly scope?: (stack: TerraformStack) => Construct;
  readonly order?: (hosts: readonly Host[]) => Host[];
}

/** A service on twenty hosts, and what is edited of it. */
function stackWith(edit: Edit = {}): Build {
  return (stack) => {
    const scope = edit.scope?.(stack) ?? stack;
    const declared = names("").map((name, i) => hostOf(name, i, edit.options));
    new PumaService(scope, "web", {
      hosts: edit.order?.(declared) ?? declared,
      user: "deploy",
      workingDirectory: "/srv/app/current",
      pumaVersion: "6.6",
      socket: new PumaSocket(scope, "socket", { binds: [Bind.tcp(9292)] }),
      environment: { GREETING: edit.greeting ?? "good morning", QUEUE: "default" },
    });
    if (edit.script !== undefined) stack.addOverride("locals.puma_host_script", edit.script);
  };
}

/** A script as the configuration has it. */
function packed(script: string): string {
  return gzipSync(script).toString("base64");
}

function hostOf(name: string, i: number, options?: Partial<HostOptions>): Host {
  const address = `10.0.1.${10 + i}`;
  return new Host(name, { address, user: "ops", key: SshKey.agent(), hostKey: HOST_KEY, ...options });
}

function names(prefix: string): string[] {
  return Array.from({ length: HOSTS }, (_, i) => `${prefix}web${String(i + 1).padStart(2, "0")}`);
}

async function leaveOutProvisioners(workspace: Workspace): Promise<void> {
  const file = join(workspace.folder, "cdk.tf.json");
  const configuration = JSON.parse(await readFile(file, "utf8")) as {
    resource: Record<string, Record<string, object>>;
  };
  for (const resources of Object.values(configuration.resource))
    for (const resource of Object.values(resources)) Reflect.deleteProperty(resource, "provisioner");
  await writeFile(file, JSON.stringify(configuration));
}

function unitLines(values: Record<string, unknown> | null | undefined): string[] {
  const units = values?.triggers_replace as Record<string, string[]>;
  return Object.entries(units).flatMap(([, lines]) => lines);
}

/** What differs between two sets of values, triggers one by one; what is known after apply differs. */
function differences(
  before: Record<string, unknown> | null,
  after: Record<string, unknown> | null,
): string[] {
  const flat = (values: Record<string, unknown> | null): Record<string, unknown> =>
    Object.fromEntries([
      ["id", values?.id],
      ...Object.entries((values?.triggers ?? {}) as object).map(([name, value]) => [
        `triggers.${name}`,
        value,
      ]),
    ]);
  const [old, now] = [flat(before), flat(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((name) => old[name] !== now[name])
    .sort();
}

function valueAt(values: Record<string, unknown> | null, trigger: string): string | undefined {
  return (values?.triggers as Record<string, string> | undefined)?.[trigger];
}
