import { type Effect } from "../puma/directive-table";
import { linesByEffect } from "../puma/unit-parts";
import { type UnitFile } from "../systemd/unit-file";
import { type DeployStrategy } from "./deploy-strategy";
import { type InstalledFile } from "./managed-file";
import { type RestartMode } from "./restart";

/** Units by the names of their files. */
type Units = ReadonlyMap<string, UnitFile>;

/** A part of a service's units, by what a change of it asks for on a host. */
export interface PlanPart {
  /** The same whatever the restart mode is: `web.service`, or `web.service: no restart`. */
  readonly name: string;
  /** The unit's file, and what a change of the part does to a Puma that runs: `web.service: restarts Puma (hot)`. */
  readonly sentence: string;
  readonly lines: readonly string[];
}

/** How what is changed of a service gets to its Puma. */
type Way = Pick<DeployStrategy, "ensure" | "restart">;

/** What a change does to a Puma that runs, as a sentence ends with it. */
export const NO_RESTART = "no restart";
export const REOPENS = "closes its sockets and opens them again, restarts Puma";
export const RESTARTS = "restarts Puma";
export const LEFT = "left for Puma's next restart (none)";
export const STOPPED = "starts nothing (stopped)";

/** The units of a service by what a change of them does, for whoever reads a plan. */
export function planParts(units: Units, way: Way): PlanPart[] {
  return [...units].flatMap(([file, unit]) =>
    [...linesByEffect(unit)].map(([effect, lines]) => ({
      name: effect === "reload" ? `${file}: ${NO_RESTART}` : file,
      sentence: `${file}: ${consequence(units, effect, way)}`,
      lines,
    })),
  );
}

/** A file beside the units. */
export interface FilePart extends Omit<PlanPart, "lines"> {
  /** Whose it is, and what that and others may: `-- 0640 root:www-data`. */
  readonly access: string;
}

/** The files of a service by what a change of them does. A file is called by its path. */
export function fileParts(files: readonly InstalledFile[], way: Way): FilePart[] {
  return files.map(({ path, mode: access, owner, effect }) => ({
    name: path,
    sentence: `${path}: ${effect === "restart" ? restartOfFile(way) : NO_RESTART}`,
    access: `-- ${access} ${owner.replace("@", "(the service's group)")}`,
  }));
}

function restartOfFile({ ensure, restart: mode }: Way): string {
  if (ensure === "stopped") return STOPPED;
  if (mode === "none") return LEFT;
  return mode === "phased"
    ? `${RESTARTS} (hot, since phased takes up no changed file)`
    : `${RESTARTS} (${mode})`;
}

/** What another release does to a Puma that runs. */
export function releaseSentence(units: Units, way: Way): string {
  const isPhased = way.restart === "phased" && way.ensure === "running";
  return `release: ${isPhased ? `${RESTARTS} (phased)` : consequence(units, "restart", way)}`;
}

/** What another `startOn` does: the units are enabled for something else. */
export const START_ON_SENTENCE = `startOn: ${NO_RESTART}`;

/** What another `ensure` does. */
export const ENSURE_SENTENCE = "ensure: stops Puma and its sockets (stopped), or starts them again";

function consequence(units: Units, effect: Effect, { ensure, restart: mode }: Way): string {
  if (effect === "reload") return NO_RESTART;
  if (ensure === "stopped") return STOPPED;
  if (mode === "none") return LEFT;
  return effect === "reopen" ? REOPENS : restartBy(mode, units);
}

function restartBy(mode: RestartMode, units: Units): string {
  if (mode === "phased") return `${RESTARTS} (hot, since phased takes up no changed unit)`;
  const hasSockets = [...units.keys()].some((file) => file.endsWith(".socket"));
  return `${RESTARTS}${mode === "full" && hasSockets ? " and its sockets" : ""} (${mode})`;
}
