/** A unit's name, as specifiers ask for it: `web@blog.service`. */
export interface UnitName {
  /** With the suffix. */
  readonly full: string;
  /** What stands before `@`, or before the suffix. */
  readonly prefix: string;
  /** What stands behind `@`. */
  readonly instance: string;
  /** The home of whose manager runs the unit. */
  readonly home: string;
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
  return { full: fileName, prefix, instance, home: "/root" };
}

/**
 * Puts in the specifiers of systemd.unit(5) that a unit has on every host alike.
 * @param other what stands for each other one; themselves unless it is given
 */
export function expand(text: string, unit: UnitName, other?: string): Expanded {
  const unknown: string[] = [];
  const values = valuesFor(unit);
  const expanded = text.replace(/%(.)/g, (specifier, letter: string) => {
    const value = values[letter];
    if (value === undefined) unknown.push(specifier);
    return value ?? other ?? specifier;
  });
  return { text: expanded, unknown };
}

/** Puts in those specifiers alone. */
export function expandOnly(letters: readonly string[], text: string, unit: UnitName): string {
  const values = valuesFor(unit);
  return text.replace(/%(.)/g, (specifier, letter: string) =>
    letters.includes(letter) ? (values[letter] ?? specifier) : specifier,
  );
}

function valuesFor({ full, prefix, instance, home }: UnitName): Readonly<Record<string, string>> {
  return {
    ...{ n: full, N: full.replace(/\.\w+$/, ""), p: prefix, P: prefix, j: prefix.replace(/^.*-/, "") },
    ...{ i: instance, I: instance.replace(/-/g, "/"), h: home, "%": "%" },
    ...{ t: "/run", S: "/var/lib", C: "/var/cache", L: "/var/log", E: "/etc", T: "/tmp", V: "/var/tmp" },
  };
}
