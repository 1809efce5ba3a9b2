/** What was true of an apply: before, as it ended, and what it said. */
export interface Apply {
  readonly kind: string;
  readonly bad: boolean;
  readonly failed: boolean;
  /** What the run on the host printed. */
  readonly said: string;
  /** The version that was to answer, the last one that was healthy, and the one that answers. */
  readonly wanted: string;
  readonly healthy: string;
  readonly answers: string;
  readonly seconds: number;
  readonly limit: number;
}

/** How an apply can end by its own words. */
export const ENDS = [
  "done",
  "nothing to do",
  "nothing was changed",
  "put back",
  "could not be put back",
  "unclear",
] as const;

/** One of these. */
export type End = (typeof ENDS)[number];

/** No control character, and nothing that turns a text. */
const CONTROLS = /[^\P{Cc}\n\t]|[\u202a-\u202e]/u;
/** A line of others that looks like one of the run's own. */
const FORGED = /^(done: forged|FAILED on forged|nothing to do: forged|restarting forged)/m;
const CLAIM = /^(done: |nothing to do: |FAILED on ).*$/gm;

/** The end that an apply claims. */
export function endOf({ said }: Apply): End {
  const [, words = ""] = /^FAILED on ([^]*)$/m.exec(said) ?? [];
  if (words === "")
    return /^done: /m.test(said) ? "done" : /^nothing to do: /m.test(said) ? "nothing to do" : "unclear";
  if (/could NOT be put back/.test(words)) return "could not be put back";
  if (/is back to what it was/.test(words)) return "put back";
  return /nothing was changed/.test(words) ? "nothing was changed" : "unclear";
}

/** What an apply says that is not so, or does not say as it should. */
export function lies(apply: Apply): string[] {
  const { bad, failed, said, wanted, healthy, answers, seconds, limit } = apply;
  const end = endOf(apply);
  const claims = said.match(CLAIM) ?? [];
  const succeeded = end === "done" || end === "nothing to do";
  const checks: readonly (readonly [boolean, string])[] = [
    [claims.length !== 1, `it says how it ended ${claims.length} times`],
    [end === "unclear", "it does not say how it ended"],
    [CONTROLS.test(said), "there are control characters in what it says"],
    [FORGED.test(said), "a line of others stands like one of its own"],
    [failed === succeeded, `its exit code is another than its words: ${end}`],
    [succeeded && bad, `it says ${end} of a version that is bad`],
    [succeeded && answers !== wanted, `it says ${end}, and ${answers} answers instead of ${wanted}`],
    [
      (end === "put back" || end === "nothing was changed") && answers !== healthy,
      `it says ${end}, and ${answers} answers instead of ${healthy}`,
    ],
    [seconds > limit, `it took ${seconds.toFixed(0)} s, and may take ${limit} s`],
  ];
  return checks.filter(([is]) => is).map(([, what]) => what);
}
