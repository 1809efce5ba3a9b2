/** What restarts a service on a host by itself: the link to its release, and its certificate. */
import { type TerraformStack } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket, Restart, RestartOn } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { type Build } from "../../lab/engine/workspace";
import { Load } from "../../lab/load/load";
import { lost, notOk, type Report } from "../../lab/load/report";
import {
  all,
  eachDay,
  eachDayOn,
  eventually,
  everywhere,
  get,
  invocation,
  onEach,
  property,
  says,
  traces,
} from "./hosts";
import { setUpHosts } from "./set-up";

const LIVE = "/etc/letsencrypt/live/app";
const UNIT = "cdktf-puma-restart@web";

const web =
  (props: Partial<PumaServiceProps>, service = "web"): Build =>
  (stack: TerraformStack) =>
    everywhere(stack, at.hosts, service, ({ name, release }) => ({
      socket: new PumaSocket(stack, `socket-${name}`, {
        binds: [
          Bind.tcp(9292),
          Bind.ssl(9293, { key: `${LIVE}/privkey.pem`, cert: `${LIVE}/fullchain.pem` }),
        ],
      }),
      restart: release === "bullseye" ? Restart.hot() : Restart.overlap(),
      ...props,
    }));

const BOTH = { restartOn: [RestartOn.releaseLink(), RestartOn.certificate()] };

/** As certbot writes them: one after the other, as links to what it keeps for good. */
const RENEW = `
renew() {
  cd /etc/letsencrypt/archive/app
  openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj "/CN=number-$1" -keyout privkey$1.pem -out cert$1.pem 2>/dev/null
  cp cert$1.pem chain$1.pem; cp cert$1.pem fullchain$1.pem
  chown root:deploy privkey$1.pem; chmod 640 privkey$1.pem
  for file in cert privkey chain fullchain; do
    rm -f ${LIVE}/$file.pem; ln -s ../../archive/app/$file$1.pem ${LIVE}/$file.pem
  done
}
`;

const at = setUpHosts(eachDayOn(["trixie"]), {
  prepare: async ({ hosts, workspace }) => {
    await onEach(hosts, (host) =>
      host.exec(`mkdir -p /etc/letsencrypt/archive/app ${LIVE}\n${RENEW}\nrenew 1`),
    );
    await workspace.apply(web(BOTH));
    await onEach(hosts, idle);
  },
});

/** Until what was started by itself has come to its end, and nothing else is about to start. */
const idle = (host: FleetHost): Promise<void> =>
  eventually("that nothing restarts it", async () => {
    const state = (unit: string): Promise<string> => property(host, unit, "ActiveState");
    return !/activ|reload/.test(
      `${await state(`${UNIT}.service`)} ${await state("cdktf-puma-web.service")}`.replace(/inactive/g, ""),
    );
  });

const last = (host: FleetHost): Promise<string> => says(host, "cat /var/lib/cdktf-puma/web/last");
const version = async (host: FleetHost): Promise<string> =>
  /version (\S+)/.exec(await get(host, "http://127.0.0.1:9292/"))?.[1] ?? "";
const serves = (host: FleetHost, number: string): Promise<void> =>
  eventually(`that ${number} serves`, async () => (await version(host)) === number);
const certificate = (host: FleetHost): Promise<string> =>
  says(host, "echo | openssl s_client -connect 127.0.0.1:9293 2>/dev/null | openssl x509 -noout -subject");

/** A release that is like the first, but for what is done in it. */
const release = (name: number, change = `echo ${name} >VERSION`): string =>
  `(cd /srv/app/releases && cp -a 1 ${name} && cd ${name} && ${change})`;

const SWAPS = eachDay(2, 13);
/** Requests over new connections that got nothing, or not what they asked for. */
const failed = (report: Report): number => report.refused + lost(report) + notOk(report);

const NEWEST = String(1 + SWAPS);

/** By both ways in which such a link is moved, ln(1) and Capistrano's. */
const SWAPPED = `
cd /srv/app
for i in $(seq 2 ${NEWEST}); do
  case $i in
    *[02468]) ln -sfn releases/$i current ;;
    *) ln -s releases/$i current.new && mv -T current.new current ;;
  esac
  sleep ${eachDay("0.4", "1.4")}
done`;

