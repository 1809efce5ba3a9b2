/** One apply: the steps of docs/architecture.md, by where they are taken. */
import { arrow, box, COLOURS, picture, quiet, text } from "./svg";

/** A step, what it is about, and where it is taken. */
interface Step {
  readonly name: string;
  readonly about: string;
}

const BESIDE = ["Synth", "Plan", "Upload"];
const ABOUT: Record<string, string> = {
  Synth: "props become units and settings",
  Plan: "each changed line once, and what restarts",
  Upload: "one connection to each changed host",
  Launch: "a transient unit: it outlives the connection",
  Prepare: "unpacks the new files, tells of the last run",
  Decide: "what differs, and what of it Puma depends on",
  Preflight: "all that is wrong at once; nothing is touched yet",
  Rehearse: "a candidate that no user reaches, if asked for",
  Begin: "keeps what is there: the snapshot",
  Converge: "installs each file by a rename, reloads systemd",
  Restart: "in the mode chosen, and no more than must be",
  Check: "Puma answers on every bind and stays up",
  Commit: "the record and the log; the snapshot goes",
};

/** The names of the steps in the page's section, in their order. */
export function stepsOf(architecture: string): string[] {
  const [, section = ""] = /^## One apply, step by step$([^]*?)^## /m.exec(architecture) ?? [];
  return [...section.matchAll(/^\d+\. \*\*(\w+)[.*]/gm)].map(([, name]) => name as string);
}

const ROW = 40;
const TOP = 64;

export function oneApply(architecture: string): string {
  const steps = stepsOf(architecture).map((name) => ({ name, about: aboutOf(name) }));
  const beside = steps.filter(({ name }) => BESIDE.includes(name));
  const onHost = steps.filter(({ name }) => !BESIDE.includes(name));
  const height = TOP + onHost.length * ROW + 84;
  return picture(980, height, "One apply: what is done where the engine runs, and on each host", [
    text(24, 36, "Where the engine runs", 'font-weight="600"'),
    text(474, 36, "On each host, as one run", 'font-weight="600"'),
    ...beside.flatMap((step, i) => row(24, i, i + 1, step, 400)),
    arrow(`M424 ${TOP + 2 * ROW + 16}H448V${TOP + 16}H470`),
    ...onHost.flatMap((step, i) => row(474, i, beside.length + i + 1, step, 450)),
    ...wayBack(onHost),
  ]);
}

function aboutOf(name: string): string {
  const about = ABOUT[name];
  if (about === undefined) throw new Error(`the picture of an apply does not know the step ${name}`);
  return about;
}

function row(x: number, i: number, number: number, { name, about }: Step, width: number): string[] {
  const y = TOP + i * ROW;
  return [
    box({ x, y, width, height: 32, fill: number < 4 ? COLOURS.old : "#ffffff" }),
    text(x + 10, y + 21, `${number}. ${name}`, 'font-weight="600"'),
    quiet(x + 122, y + 21, about),
  ];
}

/** From the snapshot on, a failure leads back to it. */
function wayBack(onHost: readonly Step[]): string[] {
  const from = TOP + onHost.findIndex(({ name }) => name === "Begin") * ROW;
  const bottom = TOP + onHost.length * ROW;
  const y = bottom + 24;
  return [
    `<path d="M930 ${from}h10V${bottom - 8}h-10" fill="none" stroke="${COLOURS.quiet}"/>`,
    arrow(`M940 ${(from + bottom) / 2}h16V${y + 16}H927`, 'stroke-dasharray="5 4"'),
    box({ x: 474, y, width: 450, height: 32, fill: COLOURS.trial }),
    text(484, y + 21, "Roll back", 'font-weight="600"'),
    quiet(576, y + 21, "restores it, sees it serve, and fails with the cause"),
  ];
}
