/** The public API: what jsii accepts, and what is said of each name. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Assembly, examplesIn, missingDocs } from "../lab/jsii/assembly";
import { JsiiPackage } from "../lab/jsii/package";
import { ROOT } from "./example";

/** Breaks, each in the type of a public name: kind, file in lib/, what stands there, what is put there, what jsii says. */
const BREAKS: readonly [kind: string, file: string, old: string, text: string, error: string][] = [
  ["a tuple", "puma/service-props.ts", "args?: string[]", "args?: [string, string]", "Tuple types"],
  [
    "an object literal",
    "host/ssh-key.ts",
    "options: SensitiveKeyOptions)",
    "options: { readonly teardown: SshKey })",
    "Only string-indexed map types",
  ],
  [
    "a read-only list",
    "puma-service.ts",
    "hosts: Host[]",
    "hosts: readonly Host[]",
    `"ReadonlyArray" cannot`,
  ],
  [
    "a type of an engine",
    "puma-service.ts",
    "dependsOn?: ITerraformDependable[]",
    'dependsOn?: import("cdktf").ITerraformDependable[]',
    `not declared in "dependencies" or "peerDependencies": "cdktf"`,
  ],
  ["an internal name without its mark", "puma/bind.ts", "get _probe()", "get probe()", `Rename "probe"`],
];

const library = new JsiiPackage();
const broken = new JsiiPackage();
let errors: string[];
let refusals: string[];
let assembly: Assembly;

beforeAll(async () => {
  for (const [, file, old, text] of BREAKS) broken.edit(file, old, text);
  [errors, refusals] = await Promise.all([library.compile(), broken.compile()]);
  if (errors.length === 0) assembly = library.assembly();
});

afterAll(() => [library, broken].forEach((one) => one.remove()));

test("jsii accepts every public type", () => {
  expect(errors).toEqual([]);
});

test.each(BREAKS)("jsii refuses %s", (_, file, __, ___, error) => {
  expect(refusals).toContainEqual(expect.stringMatching(new RegExp(`^lib/${file}:.*${error}`)));
});

test("every public name has a summary, its parameters, its defaults and an example", () => {
  expect(missingDocs(assembly)).toEqual([]);
});

test("the examples have right types, and run", async () => {
  const values = Object.values(assembly.types).filter(({ kind }) => kind === "class" || kind === "enum");
  const names = values.map(({ name }) => name).join(", ");
  const examples = Object.entries(examplesIn(assembly));
  const calls = examples.map(
    ([name, text]) => `run(${JSON.stringify(name)}, (stack: TerraformStack) => {\n${text}\n});\n`,
  );
  const program = `
    import { App, TerraformStack, TerraformVariable } from "cdktf";
    import { ${names} } from "./lib";
    const app = new App();
    function run(name: string, example: (stack: TerraformStack) => void): void {
      try {
        example(new TerraformStack(app, name));
        console.log(name);
      } catch (error) {
        console.log(\`\${name}: \${error}\`);
      }
    }
    ${calls.join("")}`;
  const run = (await library.runProgram(program)).trim().split("\n");
  expect(run).toEqual(examples.map(([name]) => name));
});

test("API.md says what the docstrings say: npm run docgen", async () => {
  const file = join(ROOT, "API.md");
  const written = existsSync(file) ? readFileSync(file, "utf8") : "";
  // Not `toBe`: of two texts of thousands of lines that would print both.
  expect((await library.reference()) === written).toBe(true);
});

describe("what is missing is told", () => {
  const type = { name: "Name", kind: "class", docs: { summary: "A name.", example: "x" } } as const;

  test.each<[missing: string[], ...types: object[]]>([
    [[], type],
    [["Name: no summary", "Name: no @example"], { ...type, docs: undefined }],
    [
      ["Name: a summary that is no whole sentence: One;"],
      { ...type, docs: { ...type.docs, summary: "One;" } },
    ],
    [
      ["new Name: no @param id, or one that is cut at a semicolon"],
      { ...type, initializer: { parameters: [{ name: "id" }] } },
    ],
    [
      [
        "Name.of: no summary",
        "Name.of: no @example",
        "Name.of: no @param x, or one that is cut at a semicolon",
      ],
      {
        ...type,
        methods: [{ name: "of", static: true, parameters: [{ name: "x", docs: { summary: "one;" } }] }],
      },
    ],
    [["Name.do: no summary"], { ...type, methods: [{ name: "do" }] }],
    [["Name.one: no summary"], { ...type, properties: [{ name: "one", optional: true }] }],
    [
      ["Name.one: no @default"],
      {
        ...type,
        kind: "interface",
        properties: [
          { name: "one", optional: true, docs: { summary: "One." } },
          { name: "two", optional: true, docs: { summary: "Two.", default: "2" } },
          { name: "three", docs: { summary: "Three." } },
        ],
      },
    ],
  ])("%j", (missing, ...types) => {
    const named = types.map((one, i) => [`cdktf-puma.${i}`, one]);
    expect(missingDocs({ types: Object.fromEntries(named) })).toEqual(missing);
  });
});
