import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const ROOT = join(__dirname, "../..");

const TEXT = `## Releases

What these files show each day on the releases that differ in it, they show here on all: each says why on those.

| file | tests passed | of |
| --- | --- | --- |
`;

interface FileReport {
  readonly name: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** The tests on hosts that do less each day: those that ask by `eachDay`, or for hosts by `eachDayOn`. */
export function filesOfSomeDays(): string[] {
  const files = readdirSync(join(ROOT, "test"), { recursive: true, encoding: "utf8" });
  const hosts = files.filter((file) => file.endsWith(".hosts.ts")).map((file) => join("test", file));
  return hosts.filter((file) => readFileSync(join(ROOT, file), "utf8").match(/\beachDay(On)?\(/)).sort();
}

/** Runs them on all releases, and tells how it went; whether all passed. */
export function proveReleases(tell: (text: string) => void): boolean {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-prove-"));
  const file = join(folder, "report.json");
  const words = ["jest", "--selectProjects", "hosts", "--maxWorkers=2", "--json", `--outputFile=${file}`];
  const env = { ...process.env, THOROUGH: "true" };
  try {
    const { status } = spawnSync("npx", [...words, "--runTestsByPath", ...filesOfSomeDays()], {
      stdio: ["ignore", "ignore", "inherit"],
      env,
    });
    const rows = existsSync(file) ? rowsOf(readFileSync(file, "utf8")) : [];
    tell(`${TEXT}${rows.join("\n")}\n\n${status === 0 ? "Every test passed." : "**Some tests failed.**"}`);
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rowsOf(report: string): string[] {
  const { testResults } = JSON.parse(report) as { testResults: FileReport[] };
  return testResults.map(({ name, assertionResults }) => {
    const passed = assertionResults.filter(({ status }) => status === "passed");
    return `| \`${relative(ROOT, name)}\` | ${passed.length} | ${assertionResults.length} |`;
  });
}
