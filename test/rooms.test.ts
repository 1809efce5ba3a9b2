/**
 * The order of the rooms: none imports from one before it, and only one of them knows cdktf and cdktn. The linter tells of it
 * as one writes, by the usual paths; here each import is followed to its file.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "..");
const ROOMS = JSON.parse(readFileSync(join(ROOT, "scripts/rooms.json"), "utf8")) as string[];
const FOLDERS = ROOMS.filter((room) => room !== ".");
/** Those that know neither the constructs nor a CDK. */
const INNER = ROOMS.slice(ROOMS.indexOf("terraform") + 1);

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
    cwd: ROOT,
    input: JSON.stringify(files),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[][];
}

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  paths: { "cdktf-puma": ["./lib/index.ts"] },
  pathsBasePath: ROOT,
};

/** The file of the repository that an import means; undefined for a package, and for what is not there. */
function fileOf(module: string, from: string): string | undefined {
  const { resolvedModule } = ts.resolveModuleName(module, join(ROOT, from), OPTIONS, ts.sys);
  const isPackage = resolvedModule === undefined || resolvedModule.isExternalLibraryImport;
  return isPackage ? undefined : relative(ROOT, resolvedModule.resolvedFileName).split(sep).join("/");
}

/** How far from the street a file is; undefined for one in no room. */
function depthOf(file: string): number | undefined {
  const [lib, room = "", inRoom] = file.split("/");
  if (lib !== "lib") return undefined;
  const own = ROOMS.indexOf(".");
  if (inRoom === undefined) return { "index.ts": own - 0.5, "layout.ts": ROOMS.length }[room] ?? own;
  return FOLDERS.includes(room) ? ROOMS.indexOf(room) : undefined;
}

