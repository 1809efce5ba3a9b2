import { setTimeout as sleep } from "node:timers/promises";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, lost, notOk, type Report } from "../../lab/load/report";
import { drawBars } from "../bars";
import { type Color } from "../chart";
import { table } from "../page";
import { BOOT_SECONDS, PORT } from "./units";
import { WAYS } from "./ways";

const TIMES = 5;
/** Seconds from one restart to the next, whichever way it takes less time than others. */
const CYCLE = 12;
const CLIENTS = { fresh: 16, keepAlive: 16, pause: 25, freshPause: 64 };

/** What the clients saw meanwhile. */
interface Row {
  readonly way: string;
  readonly seconds: number;
  readonly report: Report;
}

const TEXT = `## Restarts under load

One host with Debian 13 and its Puma 6.6, an application that boots for ${BOOT_SECONDS} seconds, and ${TIMES} restarts of each kind, one every
${CYCLE} seconds. ${CLIENTS.fresh} clients ask over a new connection each time, ${CLIENTS.freshPause} ms after the answer before, and ${CLIENTS.keepAlive} keep theirs and pause for
${CLIENTS.pause} ms.

- *Puma's guide*: the sample unit of its docs/systemd.md and \`systemctl restart\`, without the sample socket and with it.
- *Capistrano's plugin*: the unit that capistrano3-puma writes, and its \`puma:restart\`; *phased* with two workers, and its
  \`puma:reload\`, which takes up no change of the unit, of Puma or of Ruby.
- *cdktf-puma*: an apply of another \`release\`, which checks first, is healthy for a second, and would put back what was there.
  *Hot* has one Puma at a time; in an *overlap* a second one serves while the first restarts.

*Failed* are requests that nobody took, or that got no answer or another one than 200. *A second* are the requests that got theirs, of the whole time.
`;

/** Restarts each kind of service under load; whether this library lost no new connection, and answered all with 200, as is promised. */
export async function benchRestarts(tell: (text: string) => void): Promise<boolean> {
  const fleet = await Fleet.start([{ name: "web1", release: "trixie" }]);
  const rows: Row[] = [];
  try {
    for (const way of Object.keys(WAYS)) {
      rows.push(await measure(fleet.host("web1"), way));
      console.log(cells(rows.at(-1) as Row).join(" | "));
      tell(await text(rows));
    }
  } finally {
    await fleet.stop();
  }
  return rows.every(
    (row) =>
      !row.way.startsWith("cdktf-puma") || row.report.refused + row.report.reset + notOk(row.report) === 0,
  );
}

async function measure(host: FleetHost, way: string): Promise<Row> {
  const service = await (WAYS[way] as (typeof WAYS)[string])(host);
  const begun = performance.now();
  const load = await Load.start({ address: host.address, port: PORT, ...CLIENTS });
  try {
    for (let time = 0; time < TIMES; time++) {
      const next = sleep(CYCLE * 1000);
      await service.restart();
      await next;
    }
  } finally {
    await load.stop();
  }
  const seconds = (performance.now() - begun) / 1000;
  await service.remove();
  return { way, seconds, report: await load.stop() };
}

const failed = ({ report }: Row): number => report.refused + lost(report) + notOk(report);
const throughput = ({ report, seconds }: Row): number => (answered(report) - notOk(report)) / seconds;

function cells(row: Row): string[] {
  const { way, seconds, report } = row;
  const numbers = [failed(row), report.refused, report.reset, report.resetReused, report.longest];
  return [
    way,
    ...numbers.map((number) => number.toLocaleString("en")),
    throughput(row).toFixed(0),
    seconds.toFixed(0),
  ];
}

async function text(rows: readonly Row[]): Promise<string> {
  const charts = [
    await chart("failed", "Failed requests", rows, failed, ",d"),
    await chart("longest", "Longest request: milliseconds", rows, ({ report }) => report.longest, ",d"),
    await chart("throughput", "Requests a second", rows, throughput, ".0f"),
  ];
  const head = ["", "failed", "nobody took", "cut, new", "cut, kept", "longest, ms", "a second", "seconds"];
  return `${TEXT}\n${charts.join("\n")}\n\n${table(head, rows.map(cells))}`;
}

const colorOf = (way: string): Color =>
  way.startsWith("cdktf-puma") ? "library" : way.startsWith("Puma") ? "bare" : "other";

function chart(
  name: string,
  title: string,
  rows: readonly Row[],
  figure: (row: Row) => number,
  format: string,
): Promise<string> {
  const bars = rows.map((row) => ({ label: row.way, figure: figure(row), color: colorOf(row.way) }));
  return drawBars(`restarts-${name}`, title, bars, format);
}
