/** Policies over real plans of both engines, and what `terraform test` does to a stack: each output as docs/testing.md has it. */
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bind, Host, PumaDropIn, PumaService, Restart, Rollout, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { run } from "../../lab/fleet/run";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { conftest } from "../../lab/tools/conftest";
import { applyWithoutHosts } from "../e2e/shown-plans";
import { ROOT } from "../example";
import { DIRECTIVES, type Edit, stackWith, tell } from "./policed";

const POLICY = join(ROOT, "policy");
const PAGE = readFileSync(join(ROOT, "docs/testing.md"), "utf8");

/** On a host of its own. */
function userService(stack: Parameters<Build>[0]): void {
  new PumaService(stack, "theirs", {
    name: "web",
    scope: "user",
    hosts: [new Host("home", { address: "10.0.1.99", user: "deploy", key: SshKey.agent() })],
    workingDirectory: "/srv/blog/current",
    binds: [Bind.tcp(9393)],
    directives: { Service: { MemoryMax: "1G", NoNewPrivileges: true } },
  });
}

const dropIn =
  (directives: Record<string, Record<string, string | boolean>>): Edit["beside"] =>
  (stack, hosts) =>
    new PumaDropIn(stack, "lines", { hosts, unit: "other.service", directives });

/** The lines of a block of the page that begins with some text. */
function shown(begin: string): string {
  const blocks = [...PAGE.matchAll(/^```(?:text|hcl|yaml|rego)\n([^]*?)^```$/gm)].map(
    ([, text = ""]) => text,
  );
  return blocks.find((text) => text.startsWith(begin)) ?? `no block that begins with ${begin}`;
}

test("each policy takes and refuses what its own tests say", async () => {
  const { stdout, code } = await conftest(ROOT, ["verify", "-p", POLICY, "-p", "test/policy"]);
  expect([stdout.trim().split("\n").at(-1), code]).toEqual([expect.stringMatching(/ 0 failures/), 0]);
  expect((await conftest(ROOT, ["fmt", "--check", POLICY, "test/policy"])).code).toBe(0);
});

describe.each<EngineKind>(["terraform", "tofu"])("plans of %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await applyWithoutHosts(workspace, stackWith());
    await writeFile(join(workspace.folder, "limits.yaml"), shown("puma_limits:"));
  });
  afterAll(() => workspace?.close());

  /** What conftest says of the plan of an edit, its failures without what stands before each. */
  async function judged(edit: Edit, ...args: string[]): Promise<string[]> {
    const plan = await workspace.plan(stackWith(edit));
    await writeFile(join(workspace.folder, "plan.json"), JSON.stringify(plan));
    const words = ["test", "plan.json", "--policy", POLICY, "--namespace", "puma", ...args];
    const { stdout } = await conftest(workspace.folder, words);
    expect(stdout).toMatch(/^\d+ tests?, /m);
    return stdout.split("\n").filter((line) => line.startsWith("FAIL"));
  }

  const five = "5 hosts at once (web1, web2, web3, web4, web5), and may on 4";
  const halves = Rollout.rolling({ batchSize: "50%" });

  test.each<[string, Edit, string[]]>([
    ["nothing changed", {}, []],
    ["an edited variable in batches", { greeting: "hi", rollout: halves }, []],
    ["an edited variable on four hosts at once", { greeting: "hi", hosts: 4 }, []],
    ["an edited variable on five hosts at once", { greeting: "hi" }, [`puma_web: restarts on ${five}`]],
    ["a limit that systemd takes up", { directives: { ...DIRECTIVES, MemoryMax: "2G" } }, []],
    ["another restart mode", { restart: Restart.full() }, []],
    ["an edited variable that waits", { greeting: "hi", restart: Restart.none() }, []],
    ["no user", { user: undefined, rollout: halves }, ["web.service: runs as root"]],
    [
      "no limit of memory",
      { directives: { NoNewPrivileges: true, ProtectSystem: "full" }, rollout: halves },
      ["web.service: has no MemoryMax="],
    ],
    [
      "hardening that goes",
      { directives: { MemoryMax: "1G", NoNewPrivileges: true, ProtectSystem: false }, rollout: halves },
      ["web.service: switches hardening off: was ProtectSystem=full, is ProtectSystem=false"],
    ],
    ["one host less", { hosts: 4 }, []],
    ["two hosts less", { hosts: 3 }, ["2 hosts lose a service (web4, web5)"]],
    ["another name", { id: "shop", rollout: halves }, []],
    ["hosts that are kept stopped", { ensure: "stopped" }, [`puma_web: restarts on ${five}`]],
    [
      "a user's own service of the name, and no user",
      { user: undefined, rollout: halves, beside: userService },
      ["web.service: runs as root"],
    ],
    ["a user's own service", { beside: userService }, []],
    [
      "a drop-in",
      { beside: dropIn({ Service: { NoNewPrivileges: false, User: "root" } }) },
      [
        "other.service.d/60-lines.conf: has the unit run as root",
        "other.service.d/60-lines.conf: switches hardening off that its unit may have: NoNewPrivileges=false",
      ],
    ],
  ])("%s", async (what, edit, refused) => {
    const failures = await judged(edit);
    expect(failures).toEqual(refused.map((text) => expect.stringContaining(text)));
    tell(kind, what, failures.length === 0 ? "passes" : refused.map((text) => `“${text}”`).join(", "));
  });

  test("what is no plan, and limits that nobody reads", async () => {
    const { stdout } = await run(workspace.engine.binary, ["show", "-json"], {
      cwd: workspace.folder,
      env: workspace.engine.env,
    });
    await writeFile(join(workspace.folder, "state.json"), stdout);
    const words = ["test", "state.json", "--policy", POLICY, "--namespace", "puma"];
    expect((await conftest(workspace.folder, words)).stdout).toContain("is no plan");
    await writeFile(
      join(workspace.folder, "slip.yaml"),
      "puma_limits: {freezes: [{from: 2026-12-20, to: 2027-01-02}]}\n",
    );
    expect(await judged({}, "--data", "slip.yaml")).toEqual([
      expect.stringContaining("'freezes' must be a list"),
    ]);
  });

  test("a freeze: nothing that restarts, but what systemd takes up", async () => {
    const always = "puma_limits: {freezes: [{from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z'}]}\n";
    await writeFile(join(workspace.folder, "freeze.yaml"), always);
    const edit = { greeting: "hi", rollout: halves };
    expect(await judged(edit, "--data", "freeze.yaml")).toEqual([
      "FAIL - plan.json - puma - puma_web: restarts in a freeze, which ends at 2100-01-01T00:00:00Z",
    ]);
    const reload = { directives: { ...DIRECTIVES, MemoryMax: "2G" } };
    expect(await judged(reload, "--data", "freeze.yaml")).toEqual([]);
    tell(kind, "an edited variable in a freeze", "“puma_web: restarts in a freeze”");
  });

  test("what docs/testing.md shows: refusals, other limits, and a policy of one's own", async () => {
    const edit = { directives: {} };
    expect(await judged(edit)).toEqual(shown("FAIL - plan.json").trim().split("\n"));
    expect(await judged(edit, "--data", "limits.yaml")).toEqual((await judged(edit)).slice(1, 4));
    await writeFile(join(workspace.folder, "mine.rego"), shown("package mine").replace('0" in', '1" in'));
    expect(await judged({}, "--policy", "mine.rego", "--namespace", "mine")).toEqual([
      "FAIL - plan.json - mine - web.service: gives up after too few crashes",
    ]);
  });
});

