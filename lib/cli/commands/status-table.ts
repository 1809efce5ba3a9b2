import { type Names } from "../fleet/names";
import { type Color, colored, type Output } from "../terminal/output";
import { type Report } from "./status";
import { type Condition } from "../hosts/survey";
import { type Column, type Row, table } from "../terminal/table";

const COLUMNS: readonly Column[] = [
  { head: "HOST", least: 6 },
  { head: "SERVICE", least: 7 },
  { head: "STATE" },
  { head: "RELEASE", least: 7 },
  { head: "SINCE", alignsRight: true },
  { head: "THREADS", alignsRight: true },
  { head: "BACKLOG", alignsRight: true },
  { head: "RESTARTS", alignsRight: true },
  { head: "BY", least: 3 },
];

const STATE = 2;

/** For people: a line for each service on each host, one for each host that was not reached, and what else there is to say. */
export function statusTable(
  reports: readonly Report[],
  names: Names,
  output: Output,
  now = Date.now(),
): string {
  const shown = reports.map((report) => ({ ...report, host: names.host(report) }));
  const rows = together(shown).map((report) => rowOf(report, output, now));
  const remarks = shown.flatMap(({ host, service, condition }) =>
    (condition?.remarks ?? []).map((remark) => `${host} ${service}: ${remark}\n`),
  );
  const gap = remarks.length > 0 ? ["\n"] : [];
  return [table(COLUMNS, rows, output.columns), ...gap, ...remarks].join("");
}

/** A host that was not reached is one thing, however many services it has. */
function together(reports: readonly Report[]): Report[] {
  const first = (one: Report): Report | undefined =>
    reports.find(({ host, error }) => host === one.host && error !== undefined && error === one.error);
  const servicesOf = ({ host, error }: Report): string =>
    reports
      .filter((other) => other.host === host && other.error === error)
      .map(({ service }) => service)
      .join(",");
  return reports
    .filter((one) => one.error === undefined || first(one) === one)
    .map((one) => (one.error === undefined ? one : { ...one, service: servicesOf(one) }));
}

function rowOf({ host, service, condition, error = "" }: Report, output: Output, now: number): Row {
  if (condition === undefined) {
    const paint = (cell: string, i: number): string => (i >= STATE ? colored(output, "red", cell) : cell);
    return { cells: [host, service], rest: error, paint };
  }
  const color = colorOf(condition);
  const paint = (cell: string, i: number): string => (i === STATE ? colored(output, color, cell) : cell);
  return { cells: [host, service, ...cellsOf(condition, now)], paint };
}

function cellsOf(condition: Condition, now: number): string[] {
  const { release, since, threads, backlog, restarts, lastRun, deployedBy } = condition;
  return [
    ...[wordOf(condition), release || "-", since === undefined ? "-" : ageOf(since, now)],
    ...[threads ? `${threads.busy}/${threads.max}` : "-", String(backlog ?? "-"), String(restarts)],
    deployedBy ?? lastRun?.by.replace(/ from \S+$/, "") ?? "-",
  ];
}

/** What matters most, in one word: systemd's where there is no other. */
function wordOf({ state, serves, health, facts }: Condition): string {
  if (facts.has("crashes") && state !== "failed") return "crashing";
  if (facts.has("stopped") && state === "inactive") return "stopped";
  if (!serves) return state;
  if (health === "failed") return "unhealthy";
  if (facts.has("locked")) return "locked";
  return facts.has("rolled_back") ? "rolled-back" : state;
}

function colorOf({ serves, health, remarks, backlog = 0, restarts }: Condition): Color {
  if (!serves || health === "failed") return "red";
  return remarks.length > 0 || backlog > 0 || restarts > 0 ? "yellow" : "green";
}

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];

/** How long ago something was, in the largest unit of which there are at least two. */
export function ageOf(since: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)}m`;
  return seconds < 2 * DAY ? `${Math.floor(seconds / HOUR)}h` : `${Math.floor(seconds / DAY)}d`;
}
