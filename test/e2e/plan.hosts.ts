import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { Bind, Duration, Host, type HostOptions, PumaService, PumaSocket, Restart, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { changesOf, type ResourceChange } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { checkPage, applyWithoutHosts } from "./shown-plans";

const HOSTS = 20;
const HOST_KEY = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE0=";

const DOCS = join(__dirname, "../../docs/plan.md");

/** Lines of the reviewer's resource that came or went, by the key that they stand under. */
type Lines = Record<string, string>;

/** Plans need no host: the state is that of an apply whose provisioners were left out. */
describe.each<EngineKind>(["terraform", "tofu"])("what a reviewer sees, by %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await applyWithoutHosts(workspace, stackWith());
  }, 900_000);
  afterAll(() => workspace?.close());

  const changedAddresses = async (build: Build): Promise<string[]> =>
    changesOf(await workspace.plan(build)).map(({ address }) => address);

  test("of nothing changed: nothing", async () => {
    expect(await changedAddresses(stackWith())).toEqual([]);
  });

  test.each<[string, Edit, trigger: string, lines: Lines]>([
    [
      "one edited variable",
      { greeting: "good morning" },
      "web.service",
      {
        "- web.service: restarts Puma (hot)": "Environment=GREETING=hello",
        "+ web.service: restarts Puma (hot)": 'Environment="GREETING=good morning"',
      },
    ],
    [
      "an edited limit that systemd takes up",
      { memory: "2G" },
      "web.service: no restart",
      { "- web.service: no restart": "MemoryMax=1G", "+ web.service: no restart": "MemoryMax=2G" },
    ],
    ["a release", { release: "r1" }, "release", { "+ release: restarts Puma (hot)": "r1" }],
  ])(
    "of %s: each line once, under what it does to Puma, and a trigger for each host",
    async (_, edit, trigger, lines) => {
      const changes = changesOf(await workspace.plan(stackWith(edit)));
      const review = changes.find(({ address }) => address === "terraform_data.puma_web");
      expect(linesThatDiffer(review)).toEqual(lines);
      const installations = changes.filter((one) => one !== review);
      expect(installations.map(({ address }) => address).sort()).toEqual(names("null_resource.puma_web_on_"));
      for (const { change } of installations)
        expect(differences(change.before, change.after)).toEqual(["id", `triggers.${trigger}`]);
    },
  );

  test("of another bind: that the socket is closed, too", async () => {
    const changes = changesOf(await workspace.plan(stackWith({ binds: [Bind.tcp(9393)] })));
    const review = changes.find(({ address }) => address === "terraform_data.puma_web");
    const closes = "web.socket: closes its sockets and opens them again, restarts Puma";
    expect(linesThatDiffer(review)).toMatchObject({ [`+ ${closes}`]: "ListenStream=0.0.0.0:9393" });
    expect(differences(changes[0]?.change.before, changes[0]?.change.after)).toEqual([
      "id",
      "triggers.web.service",
      "triggers.web.socket",
    ]);
  });

  test("of another restart mode: no host is touched, only the sentence", async () => {
    expect(await changedAddresses(stackWith({ restart: Restart.full() }))).toEqual([
      "terraform_data.puma_web",
    ]);
  });

  test("on paper, for all hosts: no more than ten lines each", async () => {
    await workspace.synth(stackWith({ greeting: "good morning" }));
    const { stdout } = await workspace.engine.plan(workspace.folder);
    const lines = stdout.slice(stdout.indexOf("will perform the following actions")).split("\n");
    expect(lines.filter((line) => /Environment=.*(hello|morning)/.test(line)).length).toBeLessThanOrEqual(2);
    expect(lines.some((line) => line.includes("good morning"))).toBe(true);
    expect(lines.length).toBeLessThan(HOSTS * 10 + 50);
  });

  test.each<[string, Edit]>([
    ["An environment variable", { greeting: "good morning" }],
    ["A limit that systemd takes up", { memory: "2G" }],
    ["Another bind", { binds: [Bind.tcp(9393)] }],
  ])("what docs/plan.md shows under: %s", async (heading, edit) => {
    await workspace.synth(stackWith(edit));
    await checkPage(DOCS, heading, workspace);
  });

  test("of a changed script with unchanged units: nothing", async () => {
    const script = packed("echo something else\n");
    expect(await changedAddresses(stackWith({ script }))).toEqual([]);
    expect(await readFile(join(workspace.folder, "cdk.tf.json"), "utf8")).toContain(script);
  });

  test("with a script that somebody sets: refused", async () => {
    await workspace.synth(stackWith({}));
    const plan = workspace.engine.plan(workspace.folder, ["-var=puma_host_script=x"]);
    await expect(plan).rejects.toThrow(/is a script of\s+the\s+library's\s+own:\s+leave\s+it\s+unset/);
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
      names("")
        .map((name, i) => `terraform_data.puma_removals["web@${name}@${addressOf(i)}"]`)
        .sort(),
    );
    for (const { change } of changes) expect(change.actions).toEqual(["update"]);
  });

  test("of a renamed service: for each host, which service comes in the place of which", async () => {
    const changes = changesOf(await workspace.plan(stackWith({ name: "shop" })));
    const byHost = changes.find(({ address }) => address === "terraform_data.pumas_by_host");
    const listed = (service: string): object => ({
      input: Object.fromEntries(names("").map((name, i) => [`${name} at ${addressOf(i)}`, service])),
    });
    expect(byHost?.change).toMatchObject({
      actions: ["update"],
      before: listed("web"),
      after: listed("shop"),
    });
    const installed = changes.find(({ address }) => address === "terraform_data.pumas_installed");
    expect(installed?.change.actions).toEqual(["update"]);
    const removed = changes.filter(({ change }) => change.actions.includes("delete"));
    expect(removed.map(({ address }) => address)).toEqual(
      expect.arrayContaining(
        names("").map((name, i) => `terraform_data.puma_removals["web@${name}@${addressOf(i)}"]`),
      ),
    );
  });
});

