import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { ROOT, runExample, stackIn } from "./example";
import { type Synthesized } from "./stack";

const EXAMPLE = "socket-activation";
const project = mkdtempSync(join(tmpdir(), "cdktf-puma-fork-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const read = (file: string): string => readFileSync(file, "utf8");

function run(command: string, ...args: string[]): void {
  const env = { ...process.env, CDKTF_OUTDIR: join(project, "out"), CHECKPOINT_DISABLE: "1" };
  execFileSync(command, args, { cwd: project, env, stdio: "pipe" });
}

function npm(...args: string[]): void {
  run("npm", ...args, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
}

/** The library as its users get it, but for the build that a folder without sources cannot do. */
function buildPackage(folder: string): void {
  const manifest = JSON.parse(read(join(ROOT, "package.json")));
  mkdirSync(folder);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ ...manifest, scripts: {}, devDependencies: {} }),
  );
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  run(process.execPath, tsc, "-p", join(ROOT, "tsconfig.build.json"), "--outDir", join(folder, "dist"));
  const isShell = (file: string): boolean => !file.endsWith(".ts");
  cpSync(join(ROOT, "lib/runtime"), join(folder, "dist/runtime"), { recursive: true, filter: isShell });
}

function installFork(): void {
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(__dirname, "fork", file), join(project, file));
  npm("ci");
  buildPackage(join(project, "package"));
  npm("install", "--no-save", "--install-links", "./package");
}

function runOnFork(): Synthesized {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const program = ts.transpileModule(read(join(ROOT, "examples", `${EXAMPLE}.ts`)), {
    compilerOptions: options,
  });
  writeFileSync(join(project, "main.js"), program.outputText);
  run(process.execPath, "main.js");
  return stackIn(join(project, "out"));
}

/** The stack without cdktf's notes (its version, where in the tree a resource stands), and without the state's path. */
const essence = (json: Synthesized): unknown =>
  JSON.parse(JSON.stringify(json, (key, value) => (key === "//" || key === "backend" ? undefined : value)));

test("on the maintained fork of cdktf, by an alias of npm, a stack is the same", () => {
  installFork();
  const installed = JSON.parse(read(join(project, "node_modules/cdktf/package.json")));
  expect(installed.name).toBe("cdktn");
  expect(essence(runOnFork())).toEqual(essence(runExample(EXAMPLE, join(project, "ours"))));
});
