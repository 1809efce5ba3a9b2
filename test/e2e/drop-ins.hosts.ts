/** A drop-in of a unit that something else owns: here a package's, which has brought it into /usr/lib. */
import { type TerraformStack } from "cdktf";
import { Duration, HealthCheck, PumaDropIn, type PumaDropInProps, Restart } from "../../lib";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, declared, eachDay, eachDayOn, eventually, get, invocation, onEach, says } from "./hosts";
import { callOn, reachByCommandLine } from "./commands";
import { setUpHosts } from "./set-up";

const PORT = 9292;
const FOLDER = "/usr/lib/systemd/system";
const FILE = "/etc/systemd/system/social-web.service.d/60-tuning.conf";

const unit = (port: number, environment = "OWN=first"): string => `[Unit]
Description=Social
[Service]
User=deploy
WorkingDirectory=/srv/app/current
Environment=${environment}
ExecStart=/srv/app/current/sbin/puma -b tcp://0.0.0.0:${port}
Restart=on-failure
# Puma may hang as it stops (puma#3677), and no helper of this library is there.
TimeoutStopSec=5
[Install]
WantedBy=multi-user.target
`;

/** What the package brings: a unit, and a template of which an instance runs. */
async function installPackage(host: FleetHost): Promise<void> {
  await host.exec(`mkdir -p ${FOLDER}`);
  await host.write(`${FOLDER}/social-web.service`, unit(PORT));
  await host.write(`${FOLDER}/social@.service`, unit(PORT + 1));
  await host.exec(`ln -s social-web.service ${FOLDER}/community.service`);
  await host.exec("systemctl daemon-reload; systemctl enable --now social-web social@blog");
}

/** What systemd says of a drop-in is the same on all but for its own words: each day the newest stable one. */
const at = setUpHosts(eachDayOn(["trixie"]), {
  prepare: ({ hosts }) => onEach(hosts, installPackage),
});

const dropIn = (stack: TerraformStack, props: Partial<PumaDropInProps> = {}, id = "tuning"): PumaDropIn =>
  new PumaDropIn(stack, id, {
    hosts: at.hosts.map((host) => declared(host)),
    unit: "social-web.service",
    directives: { Service: { LimitNOFILE: 4096, Environment: "TUNED=once" } },
    healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
    ...props,
  });

const stackWith =
  (props: Partial<PumaDropInProps> = {}): Build =>
  (stack) => {
    dropIn(stack, props);
  };

const of = (Service: PumaDropInProps["directives"][string]): Build =>
  stackWith({ directives: { Service: { LimitNOFILE: 4096, Environment: "TUNED=once", ...Service } } });

const env = (host: FleetHost, name: string): Promise<string> =>
  get(host, `http://127.0.0.1:${PORT}/env?${name}`);

/** All that is the package's: its file, whether it is enabled, and that it runs. */
const owned = (host: FleetHost): Promise<string> =>
  says(
    host,
    `cat ${FOLDER}/social-web.service; ls /etc/systemd/system/social-web.service 2>&1; systemctl is-enabled social-web; systemctl is-active social-web`,
  );

const limit = (host: FleetHost): Promise<string> =>
  says(
    host,
    "sed -n 's/^Max open files *\\([0-9]*\\).*/\\1/p' /proc/$(systemctl show -p MainPID --value social-web)/limits",
  );

const OWNED = `${unit(PORT)}ls: cannot access '/etc/systemd/system/social-web.service': No such file or directory\nenabled\nactive`;
const text = (lines: string): string => `[Service]\n${lines}\n`;

test("is in force, with the unit restarted, and the unit itself as the package has it", async () => {
  const output = await at.workspace.apply(stackWith());
  expect(output.match(/: done: social-web\.service$/gm)).toHaveLength(at.hosts.length);
  expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "4096"));
  expect(await onEach(at.hosts, (host) => env(host, "TUNED"))).toEqual(all(at.hosts, "once"));
  expect(await onEach(at.hosts, (host) => env(host, "OWN"))).toEqual(all(at.hosts, "first"));
  expect(await onEach(at.hosts, owned)).toEqual(all(at.hosts, OWNED));
  expect(await at.workspace.apply(stackWith())).toContain("No changes.");
});

test("a value that the application does not start with goes back, and the cause is named", async () => {
  const output = await at.workspace.applyInVain(of({ Environment: "RUBYOPT=-rnowhere" }));
  expect(output).toContain("cannot load such file -- nowhere");
  expect(output).toContain("social-web.service:tuning is back to what it was");
  expect(await onEach(at.hosts, (host) => says(host, `cat ${FILE}`))).toEqual(
    all(at.hosts, text("LimitNOFILE=4096\nEnvironment=TUNED=once").trimEnd()),
  );
  await eventually("an answer of all", async () =>
    Object.values(await onEach(at.hosts, (host) => env(host, "TUNED"))).every((one) => one === "once"),
  );
  expect(await onEach(at.hosts, owned)).toEqual(all(at.hosts, OWNED));
});

