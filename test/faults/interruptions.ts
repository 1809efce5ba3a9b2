import type { Release } from "../../lab/fleet/fleet";
import type { Mode } from "./site";

/** What happens to a run in the middle of it. */
export type Blow =
  | "kill -9"
  | "asked to stop"
  | "connection cut"
  | "network down for 3 s"
  | "reboot"
  | "power cut"
  | "engine killed"
  | "disk full";

/** A step of the script, and which version serves when nobody does anything after a kill there. */
export interface Step {
  /** How the step's words begin. */
  readonly at: string;
  readonly mode: Mode;
  /** Which version serves after a `kill -9` there, until the next apply. */
  readonly afterKill: "old" | "new" | "either" | "none";
  /** Where the short run tries it: the blows. */
  readonly short: readonly Blow[];
  /** What is wrong with the new version, for the steps of going back. */
  readonly fault?: string;
  /** Whether the script keeps, from here on, what was there before. */
  readonly keeps?: boolean;
}

const hot = (at: string, afterKill: Step["afterKill"], more: Partial<Step> = {}): Step => ({
  ...{ mode: "hot", at, afterKill, short: [], keeps: true },
  ...more,
});
const overlap = (at: string, afterKill: Step["afterKill"], more: Partial<Step> = {}): Step => ({
  ...hot(at, afterKill, more),
  mode: "overlap",
});

/** The steps from the first file to the last, as they are printed and kept in the run's own folder. */
export const STEPS: readonly Step[] = [
  hot("keeping what is there$", "old", { keeps: false }),
  hot("web.service: installing", "old"),
  hot("enabling", "old"),
  hot("reloading systemd", "old"),
  hot("restarting", "old", { short: ["kill -9"] }),
  hot("waiting for", "new"),
  hot("keeping what is there now", "new", { short: ["disk full"] }),
  hot("putting back", "none", { fault: "raise" }),
  overlap("rehearsing", "old", { keeps: false }),
  overlap("keeping what is there$", "old", { keeps: false }),
  overlap("web.service: installing", "old"),
  overlap("enabling", "old"),
  overlap("reloading systemd", "old"),
  overlap("the new version stands in", "old", { short: ["power cut"] }),
  overlap("restarting", "either", { short: ["kill -9", "connection cut"] }),
  overlap("the stand-in leaves", "new", { short: ["asked to stop"] }),
  overlap("keeping what is there now", "new"),
  overlap("putting back", "either", { fault: "service" }),
];

/** Each step meets these in the thorough run; the rest is for the steps that change what runs. */
const EVERYWHERE: readonly Blow[] = ["kill -9", "connection cut", "asked to stop"];
const AT_CHANGE: readonly Blow[] = ["network down for 3 s", "reboot", "power cut", "engine killed"];
const AT_WRITING: readonly Blow[] = ["disk full"];

const CHANGES =
  /^(web.service: installing|the new version stands in|restarting|waiting for|the stand-in leaves)/;

const WRITES = /^(keeping what is there now|putting back)/;

/** The blows that a step is dealt. */
export function blowsAt(step: Step, thorough: boolean): readonly Blow[] {
  if (!thorough) return step.short;
  return [
    ...EVERYWHERE,
    ...(CHANGES.test(step.at) ? AT_CHANGE : []),
    ...(WRITES.test(step.at) ? AT_WRITING : []),
  ];
}

/** The release on which a row is tried: each mode and each blow meets each of them. */
export function releaseFor(step: Step, blow: Blow): Release {
  const all: readonly Release[] = ["trixie", "bookworm", "forky"];
  const turn = STEPS.indexOf(step) + [...EVERYWHERE, ...AT_CHANGE, ...AT_WRITING].indexOf(blow);
  return all[turn % all.length] ?? "trixie";
}
