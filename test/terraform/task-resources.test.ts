import { TerraformVariable } from "cdktf";
import { Resource } from "@cdktf/provider-null/lib/resource";
import { Connection, Duration, type PumaServiceProps, Rollout, Secrets, Task } from "../../lib";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const migrate = Task.once(["bin/rails", "db:migrate"]);
const seed = Task.once(["bin/rails", "db:seed"], { timeout: Duration.minutes(2) });

function made(changes: Partial<PumaServiceProps> = {}, stack = newStack()): Synthesized {
  newService(stack, { release: "r1", tasks: [migrate, seed], ...changes });
  return synth(stack);
}

const resources = (json: Synthesized) => json.resource.null_resource as Record<string, Synthesized>;
const MIGRATE = "puma_web_task_bin_rails_db_migrate";
const SEED = "puma_web_task_bin_rails_db_seed";

test("each waits for the one before it, and the first hosts for the last of them", () => {
  const rollout = Rollout.rolling({ batchSize: 1 });
  const json = made({ hosts: [newHost("a"), newHost("b")], rollout });
  const { [MIGRATE]: first, [SEED]: second, puma_web_on_a: a, puma_web_on_b: b } = resources(json);
  expect(first?.depends_on).toEqual(["terraform_data.pumas_by_host"]);
  expect(second?.depends_on).toEqual([`null_resource.${MIGRATE}`]);
  expect(a?.depends_on).toEqual([`null_resource.${SEED}`]);
  expect(b?.depends_on).toEqual(["local.puma_web_batch_1"]);
});

test("what a service depends on, its first task depends on", () => {
  const stack = newStack();
  const machines = new Resource(stack, "machines");
  const json = made({ dependsOn: [machines] }, stack);
  expect(resources(json)[MIGRATE]?.depends_on).toEqual([
    "null_resource.machines",
    "terraform_data.pumas_by_host",
  ]);
});

test("it waits for the secrets of the host that it runs on, and for those alone", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "key", { sensitive: true });
  const b = newHost("b");
  const json = made(
    {
      hosts: [newHost("a"), b],
      secrets: Secrets.environment({ KEY: stringValue }, { version: "1" }),
      tasks: [migrate, Task.once(["bin/rails", "db:seed"], { host: b })],
    },
    stack,
  );
  const { [MIGRATE]: first, [SEED]: second, puma_web_on_a: a } = resources(json);
  const inventory = "terraform_data.pumas_by_host";
  expect(first?.depends_on).toEqual([inventory, "terraform_data.puma_web_secrets_on_a"]);
  expect(second?.depends_on).toEqual([`null_resource.${MIGRATE}`, "terraform_data.puma_web_secrets_on_b"]);
  expect(a?.depends_on).toEqual([`null_resource.${SEED}`, "terraform_data.puma_web_secrets_on_a"]);
  const { puma_web_secrets_on_a, puma_web_secrets_on_b } = json.resource.terraform_data;
  expect([puma_web_secrets_on_a.depends_on, puma_web_secrets_on_b.depends_on]).toEqual([
    [inventory],
    [inventory],
  ]);
});

test("only its words and the release tell one state of it from another", () => {
  const { locals, ...json } = made();
  expect(locals.puma_web_release).toBe("r1");
  expect(resources(json)[MIGRATE]?.triggers).toBe(
    '${{ release = local.puma_web_release, task = "bin/rails db:migrate" }}',
  );
  const other = resources(
    made({
      hosts: [newHost("z", { address: "10.9.9.9", user: "other" })],
      environment: { A: "1" },
      tasks: [Task.once(["bin/rails", "db:migrate"], { timeout: Duration.seconds(1) })],
    }),
  );
  expect(other[MIGRATE]?.triggers).toBe(resources(json)[MIGRATE]?.triggers);
});

test("a failed one does not let the engine forget the hosts behind it", () => {
  const all = Object.values(resources(made()));
  expect(all.map(({ lifecycle }) => lifecycle)).toEqual(all.map(() => ({ create_before_destroy: true })));
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", {});
  expect(resources(made({ release: stringValue }, stack))[MIGRATE]?.lifecycle).toBeUndefined();
});

test("what runs is the host's script with the service's settings, and its own behind them", () => {
  const { locals } = made();
  const text = locals[`${SEED}_apply`] as string;
  expect(text).toContain("PUMA_ACTION='task'\n");
  expect(text).toContain("PUMA_RUN_TIMEOUT='840'\n");
  const own = `PUMA_TASK='\\''bin/rails'\\'' '\\''db:seed'\\''`;
  expect(text).toContain("PUMA_SETTINGS='${replace(local.puma_web_settings,");
  expect(text.replaceAll("'\\''", "'").replaceAll("'\\''", "'")).toContain(
    own.replaceAll("'\\''", "'").replace("PUMA_TASK=", "PUMA_TASK='"),
  );
  expect(text).toContain("PUMA_TASK_TIMEOUT='\\''120'\\''\n");
});

test("it reaches its host as an installation does", () => {
  const hosts = [newHost("a", { key: undefined, connection: Connection.openssh() })];
  const json = made({ hosts, tasks: [migrate] });
  const [{ "local-exec": run }] = resources(json)[MIGRATE]?.provisioner as [Synthesized];
  expect(run.command).toBe("a task of web on a");
  expect(run.environment).toMatchObject({
    CDKTF_PUMA_REACH: "openssh",
    CDKTF_PUMA_SCRIPT: `set -eu -- 'a' 'a.example.org' auto '\${local.puma_services["a"]}' 0 stdin`,
    CDKTF_PUMA_PACKED: `\${local.${MIGRATE}_packed}`,
  });
  expect(json.locals[`${MIGRATE}_packed`]).toBe(`\${base64gzip(local.${MIGRATE}_apply)}`);
});

test("names of two that look alike differ, and words of any kind make one", () => {
  const tasks = [["a", "b"], ["a b"], ["ü"], ["x".repeat(60)], ["$" + "{x}"]].map((words) =>
    Task.once(words),
  );
  const names = Object.keys(resources(made({ tasks }))).filter((name) => name.includes("task"));
  const key = "[0-9a-f]{12}";
  const patterns = [key, "a_b", `a_b_${key}`, "x", "x{40}"];
  expect(names.sort()).toEqual(
    patterns.map((pattern) => expect.stringMatching(new RegExp(`^puma_web_task_${pattern}$`))),
  );
  const last = resources(made({ tasks })).puma_web_task_x;
  expect(last?.triggers).toContain('task = "$${x}"');
});
