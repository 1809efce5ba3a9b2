import { type Color, color, draw } from "./chart";
import { cost } from "./compiled";
import { handWritten, Planned, service } from "./engine";
import { type Build } from "../lab/engine/workspace";
import { median } from "./numbers";
import { table } from "./page";

const HOSTS = [1, 10, 100, 1000, 10_000];
/** As often small ones are measured; of large ones once says enough. */
const ROUNDS = 3;
const LARGE = 1000;
/** Seconds that pass until a plan is given up. */
const LIMIT = 90;

/** What is measured, by its name: seconds of processors. */
interface Way {
  readonly synth: (hosts: number) => number;
  readonly build: (hosts: number) => Build;
  readonly color: Color;
}

const synth =
  (program: string, ...args: string[]) =>
  (hosts: number): number =>
    cost(program, String(hosts), ...args).cpu / 1000;

const WAYS: Readonly<Record<string, Way>> = {
  "written by hand": { synth: synth("baseline.js"), build: handWritten, color: "bare" },
  "cdktf-puma, all at once": {
    synth: synth("synth.js"),
    build: (hosts) => service(hosts),
    color: "library",
  },
  "cdktf-puma, rolling": {
    synth: synth("synth.js", "rolling"),
    build: (hosts) => service(hosts, true),
    color: "further",
  },
};

/** One way with so many hosts; Infinity if it came to no end. */
interface Row {
  readonly hosts: number;
  readonly way: string;
  readonly synth: number;
  readonly plan: number;
}

const TEXT = `## Synth and plan, by the number of hosts

Seconds of processors, from the first construct to the last file, and for the engine's plan of new hosts. *Written by hand* are
resources as one would write them with the CDK alone: the units once in locals, one provisioner for each host. *Rolling* is in batches
of a quarter. A plan that has not ended after ${LIMIT} seconds is given up.
`;

/** Measures synth and plans; nothing is promised here, as \`limits\` does that. */
export async function benchPlans(tell: (text: string) => void, most: number): Promise<boolean> {
  const rows: Row[] = [];
  for (const hosts of HOSTS.filter((count) => count <= most)) {
    for (const row of await measure(hosts)) {
      rows.push(row);
      console.log(
        `${row.hosts} hosts, ${row.way}: synth ${row.synth.toFixed(2)} s, plan ${row.plan.toFixed(2)} s`,
      );
    }
    tell(await text(rows));
  }
  return true;
}

/** All ways, which take turns. */
async function measure(hosts: number): Promise<Row[]> {
  const ways = Object.entries(WAYS);
  const stacks = await Promise.all(ways.map(([, { build }]) => Planned.of(build(hosts))));
  const took = ways.map((): { synth: number[]; plan: number[] } => ({ synth: [], plan: [] }));
  try {
    for (let round = 0; round < (hosts < LARGE ? ROUNDS : 1); round++) {
      ways.forEach(([, { synth }], i) => took[i]?.synth.push(synth(hosts)));
      stacks.forEach((stack, i) => took[i]?.plan.push(stack.plan(LIMIT).cpu));
    }
  } finally {
    for (const stack of stacks) await stack.close();
  }
  return ways.map(([way], i) => {
    const { synth = [], plan = [] } = took[i] ?? {};
    return { hosts, way, synth: median(synth), plan: median(plan) };
  });
}

async function text(rows: readonly Row[]): Promise<string> {
  const charts = [
    await chart("synth", "Synth: seconds of processors", rows),
    await chart("plan", "Plan: seconds of processors", rows),
  ];
  const figure = (seconds: number): string =>
    seconds === Infinity ? `none in ${LIMIT} s` : `${seconds.toFixed(2)} s`;
  const lines = rows.map(({ hosts, way, synth, plan }) => [
    way,
    hosts.toLocaleString("en"),
    figure(synth),
    figure(plan),
  ]);
  return `${TEXT}\n${charts.join("\n")}\n\n${table(["", "hosts", "synth", "plan"], lines)}`;
}

function chart(kind: "synth" | "plan", title: string, rows: readonly Row[]): Promise<string> {
  const values = rows
    .map((row) => ({ way: row.way, hosts: row.hosts, seconds: row[kind] }))
    .filter(({ seconds }) => seconds !== Infinity);
  const scale = { domain: Object.keys(WAYS), range: Object.values(WAYS).map((way) => color(way.color)) };
  return draw(kind, title, {
    data: { values },
    width: 280,
    height: 220,
    mark: "line",
    encoding: {
      x: {
        field: "hosts",
        type: "quantitative",
        title: "hosts",
        scale: { type: "log" },
        axis: { values: HOSTS, format: ",", grid: false, labelOverlap: false },
      },
      y: {
        field: "seconds",
        type: "quantitative",
        title: null,
        scale: { type: "log" },
        axis: { format: "~g", tickCount: 5 },
      },
      color: { field: "way", type: "nominal", scale },
    },
  });
}
