import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Observation } from "../faults/evidence";
import { answeredBy, lost, notOk } from "../../lab/load/report";

const TEXT = `## Faults

Four clients ask over a new connection for each request and four over one that they keep. *Serves* is the version that
answered when the run had ended: 1 is the old one, 2 the new one. *Bad* are answers of the version that was on its way, *lost*
are requests that were begun and got no answer. The tests are in \`test/faults\`;
those of what others on a host may do, in \`test/e2e/security\`, run with them and have no rows.

| what happens | mode | Debian | serves | answers | bad | not 200 | refused | lost | longest |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`;

/** Runs the tests of every row and tells what they saw; whether all of them passed. */
export async function proveFaults(tell: (text: string) => void): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-prove-"));
  const file = join(folder, "seen");
  const projects = ["--selectProjects", "hosts", "prove"];
  const words = ["jest", ...projects, "--maxWorkers=2", "--testPathPatterns=test/faults|test/e2e/security"];
  const env = { ...process.env, THOROUGH: "true", EVIDENCE: file };
  try {
    const { status } = spawnSync("npx", words, { stdio: ["ignore", "inherit", "inherit"], env });
    tell(
      `${faultTable(existsSync(file) ? readFileSync(file, "utf8") : "")}\n\n${status === 0 ? "Every test passed." : "**Some tests failed.**"}`,
    );
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The table of what was seen, a line of JSON each. */
function faultTable(seen: string): string {
  const lines = seen.split("\n").filter((line) => line !== "");
  const rows = lines.map((line) => JSON.parse(line) as Observation);
  const sorted = rows.sort((a, b) => a.mode.localeCompare(b.mode) || a.name.localeCompare(b.name));
  return TEXT + sorted.map(row).join("\n");
}

function row({ name, mode, release, serves, report }: Observation): string {
  const all = Object.values(report.answers).reduce((sum, count) => sum + count, 0);
  const cells = [name, mode, release, serves, all, answeredBy(report, "bad"), notOk(report)];
  return `| ${[...cells, report.refused, lost(report), `${report.longest} ms`].join(" | ")} |`;
}
