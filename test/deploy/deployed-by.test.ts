import { TerraformVariable } from "cdktf";
import { deployedByOf } from "../../lib/deploy/deployed-by";
import { Bind, Secrets, Task } from "../../lib";
import { PropPath } from "../../lib/values/prop-path";
import { newHost, newService, newStack, synth } from "../stack";

const at = PropPath.of("PumaService", "web").key("deployedBy");
const WHO = "\nPUMA_DEPLOYED_BY='ada, 3f2c1ab9'\n";

test.each([
  "",
  "ada",
  "ada, 3f2c1ab9",
  "J\u00fcrgen O'Neil <j@example.org>",
  "\u5c71\u7530 (#7)",
  "a".repeat(200),
])("takes a name as it is: %j", (name) => {
  expect(deployedByOf(at, name)).toBe(name);
});

test.each([
  ["a\nb", "be letters, digits, punctuation and spaces in one line"],
  ["a\u001b[2J", "be letters, digits, punctuation and spaces in one line"],
  ["a\u202eb", "be letters, digits, punctuation and spaces in one line"],
  ["a".repeat(201), "have at most 200 characters"],
])("refuses what is more than a name: %j", (name, limit) => {
  expect(() => deployedByOf(at, name)).toThrow(`PumaService 'web' 'deployedBy': must ${limit}, got`);
});

/** All that a stack says, for one who deploys. */
function stackOf(deployedBy?: string) {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "key", { type: "string", sensitive: true });
  newService(stack, {
    hosts: [newHost("a")],
    binds: [Bind.tcp(9292)],
    release: "1",
    tasks: [Task.once(["true"])],
    secrets: Secrets.environment({ KEY: stringValue }, { version: "1" }),
    deployedBy,
  });
  return synth(stack);
}

test("goes with each run, and is nothing that a plan sees", () => {
  const [none, ada] = [stackOf(), stackOf("ada, 3f2c1ab9")];
  const runs = ["puma_web_apply", "puma_web_task_true_apply", "puma_web_secrets_launch"];
  expect(runs.filter((name) => !String(ada.locals[name]).includes(WHO))).toEqual([]);
  const without = Object.fromEntries(
    Object.entries(ada.locals).map(([name, value]) => [
      name,
      runs.includes(name) ? String(value).replace(WHO, "\n").replace(" PUMA_DEPLOYED_BY\n", "\n") : value,
    ]),
  );
  expect({ ...ada, locals: without }).toEqual(none);
});

test("a token is left to the engine, which refuses what is no name, or is secret", () => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
  newService(stack, { deployedBy: `${stringValue}, by CI` });
  const { locals, resource } = synth(stack);
  expect(locals.puma_web_apply).toContain(`PUMA_DEPLOYED_BY='\${replace(var.v, "'", "'\\\\''")}, by CI'`);
  const conditions = resource.terraform_data.puma_web.lifecycle.precondition as Record<string, string>[];
  expect(conditions.map(({ error_message: message }) => message)).toEqual([
    expect.stringMatching(/^PumaService 'web' 'deployedBy': must not be sensitive/),
    "PumaService 'web' 'deployedBy': must be letters, digits, punctuation and spaces in one line.",
    "PumaService 'web' 'deployedBy': must have at most 200 characters.",
  ]);
});
