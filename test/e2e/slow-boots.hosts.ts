/** A version that boots for longer than systemd lets others. */
import { Bind, Duration, Restart } from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { all, everywhere, get, oneOfEach, onEach } from "./hosts";
import { setUpHosts } from "./set-up";

const at = setUpHosts(oneOfEach(["trixie"]), {
  prepare: ({ hosts }) =>
    onEach(hosts, async (host) => {
      await host.write("/etc/systemd/system.conf.d/defaults.conf", "[Manager]\nDefaultTimeoutStartSec=5s\n");
      await host.exec("systemctl daemon-reexec");
    }),
});

const slow =
  (edited: string): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "slow", {
      binds: [Bind.tcp(9292)],
      environment: { BOOT_SECONDS: "14", EDITED: edited },
      restart: Restart.hot({ rehearse: true }),
      startTimeout: Duration.seconds(60),
    });

test("has all of its own 'startTimeout', in its rehearsal as well", async () => {
  await at.workspace.apply(slow("1"));
  expect(await at.workspace.apply(slow("2"))).toContain("rehearsing the new version");
  const answers = await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/env?EDITED"));
  expect(answers).toEqual(all(at.hosts, "2"));
});
