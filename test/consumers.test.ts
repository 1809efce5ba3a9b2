/** Who installs the library from a registry: with cdktf, with cdktn, with both, with bindings and without. */
import { join } from "node:path";
import { type Consumer, Consumers, type CdkName, essence, SETUPS } from "./consumers/consumer";
import { ROOT } from "./example";
import { type Synthesized } from "./stack";

const consumers = new Consumers();
const projects = new Map<string, Consumer>();
const stacks: [setup: string, cdk: CdkName, json: Synthesized][] = [];

beforeAll(() => {
  for (const [name, packages] of Object.entries(SETUPS)) {
    const installed = consumers.install(name, packages);
    projects.set(name, installed);
    for (const [cdk, json] of installed.synth()) stacks.push([name, cdk, json]);
  }
});

afterAll(() => consumers.remove());

function project(name: string): Consumer {
  const found = projects.get(name);
  if (!found) throw new Error(`there is no project '${name}'`);
  return found;
}

test.each(Object.entries(SETUPS))(
  "%s: npm installs nothing that was not asked for, but what the command line is made with",
  (name, packages) => {
    expect(project(name).packages.sort()).toEqual(
      ["cdktf-puma", "commander", "constructs", ...Object.keys(packages)].sort(),
    );
  },
);

test.each([
  ["cdktf alone", "cdktf"],
  ["cdktn alone", "cdktn"],
  ["both CDKs", "cdktf"],
])("%s: the command line imports a unit into a program for the CDK that is there", (name, cdk) => {
  const unit = join(ROOT, "test/cli/import/units/18-syslog-output.service");
  const printed = project(name).runCommand("cdktf-puma", "import", unit);
  expect(printed).toContain(`import { App, TerraformStack } from "${cdk}";`);
  expect(printed).toContain('new PumaService(stack, "18-syslog-output", {');
});

test.each(["cdktf alone", "cdktn alone"])(
  "%s: the types are right, under strict and with all libraries'",
  (name) => {
    project(name).checkTypes();
  },
);

test("the types of what tests write are right under jest, with its globals or without, and under vitest", () => {
  project("cdktn alone").checkTypesOfTests();
});

test("the same program is the same stack in all of them", () => {
  const [[, , first], ...others] = stacks;
  expect(others).toHaveLength(4);
  for (const [, , json] of others) expect(essence(json)).toEqual(essence(first));
});

test("the provider comes from the bindings where they are installed for the CDK, and from ours where not", () => {
  const provider = { source: "null", version: "3.2.4" };
  const own = { source: "hashicorp/null", version: "~> 3.2" };
  expect(stacks.map(([setup, cdk, json]) => [setup, cdk, json.terraform.required_providers.null])).toEqual([
    ["cdktf alone", "cdktf", provider],
    ["cdktn alone", "cdktn", own],
    ["both CDKs", "cdktf", provider],
    ["both CDKs", "cdktn", own],
    ["cdktf without bindings of the null provider", "cdktf", own],
  ]);
});
