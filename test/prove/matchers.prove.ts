/** What users' tests do under the runners themselves, as npm installs them. */
import { appendFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { type CdkName, Consumers, SETUPS } from "../consumers/consumer";

const CDKS: readonly CdkName[] = ["cdktf", "cdktn"];

/** How a runner is imported, and called for a file. */
interface Runner {
  readonly packages: Readonly<Record<string, string>>;
  readonly imports: string;
  readonly file: string;
  readonly command: readonly [name: string, ...words: string[]];
  /** How it counts. */
  readonly counts: RegExp;
}

const RUNNERS: Readonly<Record<string, Runner>> = {
  jest: {
    packages: { jest: "^30.0.0" },
    imports: "",
    file: "web.test.js",
    command: ["jest"],
    counts: /Tests:\s+2 failed, 2 passed/,
  },
  "jest, with `@jest/globals`": {
    packages: { jest: "^30.0.0" },
    imports: 'import { expect, test } from "@jest/globals";',
    file: "web.test.js",
    command: ["jest", "--injectGlobals=false"],
    counts: /Tests:\s+2 failed, 2 passed/,
  },
  vitest: {
    packages: { vitest: "^4.0.0" },
    imports: 'import { expect, test } from "vitest";',
    file: "web.test.ts",
    command: ["vitest", "run"],
    counts: /Tests\s+2 failed \| 2 passed/,
  },
};

const stackOf = (cdk: CdkName): string => `
import { App, TerraformStack, Testing } from "${cdk}";
import { Bind, Host, PumaService, SshKey } from "cdktf-puma";
import { hostsOf, matchers, unitsOf } from "cdktf-puma/testing";

const stack = new TerraformStack(new App({ outdir: "out" }), "blog");
new PumaService(stack, "web", {
  hosts: [new Host("web1", { address: "10.0.1.11", key: SshKey.agent() })],
  binds: [Bind.tcp(9292)],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  environment: { QUEUE: "default" },
});
`;

const TESTS = `
expect.extend(matchers);
const Service = {
  User: "deploy",
  Group: undefined,
  Environment: ["RACK_ENV=production", expect.stringContaining("QUEUE=")],
  ExecStart: expect.stringMatching(/puma -b/),
  WorkingDirectory: expect.arrayContaining(["/srv/blog/current"]),
};
test("a stack", () => {
  expect(stack).toHaveUnit("web.service", { Service });
  expect(stack).not.toHaveUnit("web.service", { Service: { User: expect.not.stringContaining("deploy") } });
  expect(unitsOf(stack)["web.service"].Service.User).toBe("deploy");
  expect(hostsOf(stack)).toEqual({ "web.service": ["web1"] });
});
test("a synthesized stack", () => expect(Testing.synth(stack)).toHaveUnit("web.service", { Service }));
test("a failure", () =>
  expect(stack).toHaveUnit("web.service", { Service: { User: "app", Environment: ["QUEUE=default"] } }));
test("no such unit", () => expect(stack).toHaveUnit("webb.service"));
`;

/** What both failures print, whatever the runner prints around and between. */
const SAID = [
  'toHaveUnit("web.service")',
  "web.service on web1",
  '[Service] User=\nExpected: "app"\nReceived: "deploy"\nline 11: User=deploy',
  "line 13: Environment=RACK_ENV=production\nline 14: Environment=QUEUE=default",
  'Expected unit:  "webb.service"\nReceived units: "web.service"',
  "Did you mean web.service?",
];

/** What is seen, for the table of the evidence. */
function tell(...row: string[]): void {
  const line = `| ${row.join(" | ")} |\n`;
  if (process.env.EVIDENCE) appendFileSync(process.env.EVIDENCE, line);
  else process.stderr.write(line);
}

const consumers = new Consumers();
afterAll(() => consumers.remove());

test.each(Object.entries(RUNNERS))("%s", (name, { packages, imports, file, command, counts }) => {
  const project = consumers.install(`with ${name.replace(/\W+/g, " ")}`, {
    ...SETUPS["both CDKs"],
    ...packages,
  });
  for (const cdk of CDKS) {
    project.writeModule(file, `${imports}${stackOf(cdk)}${TESTS}`);
    const printed = stripVTControlCharacters(project.runInVain(...command)).replace(/^ +/gm, "");
    expect(printed).toMatch(counts);
    for (const said of SAID) expect(printed).toContain(said);
  }
  tell(name, ...CDKS.map(() => "passes and fails as it should"));
});

test("node:test", () => {
  const project = consumers.install("with node", SETUPS["both CDKs"] ?? {});
  for (const cdk of CDKS) {
    const asserts = `
assert.equal(unitsOf(stack)["web.service"].Service.User, "deploy");
assert.deepEqual(hostsOf(stack), { "web.service": ["web1"] });
assert.equal(typeof matchers.toHaveUnit, "function");
`;
    const imports = 'import assert from "node:assert/strict";\nimport test from "node:test";\n';
    project.writeModule(
      "web.mjs",
      `${imports}${stackOf(cdk).replace(", Testing", "")}test("web", () => {${asserts}});\n`,
    );
    project.runNode("--test", "web.mjs");
  }
  tell("node:test", ...CDKS.map(() => "passes"));
});
