import { drawBars } from "../bars";
import { type Color } from "../chart";
import { median } from "../numbers";
import { table } from "../page";
import { measure, type Measured, type Times } from "./measure";

const HOSTS = [1, 5, 20];
const ROUNDS = 3;

/** What is promised of the most hosts. */
const MOST_BY_BARE = 1.15;
const LEAST_BY_ANSIBLE = 2.5;
const LEAST_BY_ANSIBLE_AGAIN = 100;

const COLORS: Readonly<Record<string, Color>> = {
  "bare parallel ssh": "bare",
  "cdktf-puma": "library",
  "cdktf-puma, 10 at a time": "further",
  Ansible: "other",
};

const TEXT = `## A changed unit, and nothing to do, on real hosts

One line of a unit changes on hosts with Debian 13, all of them on one machine, each of which has a Puma for each way. All write
the same two units, reload systemd, restart Puma, wait until it answers and then for 5 seconds, in which it has to stay the same
process: what this library waits by default. The ways take turns; seconds that pass, medians of ${ROUNDS} rounds.

- *Bare parallel ssh*: one \`ssh\` for each host, all at once, that runs a few lines of shell. Nothing is checked before, and nothing is
  put back if Puma does not come.
- *cdktf-puma*: \`apply\` with \`-parallelism\` of as many as there are hosts, and once more with the engine's own 10.
- *Ansible*: Debian's ansible-core with pipelining, as many forks as hosts, connections that stay open from round to round, and without
  gathering of facts. Two templates, a handler, the same wait as one line of shell.

*Nothing to do* is the same once more: \`apply\`, and the playbook, which finds each file as it should be.

The engine changes 10 resources at a time unless it is told, and a host that waits to be trusted keeps its place. Say as many as change at
once: \`terraform apply -parallelism=20\`, \`cdktf deploy --terraform-parallelism=20\`, or for every apply
\`TF_CLI_ARGS_apply=-parallelism=20\` in the environment.
`;

/** Measures changes of real hosts; whether the promises of the most are kept. */
export async function benchHosts(tell: (text: string) => void, most: number): Promise<boolean> {
  const all = new Map<number, Measured>();
  for (const hosts of HOSTS.filter((count) => count <= most)) {
    all.set(hosts, await measure(hosts, ROUNDS));
    tell(await text(all));
  }
  return promises(all.get(HOSTS.at(-1) as number)).every(({ kept }) => kept);
}

async function text(all: ReadonlyMap<number, Measured>): Promise<string> {
  const charts = [
    await chart("change", "A changed unit: seconds", "change", all),
    await chart("nothing-to-do", "Nothing to do: seconds", "again", all),
  ];
  const rows = [...all].flatMap(([hosts, measured]) => {
    const bare = middle(measured, "bare parallel ssh", "change");
    return [...measured].map(([way, times]) => [
      way,
      String(hosts),
      ...times.change.map((time) => time.toFixed(1)),
      median(times.change).toFixed(1),
      (median(times.change) / bare).toFixed(2),
      times.again.length > 0 ? median(times.again).toFixed(2) : "",
    ]);
  });
  const rounds = Array.from({ length: ROUNDS }, (_, i) => `${i + 1}.`);
  const head = ["", "hosts", ...rounds, "median", "by bare ssh", "nothing to do"];
  const kept = promises(all.get(HOSTS.at(-1) as number)).map(({ words }) => `- ${words}`);
  return [TEXT, charts.join("\n"), "", table(head, rows), "", ...kept].join("\n");
}

function middle(measured: Measured, way: string, kind: keyof Times): number {
  return median(measured.get(way)?.[kind] ?? []);
}

function promises(measured?: Measured): { words: string; kept: boolean }[] {
  if (!measured) return [];
  const ours = middle(measured, "cdktf-puma", "change");
  const byBare = ours / middle(measured, "bare parallel ssh", "change");
  const byAnsible = middle(measured, "Ansible", "change") / ours;
  const again = middle(measured, "Ansible", "again") / middle(measured, "cdktf-puma", "again");
  const promise = (
    what: string,
    figure: number,
    limit: string,
    kept: boolean,
  ): { words: string; kept: boolean } => ({
    words: `${what}: ${figure.toFixed(2)} times, promised is ${limit}${kept ? "" : " **BROKEN**"}`,
    kept,
  });
  const on = `${HOSTS.at(-1)} hosts`;
  return [
    promise(
      `A changed unit on ${on}, by bare parallel ssh`,
      byBare,
      `at most ${MOST_BY_BARE}`,
      byBare <= MOST_BY_BARE,
    ),
    promise(`As fast as Ansible`, byAnsible, `at least ${LEAST_BY_ANSIBLE}`, byAnsible >= LEAST_BY_ANSIBLE),
    promise(
      `As fast as Ansible where there is nothing to do`,
      again,
      `at least ${LEAST_BY_ANSIBLE_AGAIN}`,
      again >= LEAST_BY_ANSIBLE_AGAIN,
    ),
  ];
}

function chart(
  name: string,
  title: string,
  kind: keyof Times,
  all: ReadonlyMap<number, Measured>,
): Promise<string> {
  const bars = [...all].flatMap(([hosts, measured]) =>
    [...measured]
      .filter(([, times]) => times[kind].length > 0)
      .map(([label, times]) => ({
        label,
        figure: median(times[kind]),
        color: COLORS[label] as Color,
        group: hosts === 1 ? "1 host" : `${hosts} hosts`,
      })),
  );
  return drawBars(name, title, bars, kind === "change" ? ".1f" : ".2f");
}
