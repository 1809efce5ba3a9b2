import { Fleet, type Release } from "../fleet/fleet";
import { oneOfEach } from "../e2e/hosts";
import { lost, notOk, type Report } from "../load/report";
import { interrupted } from "./blows";
import { remember, ROWS, THOROUGH } from "./evidence";
import { type Blow, blowsAt, releaseFor, type Step, STEPS } from "./interruptions";
import { type Change, expectTidy, figures, type Mode, type Outcome, serves, Site } from "./site";
import { disarm, lay } from "./tripwire";

/** Blows after which the next apply has something to do. */
const UNFINISHED: readonly Blow[] = ["kill -9", "reboot", "power cut"];
const MOST_LOST = 40;

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
    if (next.said !== "") expect(next.said).toContain("last run: ");
    expectUsersServed(mode, blow, report);
    await expectTidy(site.host);
  },
  240_000,
);

function expectEnd(step: Step, blow: Blow, outcome: Outcome | undefined, version: string): void {
  if (outcome) expect(outcome.failed).toBe(blow !== "network down for 3 s");
  if (!UNFINISHED.includes(blow)) expect(version).toBe(step.fault ? "1" : "2");
  else expect(allowed(step, blow)).toContain(version);
}

/** The versions that may serve until the next apply. */
function allowed({ afterKill }: Step, blow: Blow): readonly string[] {
  if (blow !== "kill -9" || afterKill === "either") return ["1", "2"];
  return { old: ["1"], new: ["2"], none: ["none"] }[afterKill];
}

function expectUsersServed(mode: Mode, blow: Blow, report: Report): void {
  if (blow === "reboot" || blow === "power cut" || blow === "network down for 3 s") return;
  const seen = figures(report);
  expect([report.refused, seen]).toEqual([0, seen]);
  if (mode === "hot") expect(lost(report)).toBeLessThan(MOST_LOST);
  else expect([lost(report), notOk(report), seen]).toEqual([0, 0, seen]);
}
