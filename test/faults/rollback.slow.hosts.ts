import type { TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { everywhere, says, traces } from "../e2e/hosts";
import { outputOf } from "../../lab/engine/output";
import { Workspace } from "../../lab/engine/workspace";
import { expectTidy, serves } from "./deployed-service";
import { setUpServices } from "./set-up";

/** What a failed change restores besides files: the states that somebody set by hand. */
const at = setUpServices(["bookworm"]);

const BAD = { environment: { VERSION: "bad", DEFECT: "raise" } };
const state = (unit: string): Promise<string> =>
  says(at.bookworm.host, `systemctl is-enabled ${unit}; systemctl is-active ${unit}`);

describe("what was", () => {
  beforeEach(() => at.bookworm.reset());

  test.each([
    ["disabled", "systemctl disable web.service", "disabled\nactive"],
    ["stopped", "systemctl stop web.socket web.service", "enabled\ninactive"],
    ["disabled and stopped", "systemctl disable --now web.socket web.service", "disabled\ninactive"],
  ])("%s by hand is so again", async (_, command, expected) => {
    await at.bookworm.host.exec(command);
    expect((await at.bookworm.apply(BAD)).said).toContain("web is back to what it was");
    expect(await state("web.service")).toBe(expected);
  });

  test("masked by hand is not touched", async () => {
    await at.bookworm.host.exec("mv /etc/systemd/system/web.service /root/; systemctl mask web.service");
    expect((await at.bookworm.apply(BAD)).said).toContain("web.service is masked");
    expect(await says(at.bookworm.host, "readlink /etc/systemd/system/web.service")).toBe("/dev/null");
    await at.bookworm.host.exec(
      "rm /etc/systemd/system/web.service; mv /root/web.service /etc/systemd/system/",
    );
  });

  test("added beside the unit is in the rehearsal too", async () => {
    const dropIn = "/etc/systemd/system/web.service.d/local.conf";
    await at.bookworm.host.write(dropIn, "[Service]\nEnvironment=VERSION=local\n");
    const rehearsed = await at.bookworm.apply({
      environment: { VERSION: "2" },
      props: { restart: Restart.hot({ rehearse: true }) },
    });
    await at.bookworm.host.exec(`rm -r /etc/systemd/system/web.service.d; systemctl daemon-reload`);
    expect(rehearsed.failed).toBe(false);
    expect(
      await says(at.bookworm.host, "journalctl -q -u web-rehearsal -o cat | grep -c 'version local boots'"),
    ).toBe("1");
  });
});

test("a phased restart into a bad version fails, and the old one serves", async () => {
  const workers: Partial<PumaServiceProps> = {
    workers: 2,
    restart: Restart.phased(),
    startTimeout: Duration.seconds(15),
  };
  await at.bookworm.host.exec(
    "mkdir -p /srv/app/releases/2 && cp -a /srv/app/releases/1/. /srv/app/releases/2/",
  );
  const environment = { VERSION: "", PWD: "/srv/app/current" };
  await at.bookworm.host.exec(
    "echo 1 >/srv/app/releases/1/VERSION; echo bad >/srv/app/releases/2/VERSION; echo raise >/srv/app/releases/2/DEFECT",
  );
  const first = await at.bookworm.apply({ environment, props: { ...workers, release: "1" } });
  expect([first.failed, first.text]).toEqual([false, expect.anything()]);
  await at.bookworm.host.exec("ln -sfn releases/2 /srv/app/current");
  const load = await at.bookworm.load();
  const outcome = await at.bookworm.apply({ environment, props: { ...workers, release: "2" } });
  const report = await load.stop();
  await at.bookworm.host.exec("ln -sfn releases/1 /srv/app/current; rm -rf /srv/app/releases/2");
  expect(outcome.failed).toBe(true);
  expect(outcome.said).toContain("phased restart of web.service: release 2 follows 1");
  expect(outcome.said).toContain("web is back to what it was");
  expect(Object.keys(report.answers)).toEqual(["200 version 1"]);
  expect(report.refused).toBe(0);
  expect(await serves(at.bookworm)).toBe("1");
});

describe("a unit of somebody else's", () => {
  const FOREIGN = `[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n`;
  const takenOver = (environment: Record<string, string>) => (stack: TerraformStack) =>
    everywhere(stack, [at.bookworm.host], "theirs", {
      binds: [Bind.tcp(9393)],
      takeOver: true,
      environment,
      healthCheck: HealthCheck.answers({ settle: false }),
    });

  test("that a bad version was to take over is back, and runs", async () => {
    const workspace = await Workspace.open();
    await at.bookworm.host.write("/etc/systemd/system/theirs.service", FOREIGN);
    await at.bookworm.host.exec("systemctl enable --now theirs.service");
    const said = outputOf(
      await workspace.applyInVain(takenOver({ VERSION: "bad", DEFECT: "raise" })),
      `null_resource.puma_theirs_on_${at.bookworm.host.name}`,
    );
    expect(said).toContain("theirs is back to what it was");
    expect(await at.bookworm.host.read("/etc/systemd/system/theirs.service")).toBe(FOREIGN);
    expect(await state("theirs.service")).toBe("enabled\nactive");
    await workspace.destroy();
    expect(await state("theirs.service")).toBe("enabled\nactive");
    await at.bookworm.host.exec(
      "systemctl disable --now theirs.service; rm /etc/systemd/system/theirs.service",
    );
    await workspace.close();
  });
});

/** Whoever deploys the application names the folders of its releases; root must not take such a name for more than one. */
test("a release whose name is written to be read as something else is none", async () => {
  const wicked = "/srv/app/releases/2\nunits=ssh.service\nExecStartPre=+/home/deploy/evil";
  const workspace = await Workspace.open(undefined, "wicked");
  const web = (environment: Record<string, string>) => (stack: TerraformStack) =>
    everywhere(stack, [at.bookworm.host], "shop", {
      socket: new PumaSocket(stack, "shop-socket", { binds: [Bind.tcp(9494)] }),
      environment,
      healthCheck: HealthCheck.answers({ settle: false }),
    });
  await at.bookworm.host.exec(
    `mkdir -p '${wicked}'; cp -a /srv/app/releases/1/. '${wicked}'; ln -sfn '${wicked}' /srv/app/current`,
  );
  await workspace.apply(web({ VERSION: "1" }));
  // The way back begins where Puma runs, which is no more what the link points to.
  await at.bookworm.host.exec("ln -sfn releases/1 /srv/app/current");
  await workspace.applyInVain(web({ VERSION: "bad", DEFECT: "raise" }));
  expect(await says(at.bookworm.host, "grep -r evil /etc/systemd/system/shop.service*")).toBe("");
  expect(await says(at.bookworm.host, "grep -e ssh -e evil /var/lib/cdktf-puma/shop/record")).toBe("");
  await workspace.destroy();
  await at.bookworm.host.exec(`rm -rf '/srv/app/releases/2
units=ssh.service'*`);
  expect(await traces(at.bookworm.host, ["shop"], [9494])).toEqual(
    expect.not.arrayContaining([expect.stringContaining("shop")]),
  );
  expect(await says(at.bookworm.host, "systemctl is-active ssh.service")).toBe("active");
  await at.bookworm.reset();
  await expectTidy(at.bookworm.host);
});
