/** A unit's name, as specifiers ask for it: `web@blog.service`. */
export interface UnitName {
  /** With the suffix. */
  readonly full: string;
  /** What stands before `@`, or before the suffix. */
  readonly prefix: string;
  /** What stands behind `@`. */
  readonly instance: string;
}

/** A text whose specifiers were put in. */
export interface Expanded {
  readonly text: string;
  /** The specifiers that only a host knows: they are still there. */
  readonly unknown: readonly string[];
}

/** Takes a unit's file name apart. */
export function unitNameOf(fileName: string): UnitName {
  const [, prefix = fileName, , instance = ""] = /^([^@]*)(@(.*))?\.\w+$/.exec(fileName) ?? [];
  return { full: fileName, prefix, instance };
}

/** Puts in the specifiers of systemd.unit(5) that a unit of the system's manager has on every host alike. */
export function expand(text: string, unit: UnitName): Expanded {
  const unknown: string[] = [];
  const values: Readonly<Record<string, string>> = {
    ...{ n: unit.full, N: unit.full.replace(/\.\w+$/, ""), p: unit.prefix, P: unit.prefix, "%": "%" },
    ...{ i: unit.instance, I: unit.instance.replace(/-/g, "/"), j: unit.prefix.replace(/^.*-/, "") },
    ...{ t: "/run", S: "/var/lib", C: "/var/cache", L: "/var/log", E: "/etc", T: "/tmp", V: "/var/tmp" },
  };
  const expanded = text.replace(/%(.)/g, (specifier, letter: string) => {
    if (letter in values) return values[letter];
    unknown.push(specifier);
    return specifier;
  });
  return { text: expanded, unknown };
}
