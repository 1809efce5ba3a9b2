import { Fleet, type Release } from "../../lab/fleet/fleet";
import { invocation, oneOfEach } from "../e2e/hosts";
import { answeredBy, lost, notOk, type Report } from "../../lab/load/report";
import { BAD_VERSIONS, type BadVersion, restore } from "./bad-versions";
import { remember, ROWS, THOROUGH } from "./evidence";
import { expectTidy, figures, type Mode, serves, Site } from "./site";

const MODES: readonly Mode[] = ["hot", "overlap"];
/** Clients that may be in the middle of a request when their Puma ends, twice: when it stops and when it is put back. */
const MOST_LOST = 40;
/** Milliseconds that a request may take where nothing is restarted, on a machine that boots a second Puma meanwhile. */
const UNNOTICED = 2_000;

let fleet: Fleet;
const sites = new Map<string, Site>();

const rows = MODES.flatMap((mode) =>
  BAD_VERSIONS.filter(({ short, name }) => (short.includes(mode) || THOROUGH) && ROWS.test(name)).flatMap(
    (row) => releasesOf(row, mode).map((release) => [row.name, mode, release, row] as const),
  ),
);

/** Where a row is tried: the thorough run adds Debian 13 to its own release. */
function releasesOf({ on }: BadVersion, mode: Mode): Release[] {
  return THOROUGH ? [...new Set<Release>([on[mode], "trixie"])] : [on[mode]];
}

beforeAll(async () => {
  fleet = await Fleet.start(oneOfEach([...new Set(rows.map(([, , release]) => release))]));
}, 300_000);

afterAll(async () => {
  for (const site of sites.values()) await site.close();
  await fleet?.stop();
}, 60_000);

/** The one site of a host; another mode is a change like any other. */
async function siteOf(release: Release, mode: Mode): Promise<Site> {
  const site = sites.get(release) ?? (await Site.open(fleet.host(release)));
  sites.set(release, site);
  await site.useMode(mode);
  return site;
}

test.each(rows)(
  "a version: %s (%s, %s)",
  async (name, mode, release, row) => {
    const site = await siteOf(release, mode);
    if (row.prepare) await site.host.exec(row.prepare);
    const before = await invocation(site.host, "web.service");
    const load = await site.load();
    const outcome = await site.apply(row.change);
    const version = await serves(site);
    const report = await load.stop();
    await restore(site.host, row);
    remember({ name, mode, release, serves: version, report });
    expect({ failed: outcome.failed, version }).toEqual({ failed: true, version: "1" });
    for (const words of row.says[mode]) expect(outcome.said).toContain(words);
    expect(outcome.said).toMatch(/^FAILED on \S+: (?!this step did not succeed)/m);
    expectBounds(mode, row, report);
    if (!row.touches.includes(mode)) expect(await invocation(site.host, "web.service")).toBe(before);
    await expectTidy(site.host);
  },
  120_000,
);

function expectBounds(mode: Mode, row: BadVersion, report: Report): void {
  const seen = figures(report);
  expect([report.refused, seen]).toEqual([0, seen]);
  expect(answeredBy(report, "1")).toBeGreaterThan(0);
  if (mode === "hot" && row.touches.includes(mode)) {
    expect(report.longest).toBeLessThan(row.waits);
    expect(lost(report)).toBeLessThan(MOST_LOST);
    return;
  }
  expect([lost(report), notOk(report), seen]).toEqual([0, 0, seen]);
  expect(report.longest).toBeLessThan(UNNOTICED);
  // What passed in the rehearsal stands in.
  if (!row.touches.includes(mode)) expect(answeredBy(report, "bad")).toBe(0);
}