/** What a file imports, in whatever form: by a declaration, a type, a call, a reference. */
function importsOf(text: string): string[] {
  const source = ts.createSourceFile("stray.ts", text, ts.ScriptTarget.Latest, true);
  const modules = source.referencedFiles.map(({ fileName }) => fileName);
  const visit = (node: ts.Node): void => {
    const module = moduleIn(node)?.getText();
    if (module !== undefined) modules.push(module.replace(/^["'`]|["'`]$/g, ""));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return modules;
}

function moduleIn(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return node.argument;
  if (ts.isExternalModuleReference(node)) return node.expression;
  const isCall = ts.isCallExpression(node) && /^(import|require)$/.test(node.expression.getText());
  return isCall ? node.arguments[0] : undefined;
}

/** What is wrong with the imports of a file. */
function importProblems(file: string, text: string): string[] {
  const depth = depthOf(file);
  if (depth === undefined) return [`${file} is in no room`];
  return importsOf(text).flatMap((module) => {
    const target = fileOf(module, file);
    const isInner = depth > ROOMS.indexOf("terraform");
    const isCommandLine = depth === ROOMS.indexOf("cli");
    const isUnknown = module.startsWith(".") || (isInner && !module.startsWith("node:"));
    if (target === undefined && (isUnknown || (module === "commander" && !isCommandLine)))
      return [`${file} imports ${module}`];
    const deep = target === undefined ? depth : depthOf(target);
    return deep !== undefined && deep >= depth ? [] : [`${file} imports ${target}`];
  });
}

const SOURCES = readdirSync(join(ROOT, "lib"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => `lib/${file.split(sep).join("/")}`);

test("the rooms are the folders of lib/, and those of the architecture", () => {
  const entries = readdirSync(join(ROOT, "lib"), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect([...FOLDERS].sort()).toEqual(folders.sort());
  const page = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  expect([...page.matchAll(/^\| `lib\/(\w+)\/` \|/gm)].map(([, room]) => room)).toEqual(FOLDERS);
});

test("each file of lib/ imports along the order of the rooms, and nothing outside of lib/", () => {
  expect(SOURCES.length).toBeGreaterThan(50);
  expect(SOURCES.flatMap((file) => importProblems(file, readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
});

test.each([
  ["lib/puma/stray.ts", 'import { a } from "./../deploy/bundle";', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'export * from "../../lib/deploy/bundle.js";', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'let a: import("../deploy/bundle").Bundle;', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'const a = await import("../deploy/bundle");', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'const a = /"/; const b = require(`../deploy/bundle`);', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'import a = require("../deploy/bundle");', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", '/// <reference path="../deploy/bundle.ts" />', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", "const a = await import(name);", "name"],
  ["lib/puma/deep/stray.ts", 'import { a } from "../../deploy/bundle";', "lib/deploy/bundle.ts"],
  ["lib/puma/stray.ts", 'import { a } from "cdktf-puma";', "lib/index.ts"],
  ["lib/puma/stray.ts", 'let a: import("cdktf").App;', "cdktf"],
  ["lib/puma/stray.ts", 'const a = require("cdktn");', "cdktn"],
  ["lib/terraform/stray.ts", 'import { a } from "../puma-service";', "lib/puma-service.ts"],
  ["lib/puma-service.ts", 'import { a } from "./index";', "lib/index.ts"],
  ["lib/layout.ts", 'import { a } from "./values/show";', "lib/values/show.ts"],
  ["lib/index.ts", 'import { a } from "./cli/main";', "lib/cli/main.ts"],
  ["lib/puma-service.ts", 'import { a } from "./cli/main";', "lib/cli/main.ts"],
  ["lib/terraform/stray.ts", 'import { a } from "../cli/main";', "lib/cli/main.ts"],
  ["lib/terraform/stray.ts", 'import { a } from "commander";', "commander"],
  ["lib/index.ts", 'import { a } from "commander";', "commander"],
  ["lib/terraform/stray.ts", 'import { a } from "../../lab/fleet/run";', "lab/fleet/run.ts"],
  ["lib/index.ts", 'import { a } from "../test/stack";', "test/stack.ts"],
  ["lib/puma/stray.ts", 'import { a } from "../nowhere/stray";', "../nowhere/stray"],
])("in %s: %s is told", (file, text, target) => {
  expect(importProblems(file, text)).toEqual([`${file} imports ${target}`]);
});

test("a room that is not in the list is told", () => {
  expect(importProblems("lib/attic/stray.ts", "")).toEqual(["lib/attic/stray.ts is in no room"]);
});

/** Each pair of two rooms, the outer one first. */
const pairs = FOLDERS.flatMap((outer, i) => FOLDERS.slice(i + 1).map((inner) => [outer, inner] as const));

const RULE = ["no-restricted-imports"];

test("an import against the order of the rooms is an error", () => {
  const imports = pairs.map(([outer, inner]) => [`lib/${inner}/stray.ts`, `../${outer}/stray`] as const);
  expect(brokenBy(imports)).toEqual(imports.map(() => RULE));
});

test("one along the order is none", () => {
  const imports = pairs.map(([outer, inner]) => [`lib/${outer}/stray.ts`, `../${inner}/stray`] as const);
  expect(brokenBy(imports)).toEqual(imports.map(() => []));
});

test("the constructs, cdktf and cdktn are known to none of the inner rooms", () => {
  const modules = [
    "../puma-service",
    "../index",
    "cdktf",
    "cdktn",
    "constructs",
    "@cdktf/provider-null/lib/resource",
  ];
  const inner = INNER.flatMap((room) => modules.map((module) => [`lib/${room}/stray.ts`, module] as const));
  expect(brokenBy(inner)).toEqual(inner.map(() => RULE));
});

test("commander is known to the command line alone, and nothing imports that", () => {
  const known = [["lib/cli/stray.ts", "commander"]] as const;
  const imports = [
    ...[
      "lib/index.ts",
      "lib/puma-service.ts",
      "lib/terraform/stray.ts",
      "lib/terraform/cdk.ts",
      "lib/puma/stray.ts",
    ].map((file) => [file, "commander"] as const),
    ["lib/index.ts", "./cli/main"],
    ["lib/puma-service.ts", "./cli/main"],
  ] as const;
  expect(brokenBy([...known, ...imports])).toEqual([[], ...imports.map(() => RULE)]);
});

test("what stands beside the tests imports nothing of theirs", () => {
  const imports = ["lab/fleet/stray.ts", "demo/stray.ts", "bench/stray.ts"].map(
    (file) => [file, `${"../".repeat(file.split("/").length - 1)}test/stray`] as const,
  );
  expect(brokenBy(imports)).toEqual(imports.map(() => RULE));
});
