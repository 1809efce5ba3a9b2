import { NO_RESTART } from "../../deploy/plan-parts";
import { consequenceOf, driftOf, type Effect, effectOf, partOf, severityOf } from "./effects";
import { type ChangedLine, lineDifference } from "./line-difference";
import { type Placement, type Rename } from "./placements";
import { type Change, type Plan, type Values } from "./plan-file";

/** What becomes of a service on a host. */
export interface PlannedHost {
  readonly name: string;
  readonly address: string;
  /** From 1. */
  readonly batch: number;
  readonly effect: Effect;
  readonly drift?: string;
  /** In the place of which service it comes there. */
  readonly former?: string;
}

/** What changes of a file, or of the release and the like, and what it does to a Puma that runs. */
export interface PlannedLines {
  readonly sentence: string;
  readonly lines: readonly ChangedLine[];
}

/** Another version of the secrets. */
export interface PlannedSecrets {
  readonly from: string;
  readonly to: string;
  readonly hosts: readonly string[];
}

/** What becomes of a service, where something does. */
export interface PlannedService {
  readonly label: string;
  /** Whether the whole of it is new in the plan. */
  readonly isNew: boolean;
  /** Those that change. */
  readonly hosts: readonly PlannedHost[];
  readonly unchanged: number;
  readonly lines: readonly PlannedLines[];
  /** What only the words of the plan say otherwise, as of another restart mode: no host changes for it. */
  readonly said: readonly (readonly [from: string, to: string])[];
  readonly tasks: readonly string[];
  readonly release: string;
  readonly secrets: readonly PlannedSecrets[];
}

/** An installation that stays or comes, and where it is. */
interface Installation {
  readonly change: Change;
  readonly placement: Placement;
  /** The name of what all hosts of the service have in common. */
  readonly id: string;
}

const TRIGGERS = /^local\.(.*)_triggers$/;

/** The services of a plan of which something changes. */
export function servicesIn(
  plan: Plan,
  placements: readonly Placement[],
  renames: readonly Rename[],
): PlannedService[] {
  const formers = new Map(renames.map(({ host, from, to }) => [`${to}\n${host}`, from]));
  const installations = placements.flatMap((placement) => installationOf(plan, placement));
  const byId = new Map<string, Installation[]>();
  for (const one of installations) {
    const known = byId.get(one.id);
    if (known === undefined) byId.set(one.id, [one]);
    else known.push(one);
  }
  for (const id of withMachines(plan, byId)) byId.set(id, []);
  return [...byId]
    .map(([id, ofService]) => serviceOf(plan, id, ofService, formers))
    .filter(
      ({ hosts, lines, said, tasks, secrets }) => [hosts, lines, said, tasks, secrets].flat().length > 0,
    );
}

/** The names of services that no host has, as machines come up with them: a plan has but what all of them would have in common. */
function withMachines({ changes }: Plan, known: ReadonlyMap<string, unknown>): string[] {
  const isOnHosts = (id: string): boolean =>
    known.has(id) ||
    changes.some(({ type, name }) => type === "null_resource" && name.startsWith(`${id}_on_`));
  return changes.filter(isReview).flatMap(({ name }) => (isOnHosts(name) ? [] : [name]));
}

/** Whether it holds the lines of a service, under sentences. */
function isReview({ type, name, after }: Change): boolean {
  const sentences = Object.keys(partsOf(after));
  return type === "terraform_data" && name.startsWith("puma_") && sentences.some((one) => one.includes(": "));
}

function installationOf({ at }: Plan, placement: Placement): Installation[] {
  const change = at.get(placement.installation);
  if (change?.after === undefined) return [];
  const [id = change.name] = change.references.flatMap((one) => TRIGGERS.exec(one)?.[1] ?? []);
  return [{ change, placement, id }];
}

function serviceOf(
  plan: Plan,
  id: string,
  installations: readonly Installation[],
  formers: ReadonlyMap<string, string>,
): PlannedService {
  const review = plan.at.get(`terraform_data.${id}`);
  const [old, now] = [partsOf(review?.before), partsOf(review?.after)];
  const sentences = [...Object.keys(now), ...Object.keys(old)];
  const changing = installations.filter(({ change }) => isChanged(change));
  return {
    label: installations[0]?.placement.label ?? id.replace(/^puma_/, ""),
    isNew: review?.actions.join() === "create",
    hosts: changing.map((one) => hostOf(one, sentences, formers)),
    unchanged: installations.length - changing.length,
    ...linesOf(old, now),
    ...tasksOf(plan, id),
    secrets: secretsOf(plan, installations),
  };
}

