/** The linter holds the order of the rooms: none imports from one before it, and only one of them knows the engine. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOMS = ["terraform", "deploy", "puma", "host", "systemd", "runtime", "values"];

const LINT = `
  import { readFileSync } from "node:fs";
  import { ESLint } from "eslint";
  const eslint = new ESLint();
  const told = [];
  for (const [filePath, text] of JSON.parse(readFileSync(0, "utf8"))) {
    const [{ messages }] = await eslint.lintText(text, { filePath });
    told.push(messages.map(({ ruleId }) => ruleId));
  }
  console.log(JSON.stringify(told));`;

/** The rules that files break which import from these modules. */
function brokenBy(imports: readonly (readonly [file: string, module: string])[]): string[][] {
  const files = imports.map(([file, module]) => [
    file,
    `import { a } from "${module}";\n\nexport const b = a;\n`,
  ]);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", LINT], {
    cwd: join(__dirname, ".."),
    input: JSON.stringify(files),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

/** Each pair of two rooms, the outer one first. */
const pairs = ROOMS.flatMap((outer, i) => ROOMS.slice(i + 1).map((inner) => [outer, inner] as const));

const RULE = ["no-restricted-imports"];

test("an import against the order of the rooms is an error", () => {
  const imports = pairs.map(([outer, inner]) => [`lib/${inner}/stray.ts`, `../${outer}/stray`] as const);
  expect(brokenBy(imports)).toEqual(imports.map(() => RULE));
}, 60_000);

test("one along the order is none", () => {
  const imports = pairs.map(([outer, inner]) => [`lib/${outer}/stray.ts`, `../${inner}/stray`] as const);
  expect(brokenBy(imports)).toEqual(imports.map(() => []));
}, 60_000);

test("the constructs and the engine are known to none of the inner rooms", () => {
  const modules = ["../puma-service", "../index", "cdktf", "constructs", "@cdktf/provider-null/lib/resource"];
  const inner = ROOMS.slice(1).flatMap((room) =>
    modules.map((module) => [`lib/${room}/stray.ts`, module] as const),
  );
  expect(brokenBy(inner)).toEqual(inner.map(() => RULE));
}, 60_000);

test("what stands beside the tests imports nothing of theirs", () => {
  const imports = ["lab/fleet/stray.ts", "demo/stray.ts", "bench/stray.ts"].map(
    (file) => [file, `${"../".repeat(file.split("/").length - 1)}test/stray`] as const,
  );
  expect(brokenBy(imports)).toEqual(imports.map(() => RULE));
}, 60_000);
