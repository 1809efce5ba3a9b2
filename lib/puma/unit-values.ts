import { expand, unitNameOf } from "../systemd/specifiers";
import { type UnitFile } from "../systemd/unit-file";

/** The values of a directive that count: an empty one resets those before it. */
export function valuesIn(unit: UnitFile | undefined, section: string, directive: string): string[] {
  const values = unit?.section(section).get(directive) ?? [];
  return values.slice(values.lastIndexOf("") + 1);
}

/** Whether a value says yes, as systemd reads it. */
export function isYes(value: string): boolean {
  return /^(1|yes|y|true|t|on)$/i.test(value);
}

/** Whether a directive that takes yes or no says yes in the end. */
export function isOn(unit: UnitFile | undefined, section: string, directive: string): boolean {
  return isYes(valuesIn(unit, section, directive).at(-1) ?? "");
}

/** The words of a directive that takes a list, without their quotes. */
export function wordsIn(unit: UnitFile | undefined, section: string, directive: string): string[] {
  return valuesIn(unit, section, directive).flatMap((value) =>
    value
      .split(/\s+/)
      .map((word) => word.replace(/["']/g, ""))
      .filter(Boolean),
  );
}

/**
 * A value with systemd's specifiers filled in, as far as synth knows them: NUL stands for each other one.
 * @param file the unit's file, `web.service`
 */
export function withSpecifiers(value: string, file: string): string {
  return expand(value, unitNameOf(file), "\0").text;
}

/** A path without systemd's specifiers, as far as it can be known at synth. */
export function knownPath(path: string, file: string): string[] {
  const [open = "", ...rest] = withSpecifiers(path, file).split("\0");
  const far = rest.length === 0 ? open : open.replace(/[^/]*$/, "");
  return far.startsWith("/") && far !== "/" ? [far] : [];
}
