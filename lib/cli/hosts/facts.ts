/** What a host tells of a service as `KEY=VALUE`, each key with all of its values. */
export type Facts = ReadonlyMap<string, readonly string[]>;

/** The facts of a service among what a survey has printed (survey.sh). */
export function factsOf(service: string, lines: readonly string[]): Facts {
  const facts = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, key = "", value = ""] = /^cdktf-puma (\S+) (\w+)=(.*)$/.exec(line) ?? [];
    if (name === service) facts.set(key, [...(facts.get(key) ?? []), value]);
  }
  return facts;
}

/** The first value of a key, if it is known. */
export function factIn(facts: Facts, key: string): string | undefined {
  return facts.get(key)?.[0];
}

/** What has to be known of a service beside its line in the table, in the words of the host's own status. */
const REMARKS: Readonly<Record<string, (value: string, all: Facts) => string | undefined>> = {
  stopped: () => "it is kept stopped ('ensure')",
  not_waiting: (unit) => `${unit} is not active, so nothing comes by it`,
  restart_failed: (unit) => `the last restart by itself failed: ${unit}`,
  crashes: (crashes, all) => `it crashed ${crashes} times in a row${behind(": ", factIn(all, "cause"))}`,
  health: (health, all) =>
    health === "failed"
      ? `asked now, ${factIn(all, "asked")} is NOT healthy${behind(": ", factIn(all, "health_said"))}`
      : undefined,
  locked: (by) => `locked by ${by}`,
  rolled_back: (generation) => `it was rolled back to the generation of ${generation}`,
  linked: (path) => `its directory leads to ${path} by now: the next start takes that`,
  release_before: () => "it runs the release before the last, as the one that came then was not healthy",
  edited: (path) => `${path} was edited on the host`,
  out: () => "it may be out of the balancer: the next apply puts it back in",
  run: (run, all) => `a run is under way: ${run}${behind("; it is at: ", factIn(all, "run_step"))}`,
  cut_off: () =>
    "an earlier run was cut off in the middle: the next one goes back to what was healthy before it",
  last: (last) => (/: failed: /.test(last) ? `last run: ${last}` : undefined),
};

function behind(between: string, value = ""): string {
  return value === "" ? "" : `${between}${value}`;
}

/** The remarks to what a host tells. */
export function remarksIn(facts: Facts): string[] {
  if (facts.has("absent")) return [];
  const refused = facts.get("refused")?.at(-1);
  const all = Object.entries(REMARKS).flatMap(([key, remark]) =>
    (facts.get(key) ?? []).map((value) => remark(value, facts)),
  );
  const unknown = refused === undefined ? [] : [`the rest is not known: ${refused}`];
  return [...all.filter((remark) => remark !== undefined), ...unknown];
}
