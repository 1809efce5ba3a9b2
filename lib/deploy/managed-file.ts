import {
  endedHelper,
  followHelper,
  onCallNotes,
  reloadHelper,
  type Scope,
  stopHelper,
  unitPath,
} from "../layout";
import { type Service } from "../puma/service";
import { endedScript, followScript, reloadScript, stopScript } from "../runtime/parts";
import { type UnitFile } from "../systemd/unit-file";
import { onCallText } from "./on-call";

/**
 * What a changed file asks for: `unit` and `drop-in` a restart where systemd does not take up the changed lines by itself,
 * `restart` and `reload` what they say, `companion` that the unit that it is is started anew, and `none` nothing.
 */
export type Effect = "unit" | "drop-in" | "restart" | "reload" | "companion" | "none";

/** A file that a service has on a host: written, compared, kept and removed like every other. */
export interface InstalledFile {
  readonly path: string;
  /** Access mode in octal. */
  readonly mode: string;
  /** User and group, as chown(1) takes them; `-` for whoever the run is. */
  readonly owner: string;
  readonly content: string;
  readonly effect: Effect;
}

/** The file of a unit. */
export function unitFileOf(fileName: string, unit: UnitFile, scope: Scope): InstalledFile {
  return ownFile(scope, unitPath(fileName, scope), unit.toString(), "unit");
}

/** The file of a unit beside the service's own (see companions.ts). */
export function companionFileOf(fileName: string, unit: UnitFile, scope: Scope): InstalledFile {
  return ownFile(scope, unitPath(fileName, scope), unit.toString(), "companion");
}

/** The file of a drop-in of others' unit. */
export function dropInFileOf(fileName: string, dropIn: UnitFile): InstalledFile {
  return ownFile("system", unitPath(fileName), dropIn.toString(), "drop-in");
}

/** The helper that a service's unit stops it by: no line of a unit, so a newer one restarts nothing. */
function stopHelperOf({ name, scope }: Service): InstalledFile {
  return ownFile(scope, stopHelper(name, scope), stopScript(), "none");
}

/** The helper that sees how a service ended: no line of a unit, as the one that stops it. */
function endedHelperOf({ name, scope }: Service): InstalledFile {
  return ownFile(scope, endedHelper(name, scope), endedScript(), "none");
}

/** The helper that a service is reloaded by: no line of a unit, as the one that stops it. */
function reloadHelperOf({ name, scope }: Service): InstalledFile {
  return ownFile(scope, reloadHelper(name, scope), reloadScript(), "none");
}

/** The helpers that lines of each service's unit name. */
export function unitHelpersOf(service: Service): InstalledFile[] {
  return [stopHelperOf(service), endedHelperOf(service), reloadHelperOf(service)];
}

/** The helper that restarts a service by itself: no line of a unit, as the others. */
export function followHelperOf({ name, scope }: Service): InstalledFile {
  return ownFile(scope, followHelper(name, scope), followScript(), "none");
}

/** What whoever is on call reads of a service. */
export function onCallNotesOf(service: Service): InstalledFile {
  return ownFile(service.scope, onCallNotes(service.name, service.scope), onCallText(service), "none");
}

/** Root's, or in a user's own home as whom the run is: nothing has to be given away. */
function ownFile(scope: Scope, path: string, content: string, effect: Effect): InstalledFile {
  return { path, mode: "644", owner: scope === "user" ? "-" : "root:root", content, effect };
}