test(`of ${SWAPS} releases that are linked within seconds the newest serves in the end, and no new connection is lost`, async () => {
  await onEach(at.hosts, (host) => host.exec([...Array(SWAPS).keys()].map((i) => release(i + 2)).join("\n")));
  const seen = await onEach(at.hosts, async (host) => {
    const load = await Load.start({ address: host.address, keepAlive: 0 });
    await host.exec(SWAPPED);
    await serves(host, NEWEST);
    await idle(host);
    return `${failed(await load.stop())} failed, ${await version(host)}`;
  });
  expect(seen).toEqual(all(at.hosts, `0 failed, ${NEWEST}`));
  expect(await onEach(at.hosts, last)).toEqual(
    all(at.hosts, expect.stringContaining(" by the release link: asked for by the release link; from ")),
  );
  expect(await onEach(at.hosts, (host) => says(host, `journalctl -o cat -u ${UNIT}.service`))).toEqual(
    all(
      at.hosts,
      expect.stringMatching(/asked for by the release link\n[^]*\ndone: web.socket web.service\n/),
    ),
  );
});

test("what it would not see is refused before anything is changed", async () => {
  await onEach(at.hosts, (host) =>
    host.exec("install -d -o deploy /var/tmp/tls; touch /var/tmp/tls/cert.pem"),
  );
  const files = { cert: "/var/tmp/tls/cert.pem", key: `${LIVE}/privkey.pem` };
  const restartOn = [RestartOn.releaseLink("/srv/app"), RestartOn.certificate(files)];
  const told = await at.workspace.applyInVain(web({ restartOn }));
  expect(told).toContain("/srv/app is no link");
  expect(told).toMatch(/\/var\/tmp\/tls.* \('restartOn'\)/);
});