describe.each<EngineKind>(["terraform", "tofu"])("`test` of %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await workspace.synth(stackWith({ hosts: 2, directives: { MemoryMax: "1G" } }));
  });
  afterAll(() => workspace?.close());

  async function tested(text: string): Promise<string> {
    await writeFile(join(workspace.folder, "web.tftest.hcl"), text);
    const { binary, env } = workspace.engine;
    // In the order of a terminal.
    const words = ["-c", 'exec "$0" test -no-color 2>&1', binary];
    const { stdout } = await run("sh", words, { cwd: workspace.folder, env, allowFailure: true });
    return stdout;
  }

  test("asserts lines of units and hosts of a plan, as docs/testing.md shows it", async () => {
    const file = shown("# web.tftest.hcl");
    const output = await tested(file);
    if (kind === "terraform") expect(output.trim()).toBe(shown("web.tftest.hcl...").trim());
    expect(output).toContain("web.service may take more memory than 2G");
    expect(await tested(file.replace("MemoryMax=2G", "MemoryMax=1G"))).toContain("1 passed, 0 failed");
    expect(await tested(file.replace("== 2", "== 3").replaceAll("2G", "1G"))).toContain(
      "web is on web1 at 10.0.1.11, web2 at 10.0.1.12",
    );
    tell(kind, "`test` of a plan", "fails by the line of the unit, and passes");
  });

  // No agent, so that the provisioner fails before it reaches anybody.
  test.each([
    ["mock_provider", 'mock_provider "null" {}'],
    ["override_resource", "override_resource {\n  target = null_resource.puma_web_on_web1\n}"],
  ])("runs provisioners all the same with %s, unless it only plans", async (what, given) => {
    delete workspace.engine.env.SSH_AUTH_SOCK;
    const block = `${given}\nrun "web" {\n  assert {\n    condition     = length(local.puma_services) == 2\n    error_message = "no"\n  }\n}\n`;
    const output = await tested(block);
    expect(output).toMatch(/remote-exec provisioner error\s+with null_resource\.puma_web_on_web1/);
    expect(await tested(block.replace(/(run .*)/, "$1\n  command = plan"))).toContain("1 passed, 0 failed");
    tell(kind, `\`test\` that applies, with ${what}`, "**runs the provisioners**");
  });
});
