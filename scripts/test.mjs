/**
 * `npm test`: everything that has to be right, in one run, and one last line that says how it went.
 *
 *   npm test                      checks, unit tests, tests on real hosts
 *   npm test -- unit              one part: checks, unit or hosts (or several)
 *   npm test -- unit quote -t x   what names no part goes to jest
 *
 * On a machine where real hosts cannot boot, their tests are reported as skipped; where CI=true that is a failure.
 * Up to three files with failures are run once more, alone: what fails again, has failed. What passes then is named at the
 * end, as the fault of a test or of the product that it is.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { require } from "tsx/cjs/api";

process.chdir(new URL("..", import.meta.url).pathname);

// As CommonJS, which it is: a file finds those beside it by __dirname.
const { ensurePackages, FLEET_COMMANDS, isCommand } = require("../lab/fleet/install.ts", import.meta.url);
const { whatIsMissing } = require("../lab/fleet/requirements.ts", import.meta.url);
const { builtTool } = require("../lab/tools/built.ts", import.meta.url);

const PARTS = { checks: runChecks, unit: runUnit, hosts: runHosts };
const SHELL_TOOLS = ["shellcheck", "shfmt", "dash", "busybox"];
const WORKFLOWS = ".github/workflows";

const words = process.argv.slice(2);
const jestWords = words.filter((word) => !(word in PARTS));
const chosen = Object.keys(PARTS).filter((part) => words.includes(part));
const total = { passed: 0, failed: 0, skipped: 0 };
const MOST_FILES_RUN_AGAIN = 3;
const passedOnlyAgain = [];
const began = Date.now();

for (const part of chosen.length > 0 ? chosen : Object.keys(PARTS)) await PARTS[part]();
const seconds = Math.round((Date.now() - began) / 1000);
if (passedOnlyAgain.length > 0)
  console.log(`\npassed only when run again, alone; please mend:\n  ${passedOnlyAgain.join("\n  ")}`);
console.log(`\nthat took ${Math.floor(seconds / 60)} min ${seconds % 60} s`);
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;

function count({ passed = 0, failed = 0, skipped = 0 }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** The environment in which the commands of this package are found. */
function environment() {
  return { ...process.env, PATH: `${join(process.cwd(), "node_modules/.bin")}:${process.env.PATH}` };
}

/** Runs a command of this package or of the machine, seen as it goes; whether it succeeded. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: environment(),
  });
  if (error) console.error(error.message);
  return status === 0;
}

/** Installs what is missing, where that is possible; what is still missing then shows where it is used. */
async function install(commands) {
  await ensurePackages(commands).catch((error) => console.error(error.message));
}

/** What cannot run here is skipped, for a reason; in CI it is a failure. */
function leaveOut(name, number, reason) {
  const compulsory = process.env.CI === "true";
  console.log(`\n== ${name}: ${compulsory ? "FAILED, as it is compulsory in CI" : "skipped"}. ${reason}`);
  count(compulsory ? { failed: number } : { skipped: number });
}

async function runChecks() {
  await install(SHELL_TOOLS);
  const checks = [
    ["types", "tsc", ["--noEmit"]],
    ["site", "npm", ["run", "--silent", "docs:build"]],
    ["lint", "eslint", ["."]],
    ["format", "prettier", ["--check", "--log-level=warn", "."]],
    // What one part of the host script sets, another one reads: a unit test looks for these two in the whole.
    ["lint of lib/**.sh", "shellcheck", ["--exclude=SC2034,SC2154", ...shellScripts("lib")]],
    ["lint of other shell scripts", "shellcheck", [".ci/run", ...shellScripts("lab", "test")]],
    ["format of shell scripts", "shfmt", ["--diff", ".ci/run", ...shellScripts("lab", "lib", "test")]],
    ["lint of workflows", await actionlint(), readdirSync(WORKFLOWS).map((file) => join(WORKFLOWS, file))],
  ];
  const work = async () => {
    for (let next = checks.shift(); next; next = checks.shift()) await check(...next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

/** That of the machine; where it has none, one that is built, which takes Go. */
async function actionlint() {
  return !isCommand("actionlint") && isCommand("go") ? builtTool("actionlint") : "actionlint";
}

/** Several run at once, so each is told when it has ended. */
async function check(name, command, args) {
  if ([...SHELL_TOOLS, "actionlint"].includes(command) && !isCommand(command)) {
    leaveOut(name, 1, `There is no ${command} here.`);
    return;
  }
  const { passed, output } = await runQuietly(command, args);
  console.log(`\n== ${name}: ${command}\n${output}${passed ? "passed" : "FAILED"}`);
  count(passed ? { passed: 1 } : { failed: 1 });
}

/** Runs a command; whether it succeeded, and what it printed. */
function runQuietly(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: environment() });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", (error) => resolve({ passed: false, output: `${error.message}\n` }));
    child.on("close", (code) => resolve({ passed: code === 0, output }));
  });
}

function shellScripts(...folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
  );
  return files.filter((file) => file.endsWith(".sh"));
}

function runJest(project, ...args) {
  console.log(`\n== ${project} tests: jest`);
  const first = jest(project, ...args, ...jestWords);
  const files = failures(first.results).map(({ file }) => file);
  const again = [...new Set(files)];
  if (again.length === 0 || again.length > MOST_FILES_RUN_AGAIN) return count(first);
  console.log(`\n== ${project} tests with failures, alone`);
  const second = jest(project, "--runInBand", "--runTestsByPath", ...again);
  const still = failures(second.results).map(({ name }) => name);
  const mended = failures(first.results).filter(({ name }) => !still.includes(name));
  passedOnlyAgain.push(...mended.map(({ name }) => name));
  count({ ...first, passed: first.passed + mended.length, failed: second.failed });
}

/** Runs jest once, seen as it goes; how many passed, failed and were skipped, and its results. */
function jest(project, ...args) {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-test-"));
  const report = join(folder, "report.json");
  try {
    const passed = run("jest", ["--selectProjects", project, "--json", `--outputFile=${report}`, ...args]);
    if (!existsSync(report)) return { failed: 1, results: [] };
    const read = JSON.parse(readFileSync(report, "utf8"));
    return { ...tally(read, passed), results: read.testResults };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What failed: of a suite that could not even begin its file alone. */
function failures(results) {
  return results
    .filter(({ status }) => status === "failed")
    .flatMap(({ name: file, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === "failed");
      const path = relative(process.cwd(), file);
      if (failed.length === 0) return [{ file, name: path }];
      return failed.map(({ fullName }) => ({ file, name: `${path}: ${fullName}` }));
    });
}

/** A suite that could not even begin counts as one failure, and so does whatever else made jest fail. */
function tally(report, passed) {
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: passed ? failed : Math.max(1, failed),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

async function runUnit() {
  await install(SHELL_TOOLS);
  // One more than there are processors, as some wait for a minute, and compute for five seconds.
  runJest("unit", `--maxWorkers=${availableParallelism() + 1}`);
}

async function runHosts() {
  await install([...FLEET_COMMANDS, ...SHELL_TOOLS]);
  const missing = whatIsMissing();
  // Half of their time they wait.
  if (missing === undefined) return runJest("hosts", `--maxWorkers=${2 * availableParallelism()}`);
  const files = readdirSync("test", { recursive: true }).filter((file) => file.endsWith(".hosts.ts"));
  leaveOut("hosts tests", files.length, `${files.length} files: ${missing}`);
}
