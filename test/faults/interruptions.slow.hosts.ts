import { lost, notOk, type Report } from "../../lab/load/report";
import type { Release } from "../../lab/fleet/fleet";
import { applyWithFault } from "./inject";
import { record, ROWS, THOROUGH } from "./evidence";
import { type Fault, faultsAt, releaseFor, type Step, STEPS } from "./interruptions";
import {
  type Change,
  expectTidy,
  figures,
  LONGEST,
  type Mode,
  type Outcome,
  serves,
} from "./deployed-service";
import { lostForNoReason } from "./lost";
import { setUpServices } from "./set-up";
import { clearBreakpoint, installBreakpoints } from "./breakpoint";

/** Faults after which the next apply has something to do, and faults upon which a run rolls back. */
const UNFINISHED: readonly Fault[] = ["kill -9", "reboot", "power cut"];
const ROLLED_BACK: readonly Fault[] = ["asked to stop", "disk full"];
const MOST_LOST = 40;

const rows = STEPS.flatMap((step) =>
  faultsAt(step, THOROUGH)
    .filter((fault) => ROWS.test(`${step.mode} ${fault} ${step.at}`))
    .map((fault) => [fault, step.at, step.mode, releaseFor(step, fault), step] as const),
);

const services = setUpServices(
  rows.map(([, , , release]) => release),
  { prepare: ({ host }) => installBreakpoints(host) },
);

test.each(rows)("%s at '%s' (%s, %s)", async (fault, at, mode, release, step) => {
  const deployed = services[release];
  await deployed.useMode(mode);
  const change: Change = { environment: { VERSION: "2", ...(step.defect && { DEFECT: step.defect }) } };
  const load = await deployed.load({ patience: 120_000 });
  const outcome = await applyWithFault(deployed, change, at, fault);
  await clearBreakpoint(deployed.host);
  const dead = fault === "kill -9" && step.afterKill === "none";
  const version = dead ? "none" : await serves(deployed);
  const next = await deployed.apply(step.defect ? {} : change);
  const now = await serves(deployed);
  const report = await load.stop();
  record({ name: `${fault} at '${at}'`, mode, release, serves: version, report });
  expectEnd(step, fault, outcome, version);
  expect({ failed: next.failed, now }).toEqual({ failed: false, now: step.defect ? "1" : "2" });
  expectTold(step, fault, next);
  expectUsersServed({ mode, release }, fault, report);
  await expectTidy(deployed.host);
});

function expectEnd(step: Step, fault: Fault, outcome: Outcome | undefined, version: string): void {
  if (outcome) expect(outcome.failed).toBe(step.defect !== undefined || fault !== "network down for 3 s");
  if (UNFINISHED.includes(fault)) expect(allowed(step, fault)).toContain(version);
  else expect(version).toBe(step.defect || ROLLED_BACK.includes(fault) ? "1" : "2");
}

/** What the next apply reports of the one before it; where the engine knows that one as a success, there is no next run. */
function expectTold(step: Step, fault: Fault, next: Outcome): void {
  if (fault === "network down for 3 s" && !step.defect) return expect(next.said).toBe("");
  const halfway = "an earlier run was cut off in the middle";
  // A reboot asks the script to stop, which may have restored what was there before the host goes down.
  if (fault === "reboot")
    return expect(next.said).toMatch(/was cut off in the middle|did not end$|failed: /m);
  if (UNFINISHED.includes(fault)) {
    if (step.keeps) expect(next.said).toContain(halfway);
    return expect(next.said).toMatch(/^last run: .* did not end$/m);
  }
  expect(next.said).not.toContain(halfway);
  // There was no room to write down how it ended.
  if (fault === "disk full") return expect(next.said).toContain("last run: ");
  const failed = step.defect !== undefined || ROLLED_BACK.includes(fault);
  expect(next.said).toMatch(
    failed ? /^last run: .* failed: /m : /^last run: .* from [0-9a-f]+ to [0-9a-f]+/m,
  );
}

/** The versions that may serve until the next apply. */
function allowed({ afterKill }: Step, fault: Fault): readonly string[] {
  if (fault !== "kill -9" || afterKill === "either") return ["1", "2"];
  return { old: ["1"], new: ["2"], none: ["none"] }[afterKill];
}

function expectUsersServed(
  { mode, release }: { mode: Mode; release: Release },
  fault: Fault,
  report: Report,
): void {
  if (fault === "reboot" || fault === "power cut") return;
  const seen = figures(report);
  expect([report.refused, seen]).toEqual([0, seen]);
  expect(report.longest).toBeLessThan(LONGEST);
  if (mode === "hot") expect(lost(report)).toBeLessThan(MOST_LOST);
  else expect([lostForNoReason(release, report), notOk(report), seen]).toEqual([0, 0, seen]);
}