// The rest takes its time.
if (eachDay(false, true)) {
  test("one that does not boot changes nothing, and what replaces it meanwhile serves", async () => {
    await onEach(at.hosts, async (host) => {
      await host.exec(`${release(21, "echo 'raise %q(no such release)' >config.ru")}; ${release(22)}
      ln -sfn releases/21 /srv/app/current`);
      await eventually(
        "that it is tried",
        async () => (await says(host, "ls /run/cdktf-puma/web || :")) !== "",
      );
      await host.exec("ln -sfn releases/22 /srv/app/current");
      await serves(host, "22");
      await idle(host);
    });
    expect(await onEach(at.hosts, version)).toEqual(all(at.hosts, "22"));
  });

  test("a renewed certificate is taken up, once and as a pair", async () => {
    const seen = await onEach(at.hosts, async (host) => {
      const load = await Load.start({ address: host.address, keepAlive: 0 });
      await host.exec(`${RENEW}\nrenew 2`);
      await eventually("the new one", async () => (await certificate(host)).includes("number-2"));
      await idle(host);
      return { failed: failed(await load.stop()), last: await last(host) };
    });
    const by = `asked for by the certificate ${LIVE}/fullchain.pem; from `;
    expect(seen).toEqual(all(at.hosts, { failed: 0, last: expect.stringContaining(by) }));
  });

  test("nothing restarts for other files in that folder, for the same release, or for an apply", async () => {
    const before = await onEach(at.hosts, (host) => invocation(host, "web.service"));
    await onEach(at.hosts, async (host) => {
      await host.exec("touch /srv/app/revisions.log; ln -sfn releases/22 /srv/app/current; sleep 1");
      await idle(host);
    });
    await at.workspace.apply(web({ ...BOTH, directives: { Unit: { Description: "Another" } } }));
    await onEach(at.hosts, idle);
    expect(await onEach(at.hosts, (host) => invocation(host, "web.service"))).toEqual(before);
  });

  test("a certificate that is written anew is no other, and one of another key is not taken up", async () => {
    const before = await onEach(at.hosts, (host) => invocation(host, "web.service"));
    await onEach(at.hosts, async (host) => {
      await host.exec(`touch -h ${LIVE}/*; touch ${LIVE}/*; sleep 1`);
      await idle(host);
      await host.exec(`ln -sfn ../../archive/app/fullchain1.pem ${LIVE}/fullchain.pem`);
      await eventually(
        "that it fails",
        async () => (await property(host, `${UNIT}.service`, "ActiveState")) === "failed",
      );
    });
    expect(await onEach(at.hosts, (host) => invocation(host, "web.service"))).toEqual(before);
    expect(await onEach(at.hosts, (host) => says(host, `journalctl -o cat -u ${UNIT}.service`))).toEqual(
      all(at.hosts, expect.stringContaining("is no certificate of the key")),
    );
    await onEach(at.hosts, async (host) => {
      await host.exec(`ln -sfn ../../archive/app/fullchain2.pem ${LIVE}/fullchain.pem; sleep 1`);
      await idle(host);
    });
  });

  test("who moves the link again and again keeps no apply away", async () => {
    const again = "for i in 41 42; do ln -sfn releases/$i /srv/app/current; sleep 0.3; done";
    await onEach(at.hosts, async (host) => {
      await host.exec(`${release(41)}; ${release(42)}; ${release(43)}; touch /run/again
        (while [ -e /run/again ]; do ${again}; done; touch /run/ended) >/dev/null 2>&1 &`);
      await eventually("that it restarts", async () => /^4[12]$/.test(await version(host)));
    });
    await at.workspace.apply(web({ ...BOTH, directives: { Unit: { Description: "Still another" } } }));
    await onEach(at.hosts, async (host) => {
      await host.exec(
        `rm /run/again; until [ -e /run/ended ]; do sleep 0.1; done; ln -sfn releases/43 /srv/app/current`,
      );
      await serves(host, "43");
      await idle(host);
    });
  });

  test("the status tells of a restart by itself that failed", async () => {
    await onEach(at.hosts, async (host) => {
      await host.exec(`${release(44, "echo 'raise %q(no such release)' >config.ru")}
        ln -sfn releases/44 /srv/app/current`);
      await eventually("that it fails", async () =>
        /^the last restart by itself failed/m.test(await says(host, "cdktf-puma status web || :")),
      );
      await host.exec("ln -sfn releases/43 /srv/app/current; sleep 1");
      await idle(host);
      // What went back without a rehearsal has been started by its own path until then.
      await host.exec("cdktf-puma restart web");
    });
  });

  test("it goes with the prop, and nothing restarts for that", async () => {
    const before = await onEach(at.hosts, (host) => invocation(host, "web.service"));
    await at.workspace.apply(web({}));
    expect(
      await onEach(at.hosts, (host) =>
        says(
          host,
          "systemctl list-units --all --plain --no-legend 'cdktf-puma*'; ls /etc/systemd/system | grep cdktf || :",
        ),
      ),
    ).toEqual(all(at.hosts, ""));
    expect(await onEach(at.hosts, (host) => invocation(host, "web.service"))).toEqual(before);
  });

  test("the hooks of Capistrano and certbot lose no new connection either", async () => {
    const hook = "/etc/letsencrypt/renewal-hooks/deploy/puma";
    const seen = await onEach(at.hosts, async (host) => {
      await host.exec(`mkdir -p ${hook.replace(/.puma$/, "")}; ${release(31)}
        printf '%s\\n' '#!/bin/sh' 'exec /usr/local/sbin/cdktf-puma restart web' >${hook}; chmod 755 ${hook}`);
      const load = await Load.start({ address: host.address, keepAlive: 0 });
      const capistrano =
        "ln -sfn releases/31 current && sudo -u ops sudo /usr/local/sbin/cdktf-puma restart web";
      const codes = await says(
        host,
        `(cd /srv/app; ${capistrano}) >/run/told 2>&1; echo $?; (${RENEW}
renew 3; ${hook}) >/run/told 2>&1; echo $?`,
      );
      const served = [await version(host), await certificate(host)].join();
      return { failed: failed(await load.stop()), codes, served };
    });
    const served = expect.stringMatching(/^31,.*number-3$/) as string;
    expect(seen).toEqual(all(at.hosts, { failed: 0, codes: "0\n0", served }));
  });

  test("it stops with a service that is kept stopped, has its new name, and goes with it", async () => {
    const watch = (host: FleetHost): Promise<string> => property(host, `${UNIT}.path`, "ActiveState");
    await at.workspace.apply(web({ ...BOTH, ensure: "stopped" }));
    expect(await onEach(at.hosts, watch)).toEqual(all(at.hosts, "inactive"));
    await at.workspace.apply(web(BOTH));
    expect(await onEach(at.hosts, watch)).toEqual(all(at.hosts, "active"));
    await at.workspace.apply(web(BOTH, "shop"));
    await eventually("that web has gone", async () => {
      const units = "systemctl list-units --plain --no-legend 'cdktf-puma-restart*.path' | cut -d ' ' -f 1";
      const seen = await onEach(at.hosts, (host) => says(host, units));
      return Object.values(seen).every((unit) => unit === "cdktf-puma-restart@shop.path");
    });
    await at.workspace.destroy();
    for (const host of at.hosts)
      await eventually(
        "an end of all traces",
        async () => (await traces(host, ["web", "shop"], [9292, 9293])).length === 0,
      );
  });
}
