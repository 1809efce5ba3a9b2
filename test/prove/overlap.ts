import { cpus, release as kernel } from "node:os";
import { Fleet, type FleetHost, type Release } from "../../lab/fleet/fleet";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { restartUnderLoad } from "../faults/restarts";
import type { Mode } from "../faults/deployed-service";

const BOOT_SECONDS = 5;
const RESTARTS: Record<Mode, number> = { overlap: 10, hot: 3 };
const ENOUGH = 100_000;
const LONGEST = 500;

const text = (release: Release, lines: readonly string[]): string => `## Restarts under load: ${release}

An app that takes ${BOOT_SECONDS} s to boot; clients ask all the time, 16 over a new connection for each request and 16 that
keep theirs, with 64 and 25 ms between an answer and the next request. Every restart is an apply of a new \`release\`, with a
health check. *overlap* runs Puma with \`queue_requests false\` and 24 threads, *hot* beside it with Puma's own settings and
24 threads. *Lost* are requests that were begun and got no answer: reset on a new connection + on one that had served
before + timed out or another error.

| Puma | mode | restarts | answered 200 | other answers | refused | lost | longest | over 0.5 s |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${lines.join("\n")}
`;

/** The machine that figures are from. */
export function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), Linux ${kernel().split("-")[0]}`;
}

/** Restarts on one release after the other; whether every promise was kept. Tells what it has after each. */
export async function proveOverlap(
  releases: readonly Release[],
  tell: (release: Release, text: string) => void,
): Promise<boolean> {
  let kept = true;
  for (const release of releases) {
    const lines: string[] = [];
    let verdict = "";
    for (const mode of ["overlap", "hot"] as const) {
      const { report, puma } = await restarted(release, mode);
      lines.push(line(puma, mode, report));
      console.log(release, lines.at(-1));
      verdict += verdictOf(mode, report);
      tell(release, text(release, lines) + verdict);
    }
    kept = verdict === "" && kept;
  }
  return kept;
}

/** Which promise was broken, if one was. */
function verdictOf(mode: Mode, report: Report): string {
  if (mode === "hot") return report.refused === 0 ? "" : "\n**Connections were refused.**";
  if (report.refused + lost(report) + notOk(report) > 0) return "\n**Requests failed.**";
  if (answered(report) < ENOUGH) return `\n**Fewer than ${ENOUGH} requests.**`;
  return report.longest < LONGEST ? "" : `\n**A request took longer than ${LONGEST} ms.**`;
}

async function restarted(release: Release, mode: Mode): Promise<{ report: Report; puma: string }> {
  const fleet = await Fleet.start([{ name: release, release }]);
  try {
    const host = fleet.host(release);
    const load = { pause: 25, patience: 120_000, seconds: 1800 };
    const restarts = { mode, times: RESTARTS[mode], bootSeconds: BOOT_SECONDS, load };
    return { report: await restartUnderLoad(host, restarts), puma: await pumaVersion(host) };
  } finally {
    await fleet.stop();
  }
}

async function pumaVersion(host: FleetHost): Promise<string> {
  return /\d+\.\d+\.\d+/.exec((await host.exec("puma --version")).stdout)?.[0] ?? "?";
}

function line(puma: string, mode: Mode, report: Report): string {
  const { refused, reset, resetReused, longest, slow } = report;
  const others = lost(report) - reset - resetReused;
  const ok = answered(report) - notOk(report);
  const cells = [
    puma,
    mode,
    RESTARTS[mode],
    ok.toLocaleString("en"),
    notOk(report),
    refused,
    `${reset} + ${resetReused} + ${others}`,
    `${longest} ms`,
    slow,
  ];
  return `| ${cells.join(" | ")} |`;
}