/** Whether an apply has something to do. */
export function isChanged({ actions }: Change): boolean {
  return actions.some((action) => action !== "no-op" && action !== "read");
}

function hostOf(
  { change, placement, id }: Installation,
  sentences: readonly string[],
  formers: ReadonlyMap<string, string>,
): PlannedHost {
  const barrier = `local.${id}_batch_`;
  const behind = change.dependsOn.find((one) => one.startsWith(barrier));
  const { host: name, address, label } = placement;
  const batch = behind === undefined ? 1 : Number(behind.slice(barrier.length)) + 1;
  const former = formers.get(`${label}\n${name}`);
  return { name, address, batch, effect: effectOf(change, sentences), drift: driftOf(change), former };
}

type Parts = Readonly<Record<string, readonly string[]>>;

/** The lines of a service, under their sentences. */
function partsOf(review: Values | undefined): Parts {
  const parts = Object.entries((review?.triggers_replace ?? {}) as object) as [string, unknown][];
  return Object.fromEntries(parts.map(([sentence, lines]) => [sentence, [lines].flat().map(String)]));
}

/** A part keeps its name where its sentence is another, as by another restart mode. */
function linesOf(old: Parts, now: Parts): Pick<PlannedService, "lines" | "said"> {
  const lines: PlannedLines[] = [];
  const said: (readonly [string, string])[] = [];
  for (const [sentence, after] of Object.entries(now)) {
    const former = formerOf(sentence, old, now);
    const changed = lineDifference(former === undefined ? [] : (old[former] ?? []), after);
    if (changed.length > 0) lines.push({ sentence, lines: changed });
    else if (former !== undefined && former !== sentence) said.push([former, sentence]);
  }
  const formers = Object.keys(now).map((sentence) => formerOf(sentence, old, now));
  const gone = Object.entries(old).filter(([sentence]) => !formers.includes(sentence));
  const left = gone.map(([sentence, before]) => ({ sentence, lines: lineDifference(before, []) }));
  const all = [...lines, ...left.filter((one) => one.lines.length > 0)];
  return { lines: all.sort(bySeverity), said };
}

function bySeverity(one: PlannedLines, other: PlannedLines): number {
  return severityOf(consequenceOf(one.sentence)) - severityOf(consequenceOf(other.sentence));
}

function formerOf(sentence: string, old: Parts, now: Parts): string | undefined {
  if (sentence in old) return sentence;
  const isAlike = (one: string): boolean =>
    !(one in now) && partOf(one) === partOf(sentence) && isQuiet(one) === isQuiet(sentence);
  return Object.keys(old).find(isAlike);
}

/** What lies in the same file is told apart by whether it restarts anything. */
function isQuiet(sentence: string): boolean {
  return consequenceOf(sentence) === NO_RESTART;
}

/** What runs once for the release, in the order in which it does. */
function tasksOf({ changes }: Plan, id: string): Pick<PlannedService, "tasks" | "release"> {
  const tasks = changes.filter(
    ({ type, name, actions, after }) =>
      type === "null_resource" &&
      name.startsWith(`${id}_task_`) &&
      actions.includes("create") &&
      typeof (after?.triggers as Values | undefined)?.task === "string",
  );
  const triggers = inOrder(tasks).map(({ after }) => after?.triggers as Values);
  return { tasks: triggers.map(({ task }) => String(task)), release: String(triggers[0]?.release ?? "") };
}

/** Each waits for the one before it. */
function inOrder(tasks: readonly Change[]): Change[] {
  const rank = (one: Change): number => {
    const before = tasks.find(({ address }) => one.dependsOn.includes(address));
    return before === undefined || before === one ? 0 : rank(before) + 1;
  };
  return [...tasks].sort((one, other) => rank(one) - rank(other));
}

function secretsOf({ at }: Plan, installations: readonly Installation[]): PlannedSecrets[] {
  const versions = new Map<string, PlannedSecrets & { readonly hosts: string[] }>();
  for (const { placement } of installations) {
    const change = at.get(placement.secrets);
    if (change === undefined || !change.actions.includes("create")) continue;
    const [from, to] = [change.before, change.after].map((values) =>
      String((values?.triggers_replace as Values | undefined)?.version ?? ""),
    ) as [string, string];
    const known = versions.get(`${from}\n${to}`) ?? { from, to, hosts: [] };
    known.hosts.push(placement.host);
    versions.set(`${from}\n${to}`, known);
  }
  return [...versions.values()];
}
