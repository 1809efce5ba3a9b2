import { Fleet, type FleetHost, type Release } from "../../lab/fleet/fleet";
import { answered, lost, notOk } from "../../lab/load/report";
import { PUMA } from "../e2e/hosts";
import { type Client, CLIENTS, type How, Pair, type Reports, type Socket } from "./pair";

const ENOUGH = 100_000;
/** Rounds more, of as many restarts, until there were enough requests. */
const MOST_ROUNDS = 40;

const LOADS = {
  moderate: { pause: 250, freshPause: 250 },
  fast: { pause: 0, freshPause: 0 },
  "new, alone": { pause: 0, freshPause: 0, only: "new, tcp" },
} as const;
type LoadName = keyof typeof LOADS;

/** How often services are restarted under each load. */
const TIMES = 10;

const OWN = "Puma's own";
const SETTINGS: Record<string, string> = {
  [OWN]: "",
  "queue_requests false": "queue_requests false",
  "enable_keep_alives false": "enable_keep_alives false",
};

/** Restarts of one kind under one load, as the clients of one socket saw them. */
interface Row {
  readonly settings: string;
  readonly how: How;
  readonly load: LoadName;
  readonly socket: Socket;
  readonly reports: Reports;
}

const text = (
  release: Release,
  version: string,
  rows: readonly Row[],
): string => `## Restarts under load: ${release}, Puma ${version}

Two services that differ in \`DeferAcceptSec=1\` alone, each with a tcp and an ssl bind, 40 threads and an app that boots for a
second, are restarted together. Of each bind 16 clients ask over a new connection for each request, and 16 keep theirs
as long as Puma lets them. *Moderate*: 250 ms between an answer and the next request; *fast*: none. *New, alone*: of
all clients only those that ask over new connections, over tcp. *Lost* are requests
that were begun and got no answer. The restarts are an apply of a new \`release\`, hot or in overlap, and \`systemctl restart\`.

| Puma's settings | restarts | by | load | DeferAcceptSec= | ${Object.keys(CLIENTS).join(" | ")} | longest |
| --- | --- | --- | --- | --- | ${Object.keys(CLIENTS)
  .map(() => "---")
  .join(" | ")} | --- |
${rows.map(line).join("\n")}

Lost / answered, by how a request comes. Of new connections over tcp, of all rows: ${total(rows, "with")} with \`DeferAcceptSec=1\`, ${total(rows, "without")}
without it. No connection was refused${rows.some(isRefused) ? ", but for those counted as **REFUSED**" : ""}.
`;

/** Restarts on these releases, two at a time; whether every promise was kept. Tells what it has after each row. */
export async function proveRestarts(
  releases: readonly Release[],
  tell: (release: Release, text: string) => void,
): Promise<boolean> {
  const waiting = [...releases];
  const verdicts: string[] = [];
  const work = async (): Promise<void> => {
    for (let release = waiting.shift(); release !== undefined; release = waiting.shift())
      verdicts.push(await proveOn(release, tell));
  };
  await Promise.all([work(), work()]);
  return verdicts.every((verdict) => verdict === "");
}

async function proveOn(release: Release, tell: (release: Release, text: string) => void): Promise<string> {
  const fleet = await Fleet.start([{ name: release, release }]);
  const rows: Row[] = [];
  try {
    const host = fleet.host(release);
    const version = await pumaVersion(host);
    const add = (more: readonly Row[]): void => {
      rows.push(...more);
      for (const row of more) console.log(release, line(row));
      tell(release, text(release, version, rows) + verdictOf(rows));
    };
    for (const settings of settingsOf(release)) await runSettings(host, settings, add, rows);
    const verdict = verdictOf(rows, true);
    tell(release, text(release, version, rows) + verdict);
    return verdict;
  } finally {
    await fleet.stop();
  }
}

/** Puma 7 brought the setting that closes a connection after each answer and keeps the queue. */
function settingsOf(release: Release): string[] {
  return Object.keys(SETTINGS).filter((name) => name !== "enable_keep_alives false" || release === "forky");
}

