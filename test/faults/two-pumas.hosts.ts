import { says } from "../e2e/hosts";
import type { FleetHost } from "../../lab/fleet/fleet";
import { notOk } from "../../lab/load/report";
import { type Change, type DeployedService, expectTidy, figures, serves } from "./deployed-service";
import { lostForNoReason } from "./lost";
import { setUpServices } from "./set-up";

/** What two Pumas cannot share, in an overlap of a configuration file that has all of it. */
const RELEASES = ["bookworm", "trixie", "forky"] as const;
const CONFIG = "/srv/app/all.rb";
const PUMA_RB = `
enable_keep_alives false if respond_to?(:enable_keep_alives)
pidfile "/srv/app/puma.pid"
state_path "/srv/app/puma.state"
activate_control_app "unix:///srv/app/control.sock", { no_token: true }
`;

const services = setUpServices(RELEASES, { mode: "overlap" });

const version = (VERSION: string): Change => ({ environment: { VERSION }, props: { configFile: CONFIG } });

/** Replaces a version by another one under load. */
async function overlap(deployed: DeployedService): Promise<void> {
  const { host } = deployed;
  await host.write(CONFIG, PUMA_RB);
  expect(await deployed.apply(version("1"))).toMatchObject({ failed: false });
  const load = await deployed.load();
  const outcome = await deployed.apply(version("2"));
  const report = await load.stop();
  const seen = figures(report);
  expect([outcome.failed, outcome.said]).toEqual([false, expect.stringContaining("stands in")]);
  expect([report.refused, lostForNoReason(host.release, report), notOk(report), seen]).toEqual([
    0,
    0,
    0,
    seen,
  ]);
  expect(await serves(deployed)).toBe("2");
  await expectItsOwn(host);
  await expectTidy(host);
}

test("each has its own, and the service's are those that it always has", async () => {
  await Promise.all(RELEASES.map((release) => overlap(services[release])));
});

/** The pidfile, the state file and the control server are those of the Puma that runs as the service. */
async function expectItsOwn(host: FleetHost): Promise<void> {
  const pid = await says(host, "systemctl show --property=MainPID --value web.service");
  expect(await says(host, "cat /srv/app/puma.pid")).toBe(pid);
  expect(await says(host, "sed -n 's/^pid: //p' /srv/app/puma.state")).toBe(pid);
  expect(await says(host, "cd /srv/app && pumactl -S puma.state stats")).toMatch(/"started_at"/);
}
