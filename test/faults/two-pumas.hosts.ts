import { oneOfEach, onEach, says } from "../e2e/hosts";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { lost, notOk } from "../../lab/load/report";
import { type Change, expectTidy, figures, serves, Site } from "./site";

/** What two Pumas cannot share, in an overlap of a configuration file that has all of it. */
const RELEASES = ["bookworm", "trixie", "forky"] as const;
const CONFIG = "/srv/app/all.rb";
const PUMA_RB = `
queue_requests false
pidfile "/srv/app/puma.pid"
state_path "/srv/app/puma.state"
activate_control_app "unix:///srv/app/control.sock", { no_token: true }
`;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start(oneOfEach(RELEASES));
}, 300_000);

afterAll(() => fleet?.stop(), 60_000);

const version = (VERSION: string): Change => ({ environment: { VERSION }, props: { configFile: CONFIG } });

/** Replaces a version by another one under load. */
async function overlapOn(host: FleetHost): Promise<void> {
  const site = await Site.open(host, "overlap");
  await host.write(CONFIG, PUMA_RB);
  expect(await site.apply(version("1"))).toMatchObject({ failed: false });
  const load = await site.load();
  const outcome = await site.apply(version("2"));
  const report = await load.stop();
  const seen = figures(report);
  expect([outcome.failed, outcome.said]).toEqual([false, expect.stringContaining("stands in")]);
  expect([report.refused, lost(report), notOk(report), seen]).toEqual([0, 0, 0, seen]);
  expect(await serves(site)).toBe("2");
  await expectItsOwn(host);
  await expectTidy(host);
  await site.close();
}

test("each has its own, and the service's are those that it always has", async () => {
  await onEach(fleet.hosts, overlapOn);
}, 120_000);

/** The pidfile, the state file and the control server are those of the Puma that runs as the service. */
async function expectItsOwn(host: FleetHost): Promise<void> {
  const pid = await says(host, "systemctl show --property=MainPID --value web.service");
  expect(await says(host, "cat /srv/app/puma.pid")).toBe(pid);
  expect(await says(host, "sed -n 's/^pid: //p' /srv/app/puma.state")).toBe(pid);
  expect(await says(host, "cd /srv/app && pumactl -S puma.state stats")).toMatch(/"started_at"/);
}
