import type { TerraformStack } from "cdktf";
import { Bind, Duration, PumaSocket, type PumaServiceProps } from "../../lib";
import { everywhere, oneOfEach, says, traces } from "../e2e/hosts";
import { outputOf, Stage } from "../e2e/stage";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { expectTidy, serves, Site } from "./site";

/** What a failed change puts back beside the files: as somebody had left it by hand. */
let fleet: Fleet;
let host: FleetHost;
let site: Site;

beforeAll(async () => {
  fleet = await Fleet.start(oneOfEach(["bookworm"]));
  host = fleet.host("bookworm");
  site = await Site.open(host);
}, 300_000);

afterAll(async () => {
  await site?.close();
  await fleet?.stop();
}, 60_000);

const BAD = { environment: { VERSION: "bad", FAULT: "raise" } };
const state = (unit: string): Promise<string> =>
  says(host, `systemctl is-enabled ${unit}; systemctl is-active ${unit}`);

describe("what was", () => {
  beforeEach(() => site.heal(), 60_000);

  test.each([
    ["disabled", "systemctl disable web.service", "disabled\nactive"],
    ["stopped", "systemctl stop web.socket web.service", "enabled\ninactive"],
    ["disabled and stopped", "systemctl disable --now web.socket web.service", "disabled\ninactive"],
  ])(
    "%s by hand is so again",
    async (_, command, expected) => {
      await host.exec(command);
      expect((await site.apply(BAD)).said).toContain("web is back to what it was");
      expect(await state("web.service")).toBe(expected);
    },
    60_000,
  );

  test("masked by hand is not touched", async () => {
    await host.exec("mv /etc/systemd/system/web.service /root/; systemctl mask web.service");
    expect((await site.apply(BAD)).said).toContain("web.service is masked");
    expect(await says(host, "readlink /etc/systemd/system/web.service")).toBe("/dev/null");
    await host.exec("rm /etc/systemd/system/web.service; mv /root/web.service /etc/systemd/system/");
  }, 60_000);

  test("added beside the unit is in the rehearsal too", async () => {
    const dropIn = "/etc/systemd/system/web.service.d/local.conf";
    await host.write(dropIn, "[Service]\nEnvironment=VERSION=local\n");
    const rehearsed = await site.apply({ environment: { VERSION: "2" }, props: { rehearse: true } });
    await host.exec(`rm -r /etc/systemd/system/web.service.d; systemctl daemon-reload`);
    expect(rehearsed.failed).toBe(false);
    expect(await says(host, "journalctl -q -u web-rehearsal -o cat | grep -c 'version local boots'")).toBe(
      "1",
    );
  }, 60_000);
});

test("a phased restart into a bad version fails, and the old one serves", async () => {
  const workers: Partial<PumaServiceProps> = {
    workers: 2,
    onChange: "phased",
    startTimeout: Duration.seconds(5),
  };
  await host.exec("mkdir -p /srv/app/releases/2 && cp -a /srv/app/releases/1/. /srv/app/releases/2/");
  const environment = { VERSION: "", PWD: "/srv/app/current" };
  await host.exec(
    "echo 1 >/srv/app/releases/1/VERSION; echo bad >/srv/app/releases/2/VERSION; echo raise >/srv/app/releases/2/FAULT",
  );
  const first = await site.apply({ environment, props: { ...workers, release: "1" } });
  expect([first.failed, first.text]).toEqual([false, expect.anything()]);
  await host.exec("ln -sfn releases/2 /srv/app/current");
  const load = await site.load();
  const outcome = await site.apply({ environment, props: { ...workers, release: "2" } });
  const report = await load.stop();
  await host.exec("ln -sfn releases/1 /srv/app/current; rm -rf /srv/app/releases/2");
  expect(outcome.failed).toBe(true);
  expect(outcome.said).toContain("phased restart of web.service: release 2 follows 1");
  expect(outcome.said).toContain("web is back to what it was");
  expect(Object.keys(report.answers)).toEqual(["200 version 1"]);
  expect(report.refused).toBe(0);
  expect(await serves(site)).toBe("1");
}, 120_000);

describe("a unit of somebody else's", () => {
  const FOREIGN = `[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n`;
  const takenOver = (environment: Record<string, string>) => (stack: TerraformStack) =>
    everywhere(stack, [host], "theirs", {
      binds: [Bind.tcp(9393)],
      takeOver: true,
      environment,
      settle: false,
    });

  test("that a bad version was to take over is back, and runs", async () => {
    const stage = await Stage.open();
    await host.write("/etc/systemd/system/theirs.service", FOREIGN);
    await host.exec("systemctl enable --now theirs.service");
    const said = outputOf(
      await stage.applyInVain(takenOver({ VERSION: "bad", FAULT: "raise" })),
      `null_resource.puma_theirs_on_${host.name}`,
    );
    expect(said).toContain("theirs is back to what it was");
    expect(await host.read("/etc/systemd/system/theirs.service")).toBe(FOREIGN);
    expect(await state("theirs.service")).toBe("enabled\nactive");
    await stage.destroy();
    expect(await state("theirs.service")).toBe("enabled\nactive");
    await host.exec("systemctl disable --now theirs.service; rm /etc/systemd/system/theirs.service");
    await stage.close();
  }, 60_000);
});

/** Whoever deploys the application names the folders of its releases; root must not take such a name for more than one. */
test("a release whose name is written to be read as something else is none", async () => {
  const wicked = "/srv/app/releases/2\nunits=ssh.service\nExecStartPre=+/home/deploy/evil";
  const stage = await Stage.open(undefined, "wicked");
  const web = (environment: Record<string, string>) => (stack: TerraformStack) =>
    everywhere(stack, [host], "shop", {
      socket: new PumaSocket(stack, "shop-socket", { binds: [Bind.tcp(9494)] }),
      environment,
      settle: false,
    });
  await host.exec(
    `mkdir -p '${wicked}'; cp -a /srv/app/releases/1/. '${wicked}'; ln -sfn '${wicked}' /srv/app/current`,
  );
  await stage.apply(web({ VERSION: "1" }));
  // The way back begins where Puma runs, which is no more what the link points to.
  await host.exec("ln -sfn releases/1 /srv/app/current");
  await stage.applyInVain(web({ VERSION: "bad", FAULT: "raise" }));
  expect(await says(host, "grep -r evil /etc/systemd/system/shop.service*")).toBe("");
  expect(await says(host, "grep -e ssh -e evil /var/lib/cdktf-puma/shop/record")).toBe("");
  await stage.destroy();
  await host.exec(`rm -rf '/srv/app/releases/2
units=ssh.service'*`);
  expect(await traces(host, ["shop"], [9494])).toEqual(
    expect.not.arrayContaining([expect.stringContaining("shop")]),
  );
  expect(await says(host, "systemctl is-active ssh.service")).toBe("active");
  await site.heal();
  await expectTidy(host);
}, 120_000);
