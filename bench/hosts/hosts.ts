import { drawBars } from "../bars";
import { type Color } from "../chart";
import { median } from "../numbers";
import { table } from "../page";
import { ALONE, ANSIBLE, BARE, ENGINES_OWN, measure, type Measured, OURS, type Times } from "./measure";

const HOSTS = [1, 5, 20];
const ROUNDS = 3;

/** The aims for the most hosts. */
const MOST_BY_BARE = 1.15;
const LEAST_BY_ANSIBLE = 2.5;

const COLORS: Readonly<Record<string, Color>> = {
  [BARE]: "bare",
  [OURS]: "library",
  [`${OURS}, ${ENGINES_OWN} at a time`]: "further",
  [ANSIBLE]: "other",
  [ALONE]: "bare",
};

const TEXT = `## A changed unit, and nothing to do, on real hosts

One line of a unit changes on hosts with Debian 13, all of them on one machine, each of which has a Puma for each way. All write
the same two units, reload systemd, restart Puma, wait until it answers and then for 5 seconds, in which it has to stay the same
process: what this library waits by default. The ways take turns; seconds that pass, medians of ${ROUNDS} rounds.

- *Bare parallel ssh*: one \`ssh\` for each host, all at once, that runs a few lines of shell. Nothing is checked before, and nothing is
  put back if Puma does not come.
- *cdktf-puma*: \`apply\`, without the synth before it, with \`-parallelism\` of as many as there are hosts, and once more with the
  engine's own ${ENGINES_OWN}.
- *Ansible*: Debian's ansible-core with pipelining, as many forks as hosts, connections that stay open from round to round, and without
  gathering of facts. Two templates, a handler, the same wait as one line of shell.

*Nothing to do* is the same once more: \`apply\`, and the playbook, which finds each file as it should be. *The engine alone* is an
\`apply\` of as many \`null_resource\`s that nothing is done by.

The engine changes ${ENGINES_OWN} resources at a time unless it is told, and a host that waits to be trusted keeps its place. Say as many as change at
once: \`terraform apply -parallelism=20\`, \`cdktf deploy --terraform-parallelism=20\`, or for every apply
\`TF_CLI_ARGS_apply=-parallelism=20\` in the environment.
`;

/** Measures changes of real hosts; whether the aims for the most are reached. */
export async function benchHosts(tell: (text: string) => void, most: number): Promise<boolean> {
  const all = new Map<number, Measured>();
  for (const hosts of HOSTS.filter((count) => count <= most)) {
    all.set(hosts, await measure(hosts, ROUNDS));
    tell(await text(all));
  }
  const measured = all.get(HOSTS.at(-1) as number);
  return !measured || aims(measured).every(({ kept }) => kept);
}

async function text(all: ReadonlyMap<number, Measured>): Promise<string> {
  const charts = [
    await chart("change", "A changed unit: seconds", "change", all),
    await chart("nothing-to-do", "Nothing to do: seconds", "again", all),
  ];
  const rows = [...all].flatMap(([hosts, measured]) =>
    [...measured].map((one) => row(hosts, measured, ...one)),
  );
  const rounds = Array.from({ length: ROUNDS }, (_, i) => `${i + 1}.`);
  const head = ["", "hosts", ...rounds, "median", "by bare ssh", "nothing to do"];
  const most = all.get(HOSTS.at(-1) as number);
  const verdicts = most ? [...aims(most).map(({ words }) => words), ofNothing(most)] : [];
  return [TEXT, charts.join("\n"), "", table(head, rows), "", ...verdicts.map((words) => `- ${words}`)].join(
    "\n",
  );
}

function row(hosts: number, measured: Measured, way: string, { change, again }: Times): string[] {
  const changed = change.length > 0;
  const ratio = median(change) / middle(measured, BARE, "change");
  return [
    way,
    String(hosts),
    ...Array.from({ length: ROUNDS }, (_, i) => change[i]?.toFixed(1) ?? ""),
    changed ? median(change).toFixed(1) : "",
    changed ? ratio.toFixed(2) : "",
    again.length > 0 ? median(again).toFixed(2) : "",
  ];
}

function middle(measured: Measured, way: string, kind: keyof Times): number {
  return median(measured.get(way)?.[kind] ?? []);
}

/** How a changed unit does by the aims. */
function aims(measured: Measured): { words: string; kept: boolean }[] {
  const ours = middle(measured, OURS, "change");
  const byBare = ours / middle(measured, BARE, "change");
  const byAnsible = middle(measured, ANSIBLE, "change") / ours;
  const verdict = (words: string, kept: boolean): { words: string; kept: boolean } => ({
    words: `${words}${kept ? "" : ", which is **missed**"}`,
    kept,
  });
  return [
    verdict(
      `A changed unit takes ${byBare.toFixed(2)} times as long as by bare parallel ssh: the aim is at most ${MOST_BY_BARE}`,
      byBare <= MOST_BY_BARE,
    ),
    verdict(
      `and Ansible takes ${byAnsible.toFixed(1)} times as long as that: the aim is at least ${LEAST_BY_ANSIBLE}`,
      byAnsible >= LEAST_BY_ANSIBLE,
    ),
  ];
}

function ofNothing(measured: Measured): string {
  const times = (way: string): string =>
    (middle(measured, ANSIBLE, "again") / middle(measured, way, "again")).toFixed(0);
  return `Where there is nothing to do, Ansible takes ${times(OURS)} times as long; as the engine alone, ${times(ALONE)} times`;
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
