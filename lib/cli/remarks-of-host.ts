/** What a host tells of a service as `KEY=VALUE`, each key with all of its values. */
export type HostFacts = ReadonlyMap<string, readonly string[]>;

/** Reads the lines of `cdktf-puma facts`. */
export function hostFacts(lines: readonly string[]): HostFacts {
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    const [, key, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined) facts.set(key, [...(facts.get(key) ?? []), value]);
  }
  return facts;
}

/** What has to be known of a service beside its line in the table, in the words of the host's own status. */
const REMARKS: Readonly<Record<string, (value: string, all: HostFacts) => string | undefined>> = {
  stopped: () => "it is kept stopped ('ensure')",
  not_waiting: (unit) => `${unit} is not active, so nothing comes by it`,
  restart_failed: (unit) => `the last restart by itself failed: see ${unit}`,
  not_waiting: (unit) => `${unit} is not active, so nothing comes by it`,
  restart_failed: (unit) => `the last restart by itself failed: ${unit}`,
  crashes: (crashes, all) => `it crashed ${crashes} times in a row${behind(": ", all.get("cause"))}`,
  locked: (lock) => `locked by ${lock}`,
  health: (health, all) =>
    health === "failed"
      ? `asked now, ${all.get("asked")?.[0]} is NOT healthy${behind(": ", all.get("health_said"))}`
      : undefined,
  rolled_back: (to) =>
    `it was rolled back to the generation of ${to}: an apply that has something to do here brings what the stack says`,
  linked: (path) => `its directory leads to ${path} by now: the next start takes that`,
  release_before: () => "it runs the release before the last, as the one that came then was not healthy",
  edited: (path) => `${path} was edited on the host`,
  out: () => "it may be out of the balancer: the next apply puts it back in",
  run: (run, all) => `a run is under way: ${run}${behind("; it is at: ", all.get("run_step"))}`,
  cut_off: () =>
    "an earlier run was cut off in the middle: the next one goes back to what was healthy before it",
  last: (last) => (/: failed: /.test(last) ? `last run: ${last}` : undefined),
};

function behind(between: string, [value = ""]: readonly string[] = []): string {
  return value === "" ? "" : `${between}${value}`;
}

/** The remarks to what a host tells. */
export function remarksIn(facts: HostFacts): string[] {
  return Object.entries(REMARKS)
    .flatMap(([key, remark]) => (facts.get(key) ?? []).map((value) => remark(value, facts)))
    .filter((remark) => remark !== undefined);
}