interface Edit {
  readonly name?: string;
  readonly greeting?: string;
  readonly memory?: string;
  readonly release?: string;
  readonly restart?: Restart;
  readonly binds?: Bind[];
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
      name: edit.name,
      hosts: edit.order?.(declared) ?? declared,
      user: "deploy",
      workingDirectory: "/srv/app/current",
      pumaVersion: "6.6",
      socket: new PumaSocket(scope, "socket", { binds: [Bind.tcp(9292), ...(edit.binds ?? [])] }),
      environment: { GREETING: edit.greeting ?? "hello", QUEUE: "default" },
      directives: { Service: { MemoryMax: edit.memory ?? "1G" } },
      release: edit.release,
      restart: edit.restart,
    });
    if (edit.script !== undefined) replaceScript(stack, edit.script);
  };
}

/** What another version of the library would write. */
function replaceScript(stack: TerraformStack, script: string): void {
  const variable = stack.node.findAll().find(({ node }) => node.id === "puma_host_script");
  if (!(variable instanceof TerraformVariable)) throw new Error("the stack has no script");
  variable.addOverride("default", script);
  variable.addOverride("validation", undefined);
}

/** A script as the configuration has it. */
function packed(script: string): string {
  return gzipSync(script).toString("base64");
}

function hostOf(name: string, i: number, options?: Partial<HostOptions>): Host {
  return new Host(name, {
    address: addressOf(i),
    user: "ops",
    key: SshKey.agent(),
    hostKey: HOST_KEY,
    ...options,
  });
}

function addressOf(i: number): string {
  return `10.0.1.${10 + i}`;
}

function names(prefix: string): string[] {
  return Array.from({ length: HOSTS }, (_, i) => `${prefix}web${i + 1}`).sort();
}

function linesThatDiffer(review?: ResourceChange): Lines {
  const [before, after] = [review?.change.before, review?.change.after].map(linesOf) as [
    string[][],
    string[][],
  ];
  const without = (lines: string[][], others: string[][]): string[][] =>
    lines.filter((line) => !others.some((other) => other.join() === line.join()));
  const signed = (sign: string, lines: string[][]): [string, string][] =>
    lines.map(([key = "", line = ""]) => [`${sign} ${key}`, line]);
  return Object.fromEntries([...signed("-", without(before, after)), ...signed("+", without(after, before))]);
}

function linesOf(values: Record<string, unknown> | null | undefined): string[][] {
  const parts = Object.entries((values?.triggers_replace ?? {}) as Record<string, string | string[]>);
  return parts.flatMap(([key, lines]) => [lines].flat().map((line) => [key, line]));
}

/** What differs between two sets of values, triggers one by one; what is known after apply differs. */
function differences(
  before?: Record<string, unknown> | null,
  after?: Record<string, unknown> | null,
): string[] {
  const flat = (values?: Record<string, unknown> | null): Record<string, unknown> =>
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
