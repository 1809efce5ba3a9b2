import type { Release } from "../../lab/fleet/fleet";
import type { Mode } from "./deployed-service";

/** What happens to a run in the middle of it. */
export type Fault =
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
  /** The faults that the short run injects there. */
  readonly short: readonly Fault[];
  /** What is wrong with the new version, for the steps of going back. */
  readonly defect?: string;
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

/**
 * The steps from the first file to the last, as they are printed and kept in the run's own folder. Units that are enabled are not
 * enabled again, so that nothing can be cut off there: the first time is in cut-off.slow.hosts.ts.
 */
export const STEPS: readonly Step[] = [
  hot("keeping what is there$", "old", { keeps: false }),
  hot("web.service: installing", "old"),
  hot("reloading systemd", "old"),
  hot("restarting", "old", { short: ["kill -9"] }),
  hot("waiting for", "new"),
  hot("keeping what is there now", "new", { short: ["disk full"] }),
  hot("putting back", "none", { defect: "raise" }),
  overlap("rehearsing", "old", { keeps: false }),
  overlap("keeping what is there$", "old", { keeps: false }),
  overlap("web.service: installing", "old"),
  overlap("reloading systemd", "old"),
  overlap("the new version stands in", "old", { short: ["power cut"] }),
  overlap("restarting", "either", { short: ["kill -9", "connection cut"] }),
  overlap("the stand-in leaves", "new", { short: ["asked to stop"] }),
  overlap("keeping what is there now", "new"),
  overlap("putting back", "either", { defect: "service" }),
];

/** Each step meets these in the thorough run; the rest is for the steps that change what runs. */
const EVERYWHERE: readonly Fault[] = ["kill -9", "connection cut", "asked to stop"];
const AT_CHANGE: readonly Fault[] = ["network down for 3 s", "reboot", "power cut", "engine killed"];
const AT_WRITING: readonly Fault[] = ["disk full"];

const CHANGES =
  /^(web.service: installing|the new version stands in|restarting|waiting for|the stand-in leaves)/;

const WRITES = /^(keeping what is there now|putting back)/;

/** The faults that are injected at a step. */
export function faultsAt(step: Step, thorough: boolean): readonly Fault[] {
  if (!thorough) return step.short;
  return [
    ...EVERYWHERE,
    ...(CHANGES.test(step.at) ? AT_CHANGE : []),
    ...(WRITES.test(step.at) ? AT_WRITING : []),
  ];
}

/** The release on which a row is tried: each mode and each fault meets each of them. */
export function releaseFor(step: Step, fault: Fault): Release {
  const all: readonly Release[] = ["trixie", "bookworm", "forky"];
  const turn = STEPS.indexOf(step) + [...EVERYWHERE, ...AT_CHANGE, ...AT_WRITING].indexOf(fault);
  return all[turn % all.length] ?? "trixie";
}
