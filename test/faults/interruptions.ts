import type { Release } from "../fleet/fleet";
import type { Mode } from "./site";

/** What happens to a run in the middle of it. */
export type Blow =
  "kill -9" | "connection cut" | "network down for 3 s" | "reboot" | "power cut" | "engine killed";

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
}

/** The steps from the first file to the last, as they are printed and kept in the run's own folder. */
export const STEPS: readonly Step[] = [
  { mode: "hot", at: "keeping what is there$", afterKill: "old", short: [] },
  { mode: "hot", at: "web.service: installing", afterKill: "old", short: [] },
  { mode: "hot", at: "enabling", afterKill: "old", short: [] },
  { mode: "hot", at: "reloading systemd", afterKill: "old", short: [] },
  { mode: "hot", at: "restarting", afterKill: "old", short: ["kill -9", "connection cut"] },
  { mode: "hot", at: "waiting for", afterKill: "new", short: [] },
  { mode: "hot", at: "keeping what is there now", afterKill: "new", short: [] },
  { mode: "hot", at: "putting back", afterKill: "none", short: [], fault: "raise" },
  { mode: "overlap", at: "rehearsing", afterKill: "old", short: [] },
  { mode: "overlap", at: "keeping what is there$", afterKill: "old", short: [] },
  { mode: "overlap", at: "web.service: installing", afterKill: "old", short: [] },
  { mode: "overlap", at: "enabling", afterKill: "old", short: [] },
  { mode: "overlap", at: "reloading systemd", afterKill: "old", short: [] },
  { mode: "overlap", at: "the new version stands in", afterKill: "old", short: ["power cut"] },
  { mode: "overlap", at: "restarting", afterKill: "either", short: ["kill -9", "reboot", "engine killed"] },
  { mode: "overlap", at: "the stand-in leaves", afterKill: "new", short: [] },
  { mode: "overlap", at: "keeping what is there now", afterKill: "new", short: [] },
];

/** Each step meets these in the thorough run; the rest is for the steps that change what runs. */
export const EVERYWHERE: readonly Blow[] = ["kill -9", "connection cut"];
export const AT_CHANGE: readonly Blow[] = ["network down for 3 s", "reboot", "power cut", "engine killed"];

const CHANGES =
  /^(web.service: installing|the new version stands in|restarting|waiting for|the stand-in leaves)/;

/** The blows that a step is dealt. */
export function blowsAt(step: Step, thorough: boolean): readonly Blow[] {
  if (!thorough) return step.short;
  return CHANGES.test(step.at) ? [...EVERYWHERE, ...AT_CHANGE] : EVERYWHERE;
}

/** The release on which a row is tried: each mode and each blow meets each of them. */
export function releaseFor(step: Step, blow: Blow): Release {
  const all: readonly Release[] = ["trixie", "bookworm", "forky"];
  const turn = STEPS.indexOf(step) + EVERYWHERE.indexOf(blow) + AT_CHANGE.indexOf(blow);
  return all[(turn + 2) % all.length] ?? "trixie";
}
