import type { Release } from "../../lab/fleet/fleet";
import { invocation } from "../e2e/hosts";
import { answeredBy, lost, notOk, type Report } from "../../lab/load/report";
import { BAD_VERSIONS, type BadVersion, restore } from "./bad-versions";
import { record, ROWS, THOROUGH } from "./evidence";
import { expectTidy, figures, LONGEST, type Mode, serves } from "./deployed-service";
import { setUpServices } from "./set-up";

const MODES: readonly Mode[] = ["hot", "overlap"];
/** Clients that may be in the middle of a request when their Puma ends, twice: when it stops and when the old one is restored. */
const MOST_LOST = 40;
/** Milliseconds that a request may take where nothing is restarted, on a busy machine that boots a second Puma meanwhile. */
const UNNOTICED = 10_000;

const rows = MODES.flatMap((mode) =>
  BAD_VERSIONS.filter(({ short, name }) => (short.includes(mode) || THOROUGH) && ROWS.test(name)).flatMap(
    (row) => releasesOf(row, mode).map((release) => [row.name, mode, release, row] as const),
  ),
);

/** Where a row is tried: the thorough run adds Debian 13 to its own release. */
function releasesOf({ on }: BadVersion, mode: Mode): Release[] {
  return THOROUGH ? [...new Set<Release>([on[mode], "trixie"])] : [on[mode]];
}

const services = setUpServices([...rows.map(([, , release]) => release), "trixie"]);

test.each(rows)("a version: %s (%s, %s)", async (name, mode, release, row) => {
  const deployed = services[release];
  await deployed.useMode(mode);
  if (row.prepare) await deployed.host.exec(row.prepare);
  const before = await invocation(deployed.host, "web.service");
  const load = await deployed.load();
  const outcome = await deployed.apply(row.change);
  const version = await serves(deployed);
  const report = await load.stop();
  await restore(deployed.host, row);
  record({ name, mode, release, serves: version, report });
  expect({ failed: outcome.failed, version }).toEqual({ failed: true, version: "1" });
  for (const words of row.says[mode]) expect(outcome.said).toContain(words);
  expect(outcome.said).toMatch(/^FAILED on \S+: (?!this step did not succeed)/m);
  expectBounds(mode, row, report);
  if (!row.touches.includes(mode)) expect(await invocation(deployed.host, "web.service")).toBe(before);
  await expectTidy(deployed.host);
});

test("a good release is deployed though the one that was gone back to is deleted", async () => {
  const deployed = services.trixie;
  await deployed.useMode("hot");
  const link = (release: number): string => `ln -sfn releases/${release} current`;
  const inReleases = (script: string): Promise<unknown> => deployed.host.exec(`cd /srv/app && ${script}`);
  await inReleases(`cp -a releases/1 releases/2 && echo raise >releases/2/DEFECT && ${link(2)}`);
  const change = { environment: { VERSION: "2" } };
  const bad = await deployed.apply(change);
  expect(bad.said).toContain("starting the release that ran before, /srv/app/releases/1");
  await inReleases(`cp -a releases/1 releases/3 && mv releases/1 kept && ${link(3)}`);
  expect(await deployed.apply(change)).toMatchObject({ failed: false });
  expect(await serves(deployed)).toBe("2");
  await inReleases(`mv kept releases/1 && ${link(1)} && rm -rf releases/2 releases/3`);
});

function expectBounds(mode: Mode, row: BadVersion, report: Report): void {
  const seen = figures(report);
  expect([report.refused, seen]).toEqual([0, seen]);
  expect(answeredBy(report, "1")).toBeGreaterThan(0);
  if (mode === "hot" && row.touches.includes(mode)) {
    expect(report.longest).toBeLessThan(LONGEST);
    expect(lost(report)).toBeLessThan(MOST_LOST);
    return;
  }
  expect([lost(report), notOk(report), seen]).toEqual([0, 0, seen]);
  expect(report.longest).toBeLessThan(UNNOTICED);
  // What passed in the rehearsal stands in.
  if (!row.touches.includes(mode)) expect(answeredBy(report, "bad")).toBe(0);
}