/** What is the same on all, and takes its time. */
if (eachDay(false, true)) {
  describe("beside that", () => {
    let shop: Workspace;
    beforeAll(async () => (shop = await Workspace.open(undefined, "shop")), 900_000);
    afterAll(() => shop.close());

    test("a line that systemd takes up by a reload restarts nothing", async () => {
      const before = await onEach(at.hosts, (host) => invocation(host, "social-web"));
      const output = await at.workspace.apply(of({ TasksMax: 500 }));
      expect(output).toContain("social-web.service takes up without a restart: TasksMax");
      expect(await onEach(at.hosts, (host) => invocation(host, "social-web"))).toEqual(before);
      expect(
        await onEach(at.hosts, (host) => says(host, "systemctl show -p TasksMax --value social-web")),
      ).toEqual(all(at.hosts, "500"));
    });

    test("another drop-in behind it that overrides a line is a problem, which names the file", async () => {
      const other = `${FILE.replace(/[^/]*$/, "")}override.conf`;
      const before = await onEach(at.hosts, (host) => invocation(host, "social-web"));
      await onEach(at.hosts, (host) => host.write(other, text("LimitNOFILE=99")));
      const output = await at.workspace.applyInVain(of({ LimitNOFILE: 8192 }));
      await onEach(at.hosts, (host) => host.exec(`rm ${other}; systemctl daemon-reload`));
      expect(output).toContain(`${other} comes behind 60-tuning.conf, and sets LimitNOFILE= otherwise`);
      expect(await onEach(at.hosts, (host) => invocation(host, "social-web"))).toEqual(before);
    });

    test("a unit that is not there, another name of it, and lines that are refused there", async () => {
      const absent = await shop.applyInVain(stackWith({ unit: "nowhere.service" }));
      expect(absent).toContain("there is no nowhere.service on this host: install what brings it");
      const refused = await shop.applyInVain(
        stackWith({ unit: "community.service", directives: { Service: { EnvironmentFile: "/srv/app/e" } } }),
      );
      expect(refused).toMatch(/community\.service is another name of social-web\.service: give that one/);
      expect(refused).toMatch(/\/srv\/app belongs to deploy: systemd reads \/srv\/app\/e as root/);
      const unknown = await shop.applyInVain(
        stackWith({ name: "new", directives: { Service: { LUOSession: "a" } } }),
      );
      expect(unknown).toMatch(/systemd finds in social-web\.service\.d\/60-new\.conf: .*Unknown/);
      await shop.destroy();
      expect(await onEach(at.hosts, (host) => says(host, "ls /var/lib/cdktf-puma"))).toEqual(
        all(at.hosts, "README\nsocial-web.service:tuning"),
      );
    });

    test("an instance of a template alone gets its lines", async () => {
      await shop.apply(stackWith({ unit: "social@blog.service", directives: { Service: { Nice: 3 } } }));
      const nice = (host: FleetHost): Promise<string> =>
        says(host, "systemctl show -p Nice --value social@blog; systemctl show -p Nice --value social@other");
      expect(await onEach(at.hosts, nice)).toEqual(all(at.hosts, "3\n0"));
      await shop.destroy();
      expect(await onEach(at.hosts, nice)).toEqual(all(at.hosts, "0\n0"));
      expect(await onEach(at.hosts, (host) => says(host, "systemctl is-active social@blog"))).toEqual(
        all(at.hosts, "active"),
      );
    });

    test("another stack has a file of its own, and neither removes the other's", async () => {
      const taken = await shop.applyInVain(stackWith({ directives: { Service: { Nice: 3 } } }));
      expect(taken).toContain("social-web.service:tuning belongs to the stack 'blog'");
      await shop.apply(stackWith({ name: "nice", directives: { Service: { Nice: 3 } } }));
      const there = (host: FleetHost): Promise<string> => says(host, `ls ${FILE.replace(/[^/]*$/, "")}`);
      expect(await onEach(at.hosts, there)).toEqual(all(at.hosts, "60-nice.conf\n60-tuning.conf"));
      await shop.destroy();
      expect(await onEach(at.hosts, there)).toEqual(all(at.hosts, "60-tuning.conf"));
      expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "4096"));
    });

    test("a package that is upgraded replaces its unit, and the drop-in stays in force", async () => {
      const upgrade = async (environment: string): Promise<unknown> =>
        onEach(at.hosts, async (host) => {
          await host.write(`${FOLDER}/social-web.service`, unit(PORT, environment));
          await host.exec("systemctl daemon-reload; systemctl restart social-web");
          await eventually("an answer", async () => (await env(host, "TUNED")) === "once");
        });
      await upgrade("OWN=second");
      expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "4096"));
      expect(await onEach(at.hosts, (host) => env(host, "OWN"))).toEqual(all(at.hosts, "second"));
      await upgrade("OWN=first");
    });

    test("a unit that its owner has stopped gets its lines, and is not started", async () => {
      await onEach(at.hosts, (host) => host.exec("systemctl stop social-web"));
      await at.workspace.apply(of({ LimitNOFILE: 5000 }));
      expect(await onEach(at.hosts, (host) => says(host, "systemctl is-active social-web"))).toEqual(
        all(at.hosts, "inactive"),
      );
      await onEach(at.hosts, async (host) => {
        await host.exec("systemctl start social-web");
        await eventually("an answer", async () => (await env(host, "TUNED")) === "once");
      });
      expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "5000"));
    });

    test("Restart.none() leaves what runs as it is, and the next run says so", async () => {
      const before = await onEach(at.hosts, (host) => invocation(host, "social-web"));
      const output = await at.workspace.apply(
        stackWith({
          directives: { Service: { LimitNOFILE: 6000, Environment: "TUNED=once" } },
          restart: Restart.none(),
        }),
      );
      expect(output).toContain("social-web.service goes on as it was ('restart' is none)");
      expect(await onEach(at.hosts, (host) => invocation(host, "social-web"))).toEqual(before);
      await at.workspace.apply(of({ LimitNOFILE: 6000, TasksMax: 400 }));
      expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "6000"));
    });

    test("a run that is killed is put right by the next one", async () => {
      const slow = { ExecStartPre: "/bin/sleep 1000", TimeoutStartSec: 2000 };
      const applying = at.workspace.applyInVain(of({ LimitNOFILE: 7000, ...slow }));
      const lock = "cdktf-puma-social-web.service.service";
      await onEach(at.hosts, async (host) => {
        const starts = async (): Promise<boolean> =>
          (await says(host, "systemctl show -p ActiveState --value social-web")) === "activating";
        await eventually("the slow start", starts);
        await host.exec(`systemctl kill --kill-who=all --signal=KILL ${lock}`);
      });
      await applying;
      await at.workspace.apply(of({ LimitNOFILE: 4096 }));
      expect(await onEach(at.hosts, limit)).toEqual(all(at.hosts, "4096"));
      expect(await onEach(at.hosts, owned)).toEqual(all(at.hosts, OWNED));
    });

    describe("of a stack that is lost", () => {
      reachByCommandLine(() => at.hosts[0] as FleetHost);

      test("it is listed with the state of its unit, and removed", async () => {
        await shop.apply(stackWith({ name: "lost", directives: { Service: { Nice: 4 } } }));
        for (const host of at.hosts) {
          const row = /^social-web\.service:lost +shop +\w+ +\S+ \S+ +active$/m;
          expect((await callOn(host, "list")).out).toMatch(row);
          const { code, out } = await callOn(host, "remove", "social-web.service:lost", "--owner", "shop");
          expect([code, out]).toEqual([0, expect.stringContaining("social-web.service is without it")]);
          expect((await callOn(host, "list")).out).not.toMatch(row);
          expect(await says(host, "systemctl show -p Nice --value social-web")).toBe("0");
        }
        await shop.destroy();
      });
    });

    test("on the host it tells how it is, and restarts its unit", async () => {
      const said = await onEach(at.hosts, (host) =>
        says(host, "cdktf-puma status social-web.service:tuning"),
      );
      for (const one of Object.values(said))
        expect(one).toMatch(/^social-web\.service is active \(running\) since [^]*\nlast run: /);
      const before = await onEach(at.hosts, (host) => invocation(host, "social-web"));
      const restarted = await onEach(at.hosts, (host) =>
        says(host, "cdktf-puma restart social-web.service:tuning"),
      );
      for (const host of at.hosts) {
        expect(restarted[host.name]).toMatch(/\ndone: social-web\.service$/);
        expect(await invocation(host, "social-web")).not.toBe(before[host.name]);
      }
    });

    test("it goes back there to the lines of before", async () => {
      const cat = (host: FleetHost): Promise<string> => says(host, `cat ${FILE}`);
      const before = await onEach(at.hosts, cat);
      await at.workspace.apply(of({ LimitNOFILE: 8000 }));
      const said = await onEach(at.hosts, (host) =>
        says(host, `for word in rollback history; do cdktf-puma $word social-web.service:tuning; done`),
      );
      for (const one of Object.values(said))
        expect(one).toMatch(
          /^going back to the generation of \S+ \S+\n[^]*\ndone: social-web\.service\n\* \S+ \S+ rollback by root\n/,
        );
      expect(await onEach(at.hosts, cat)).toEqual(before);
    });
  });
}

test("where it is destroyed the unit runs on as the package has it, and nothing of ours is left", async () => {
  expect(await at.workspace.destroy()).toContain("social-web.service is without it");
  expect(await onEach(at.hosts, owned)).toEqual(all(at.hosts, OWNED));
  expect(await onEach(at.hosts, limit)).not.toEqual(all(at.hosts, "4096"));
  expect(await onEach(at.hosts, (host) => env(host, "TUNED"))).toEqual(all(at.hosts, "not set\n"));
  const left =
    "ls -d /etc/systemd/system/social-web.service.d /var/lib/cdktf-puma /usr/local/sbin/cdktf-puma 2>/dev/null";
  expect(await onEach(at.hosts, (host) => says(host, left))).toEqual(all(at.hosts, ""));
});
