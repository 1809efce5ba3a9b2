import { Fleet, type Release } from "../../lab/fleet/fleet";
import { oneOfEach } from "../e2e/hosts";
import { lost, notOk, type Report } from "../../lab/load/report";
import { interrupted } from "./blows";
import { remember, ROWS, THOROUGH } from "./evidence";
import { type Blow, blowsAt, releaseFor, type Step, STEPS } from "./interruptions";
import { type Change, expectTidy, figures, type Mode, type Outcome, serves, Site } from "./site";
import { disarm, lay } from "./tripwire";

/** Blows after which the next apply has something to do, and blows by which a run goes back. */
const UNFINISHED: readonly Blow[] = ["kill -9", "reboot", "power cut"];
const TAKEN_BACK: readonly Blow[] = ["asked to stop", "disk full"];
const MOST_LOST = 40;
/** Milliseconds that a request may wait in hot mode: for a start that is given up, the way back, and the next apply. */
const LONGEST = 60_000;

let fleet: Fleet;
const sites = new Map<string, Site>();

const rows = STEPS.flatMap((step) =>
  blowsAt(step, THOROUGH)
    .filter((blow) => ROWS.test(`${step.mode} ${blow} ${step.at}`))
    .map((blow) => [blow, step.at, step.mode, releaseFor(step, blow), step] as const),
);

beforeAll(async () => {
  fleet = await Fleet.start(oneOfEach([...new Set(rows.map(([, , , release]) => release))]));
}, 300_000);

afterAll(async () => {
  for (const site of sites.values()) await site.close();
  await fleet?.stop();
}, 60_000);

async function siteOf(release: Release, mode: Mode): Promise<Site> {
  const known = sites.get(release);
  const site = known ?? (await Site.open(fleet.host(release)));
  if (!known) await lay(site.host);
  sites.set(release, site);
  await site.useMode(mode);
  return site;
}

test.each(rows)(
  "%s at '%s' (%s, %s)",
  async (blow, at, mode, release, step) => {
    const site = await siteOf(release, mode);
    const change: Change = { environment: { VERSION: "2", ...(step.fault && { FAULT: step.fault }) } };
    const load = await site.load({ patience: 120_000 });
    const outcome = await interrupted(site, change, at, blow);
    await disarm(site.host);
    const dead = blow === "kill -9" && step.afterKill === "none";
    const version = dead ? "none" : await serves(site);
    const next = await site.apply(step.fault ? {} : change);
    const now = await serves(site);
    const report = await load.stop();
    remember({ name: `${blow} at '${at}'`, mode, release, serves: version, report });
    expectEnd(step, blow, outcome, version);
    expect({ failed: next.failed, now }).toEqual({ failed: false, now: step.fault ? "1" : "2" });
    expectTold(step, blow, next);
    expectUsersServed(mode, blow, report);
    await expectTidy(site.host);
  },
  240_000,
);

function expectEnd(step: Step, blow: Blow, outcome: Outcome | undefined, version: string): void {
  if (outcome) expect(outcome.failed).toBe(step.fault !== undefined || blow !== "network down for 3 s");
  if (UNFINISHED.includes(blow)) expect(allowed(step, blow)).toContain(version);
  else expect(version).toBe(step.fault || TAKEN_BACK.includes(blow) ? "1" : "2");
}

/** What the next apply says of the one before it; where that went well, for all that the engine knows, there is none. */
function expectTold(step: Step, blow: Blow, next: Outcome): void {
  if (blow === "network down for 3 s" && !step.fault) return expect(next.said).toBe("");
  const halfway = "an earlier run was cut off in the middle";
  // A reboot asks the script to stop, which may have put back what was there before the host goes down.
  if (blow === "reboot") return expect(next.said).toMatch(/was cut off in the middle|did not end$|failed: /m);
  if (UNFINISHED.includes(blow)) {
    if (step.keeps) expect(next.said).toContain(halfway);
    return expect(next.said).toMatch(/^last run: .* did not end$/m);
  }
  expect(next.said).not.toContain(halfway);
  // There was no room to write down how it ended.
  if (blow === "disk full") return expect(next.said).toContain("last run: ");
  const failed = step.fault !== undefined || TAKEN_BACK.includes(blow);
  expect(next.said).toMatch(
    failed ? /^last run: .* failed: /m : /^last run: .* from [0-9a-f]+ to [0-9a-f]+/m,
  );
}

/** The versions that may serve until the next apply. */
function allowed({ afterKill }: Step, blow: Blow): readonly string[] {
  if (blow !== "kill -9" || afterKill === "either") return ["1", "2"];
  return { old: ["1"], new: ["2"], none: ["none"] }[afterKill];
}

function expectUsersServed(mode: Mode, blow: Blow, report: Report): void {
  if (blow === "reboot" || blow === "power cut") return;
  const seen = figures(report);
  expect([report.refused, seen]).toEqual([0, seen]);
  expect(report.longest).toBeLessThan(LONGEST);
  if (mode === "hot") expect(lost(report)).toBeLessThan(MOST_LOST);
  else expect([lost(report), notOk(report), seen]).toEqual([0, 0, seen]);
}
