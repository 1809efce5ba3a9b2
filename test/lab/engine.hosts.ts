import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, findEngine } from "../../lab/engine/engine";
import { CLAIMED_VERSION } from "../../lab/engine/provider";

const STACK = `
terraform {
  required_providers {
    null = { source = "null", version = "${CLAIMED_VERSION}" }
  }
}
variable "greeting" { default = "hello" }
resource "null_resource" "one" {
  triggers = { greeting = var.greeting }
  provisioner "local-exec" { command = "echo \${var.greeting} to you; touch begun; sleep \${var.greeting == "slow" ? 60 : 0}" }
}
`;

// Building OpenTofu takes four minutes, once.
describe.each(["terraform", "tofu"] as const)("%s", (kind) => {
  let dir: string;
  let engine: Engine;
  beforeAll(async () => {
    engine = await findEngine(kind);
    dir = await mkdtemp(join(tmpdir(), "cdktf-puma-engine-"));
    await writeFile(join(dir, "main.tf"), STACK);
    await engine.init(dir);
  }, 900_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test("is a release of itself", async () => {
    const { stdout, stderr } = await engine.run(dir, ["version", "-json"]);
    expect(JSON.parse(stdout)).toMatchObject({ provider_selections: expect.anything() });
    expect(stdout).not.toContain("-dev");
    expect(stderr).toBe("");
  });

  test("plans, applies and destroys", async () => {
    await engine.plan(dir, ["-out=plan"], { parallelism: 2 });
    expect(await engine.showJson(dir, "plan")).toMatchObject({
      resource_changes: [{ change: { actions: ["create"] } }],
    });
    const lines: string[] = [];
    const { stdout } = await engine.apply(dir, ["plan"], { onLine: (line) => lines.push(line) });
    expect(stdout).toContain("hello to you");
    expect(lines).toEqual(stdout.replace(/\n$/, "").split("\n"));
    expect((await engine.plan(dir, ["-detailed-exitcode"])).code).toBe(0);
    await engine.destroy(dir);
    expect(await engine.showJson(dir)).not.toHaveProperty("values.root_module");
  });

  test("tells how a command fails", async () => {
    await expect(engine.apply(dir, ["no-such-plan"])).rejects.toThrow(/exit code 1[^]*no-such-plan/);
    expect(await engine.apply(dir, ["no-such-plan"], { allowFailure: true })).toMatchObject({ code: 1 });
  });

  test("can be killed in the midst of an apply", async () => {
    await rm(join(dir, "begun"), { force: true });
    const running = engine.start(dir, ["apply", "-auto-approve", "-lock=false", "-var=greeting=slow"]);
    while (!existsSync(join(dir, "begun"))) await sleep(50);
    running.kill("SIGKILL");
    expect(await running.ended).toBe("SIGKILL");
  });
});
