import { LEFT, NO_RESTART, REOPENS, RESTARTS, STOPPED } from "../../deploy/plan-parts";
import { type Change, type Values } from "./plan-file";

/** What a change does on a host, as far as a plan knows. */
export interface Effect {
  readonly kind:
    "install" | "stop" | "start" | "reopen" | "restart" | "left" | "stopped" | "reload" | "drift" | "again";
  /** In the plan's own words, where it has some. */
  readonly words: string;
}

/** The kinds of what a plan's sentences end with, the ones that hurt most first. */
const KINDS: readonly (readonly [Effect["kind"], (consequence: string) => boolean])[] = [
  ["reopen", (consequence) => consequence === REOPENS],
  ["restart", (consequence) => consequence.startsWith(RESTARTS)],
  ["left", (consequence) => consequence === LEFT],
  ["stopped", (consequence) => consequence === STOPPED],
  ["reload", (consequence) => consequence === NO_RESTART],
];

/** Another machine behind the name, or another user's systemd: nothing is there yet. */
const IDENTITY = ["host", "address", "identity", "user"];

/**
 * What the change of an installation does there.
 * @param sentences - of the service, before and after, as they stand over its lines
 */
export function effectOf(
  { before, after, actions, isTainted }: Change,
  sentences: readonly string[],
): Effect {
  const [old, now] = [before?.triggers, after?.triggers] as (Values | undefined)[];
  const isStopped = sentences.some((sentence) => sentence.endsWith(`: ${STOPPED}`));
  const install: Effect = { kind: "install", words: isStopped ? "installed, and kept stopped" : "installed" };
  if (actions.join() === "create" || old === undefined) return install;
  const changed = changedIn(old, now ?? {});
  if (changed.some((name) => IDENTITY.includes(name)))
    return { ...install, words: `${install.words}: it is another machine` };
  if (changed.includes("ensure")) return ensured(now?.ensure);
  const [worst] = changed.flatMap((name) => effectsOf(name, sentences)).sort(bySeverity);
  if (worst !== undefined) return worst;
  if (changed.includes("drift")) return { kind: "drift", words: "put back as it was applied" };
  return { kind: "again", words: isTainted ? "run again: its last apply failed" : "run again" };
}

/** A service that is kept stopped says so, and one that runs says nothing. */
function ensured(ensure: unknown): Effect {
  return ensure === "stopped"
    ? { kind: "stop", words: "stops Puma and its sockets" }
    : { kind: "start", words: "starts Puma and its sockets again" };
}

/** What was changed there by hand, if the plan knows of it only now. */
export function driftOf({ before, after }: Change): string | undefined {
  const [old, now] = [before, after].map((values) => (values?.triggers as Values | undefined)?.drift);
  return typeof now === "string" && now !== old ? now : undefined;
}

function changedIn(old: Values, now: Values): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.filter((name) => old[name] !== now[name]);
}

/** By the name of a part of its units (lib/deploy/plan-parts.ts), or of what is beside them. */
function effectsOf(name: string, sentences: readonly string[]): Effect[] {
  const part = name === "start_on" ? "startOn" : name;
  if (part.endsWith(`: ${NO_RESTART}`)) return [{ kind: "reload", words: NO_RESTART }];
  const found = sentences.filter((sentence) => partOf(sentence) === part).map(consequenceOf);
  const loud = found.find((consequence) => consequence !== NO_RESTART) ?? found[0];
  const kind = loud === undefined ? undefined : kindOf(loud);
  return loud === undefined || kind === undefined ? [] : [{ kind, words: loud }];
}

/** What a sentence is about: a unit, a file, the release. */
export function partOf(sentence: string): string {
  const end = sentence.lastIndexOf(": ");
  return end < 0 ? sentence : sentence.slice(0, end);
}

/** What a sentence says that a change of it does. */
export function consequenceOf(sentence: string): string {
  return sentence.slice(sentence.lastIndexOf(": ") + 2);
}

function kindOf(consequence: string): Effect["kind"] | undefined {
  return KINDS.find(([, isIt]) => isIt(consequence))?.[0];
}

function bySeverity(one: Effect, other: Effect): number {
  return severityOf(one.words) - severityOf(other.words);
}

/** The less, the more a consequence hurts. */
export function severityOf(consequence: string): number {
  const rank = KINDS.findIndex(([, isIt]) => isIt(consequence));
  return rank < 0 ? KINDS.length : rank;
}