async function runSettings(
  host: FleetHost,
  settings: string,
  add: (rows: readonly Row[]) => void,
  rows: readonly Row[],
): Promise<void> {
  const pair = await Pair.open(host, SETTINGS[settings] as string);
  const run = async (how: How, load: LoadName): Promise<void> => {
    const reports = await pair.restarted(how, TIMES, LOADS[load]);
    add(
      (["with", "without"] as const).map((socket) => ({
        settings,
        how,
        load,
        socket,
        reports: reports[socket],
      })),
    );
  };
  try {
    for (const how of waysOf(host.release, settings))
      for (const load of loadsOf(settings)) await run(how, load);
    const isShort = (): boolean => settings === OWN && answeredIn(rows, "with") < ENOUGH;
    for (let round = 0; isShort() && round < MOST_ROUNDS; round++)
      await run("systemctl restart", "new, alone");
  } finally {
    await pair.close();
  }
}

/** Before Puma 5 nothing overlaps; other settings than Puma's own are tried in one way. */
function waysOf(release: Release, settings: string): How[] {
  if (settings !== OWN) return ["systemctl restart"];
  return release === "bullseye" ? ["systemctl restart", "apply"] : ["systemctl restart", "apply", "overlap"];
}

const loadsOf = (settings: string): LoadName[] => (settings === OWN ? ["moderate", "fast"] : ["fast"]);

async function pumaVersion(host: FleetHost): Promise<string> {
  return /\d+\.\d+\.\d+/.exec((await host.exec("puma --version")).stdout)?.[0] ?? PUMA[host.release];
}

/** Which promises were broken. */
function verdictOf(rows: readonly Row[], isWhole = false): string {
  const deferred = rows.filter(({ socket }) => socket === "with");
  const sum = (settings: string, client: Client): number =>
    deferred
      .filter((row) => row.settings === settings)
      .reduce((all, { reports }) => all + lostBy(reports, client), 0);
  const broken = [
    Object.keys(SETTINGS).some((settings) => sum(settings, "new, tcp") > 0) &&
      "New connections over tcp were lost.",
    sum("queue_requests false", "new, ssl") > 0 && "New ones over ssl were lost with `queue_requests false`.",
    sum("enable_keep_alives false", "kept, tcp") > 0 &&
      "Kept ones were lost with `enable_keep_alives false`.",
    rows.some(isRefused) && "Connections were refused.",
    isWhole && answeredIn(rows, "with") < ENOUGH && `Fewer than ${ENOUGH} new connections.`,
  ];
  return broken
    .filter(Boolean)
    .map((what) => `\n**${what}**`)
    .join("");
}

function lostBy(reports: Reports, client: Client): number {
  const report = reports[client];
  return report ? lost(report) : 0;
}

const isRefused = ({ reports }: Row): boolean => Object.values(reports).some(({ refused }) => refused > 0);

function answeredIn(rows: readonly Row[], socket: Socket): number {
  return rows
    .filter((row) => row.socket === socket)
    .reduce((all, { reports }) => all + (reports["new, tcp"] ? answered(reports["new, tcp"]) : 0), 0);
}

function total(rows: readonly Row[], socket: Socket): string {
  const ours = rows.filter((row) => row.socket === socket);
  const gone = ours.reduce((all, { reports }) => all + lostBy(reports, "new, tcp"), 0);
  return `${gone} / ${answeredIn(rows, socket).toLocaleString("en")}`;
}

function line({ settings, how, load, socket, reports }: Row): string {
  const cells = (Object.keys(CLIENTS) as Client[]).map((client) => {
    const report = reports[client];
    if (!report) return "";
    const others = notOk(report) > 0 ? ` (${notOk(report)} not 200)` : "";
    const refused = report.refused > 0 ? ` **REFUSED ${report.refused}**` : "";
    return `${lost(report)} / ${answered(report).toLocaleString("en")}${others}${refused}`;
  });
  const longest = Math.max(...Object.values(reports).map((report) => report.longest));
  return `| ${[settings, TIMES, how, load, socket === "with" ? "1" : "none", ...cells, `${longest} ms`].join(" | ")} |`;
}
