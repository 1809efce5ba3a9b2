import { endedHelper, onCallNotes, reloadHelper, stopHelper, unitPath } from "../layout";
import { type Service } from "../puma/service";
import { endedScript, reloadScript, stopScript } from "../runtime/parts";
import { type UnitFile } from "../systemd/unit-file";
import { onCallText } from "./on-call";

/**
 * What a changed file asks for: `unit` a restart where systemd does not take up the changed lines by itself, `restart`
 * and `reload` what they say, `none` nothing.
 */
export type Effect = "unit" | "restart" | "reload" | "none";

/** A file that a service has on a host: written, compared, kept and removed like every other. */
export interface InstalledFile {
  readonly path: string;
  /** Access mode in octal. */
  readonly mode: string;
  /** User and group, as chown(1) takes them. */
  readonly owner: string;
  readonly content: string;
  readonly effect: Effect;
}

/** The file of a unit. */
export function unitFileOf(fileName: string, unit: UnitFile): InstalledFile {
  return rootFile(unitPath(fileName), unit.toString(), "unit");
}

/** The helper that a service's unit stops it by: no line of a unit, so a newer one restarts nothing. */
export function stopHelperOf(service: string): InstalledFile {
  return rootFile(stopHelper(service), stopScript(), "none");
}

/** The helper that sees how a service ended: no line of a unit, as the one that stops it. */
export function endedHelperOf(service: string): InstalledFile {
  return rootFile(endedHelper(service), endedScript(), "none");
}

/** The helper that a service is reloaded by: no line of a unit, as the one that stops it. */
export function reloadHelperOf(service: string): InstalledFile {
  return rootFile(reloadHelper(service), reloadScript(), "none");
}

/** What whoever is on call reads of a service. */
export function onCallNotesOf(service: Service): InstalledFile {
  return rootFile(onCallNotes(service.name), onCallText(service), "none");
}

function rootFile(path: string, content: string, effect: Effect): InstalledFile {
  return { path, mode: "644", owner: "root:root", content, effect };
}
