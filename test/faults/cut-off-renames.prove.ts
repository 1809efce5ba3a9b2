import { Bind, HealthCheck, PumaSocket } from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { eventually, everywhere, get, listeningInode, oneOfEach, says, traces } from "../e2e/hosts";
import { setUpHosts } from "../e2e/set-up";
import { clearBreakpoint, installBreakpoints, KILL, setBreakpoint } from "./breakpoint";

/** What a run leaves on a host that was killed while it renamed a service, and what comes of it. */
const at = setUpHosts(oneOfEach(["trixie"]), {
  prepare: async ({ hosts }) => {
    for (const host of hosts) {
      await installBreakpoints(host);
      await host.write("/srv/app/current/config/puma.rb", `raise "broken here" if ENV["VERSION"] == "bad"\n`);
    }
  },
});

const PORT = 9292;
const FORMER = "shop";
const NAME = "web";

const called =
  (name: string, version = "1"): Build =>
  (stack) =>
    everywhere(stack, at.hosts, name, {
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
      environment: { VERSION: version },
      healthCheck: HealthCheck.answers({ settle: false }),
    });

const host = (): FleetHost => at.hosts[0] as FleetHost;
const version = (): Promise<string> => get(host(), `http://127.0.0.1:${PORT}/env?VERSION`);

/** All that a run may leave: units, enablement, what is known, what runs, what waits. */
const standing = (): Promise<string> =>
  says(
    host(),
    `cd /etc/systemd/system && find . -name '${NAME}.*' -o -name '${FORMER}.*'
    ls -d /run/systemd/system/*-standin* /run/systemd/system/*-rehearsal* /var/lib/cdktf-puma/* /var/lib/cdktf-puma/*/before* 2>/dev/null
    systemctl list-units --all --full --plain --no-legend '${NAME}.*' '${FORMER}.*' | awk '{ print $1, $2, $3 }'`,
  );

const lines = (text: string): string[] => text.split("\n").sort();

const only = (name: string): string =>
  `./multi-user.target.wants/${name}.service
./sockets.target.wants/${name}.socket
./${name}.service
./${name}.service.d
./${name}.socket
/var/lib/cdktf-puma/${name}
${name}.service loaded active
${name}.socket loaded active`;

async function killAt(step: string): Promise<void> {
  await at.workspace.apply(called(FORMER));
  await setBreakpoint(host(), step, KILL);
  await at.workspace.applyInVain(called(NAME));
  const ended = async (): Promise<boolean> =>
    (await says(host(), `systemctl is-active 'cdktf-puma-*'`)) === "";
  await eventually("the runs end", ended);
  expect(await says(host(), "ls /run/breakpoint/met")).toBe("/run/breakpoint/met");
  await clearBreakpoint(host());
}

afterEach(async () => {
  await clearBreakpoint(host());
  await at.workspace.destroy();
  const left = (): Promise<string[]> => traces(host(), [NAME, FORMER], [PORT]);
  await eventually("an untouched host", async () => (await left()).length === 0, 60).catch(() => undefined);
  expect(await left()).toEqual([]);
});

const STEPS = [
  `${NAME}.socket: installing`,
  `${NAME}.service: installing`,
  "enabling",
  `${FORMER} is now ${NAME}`,
  "reloading",
  "restarting",
  "waiting for",
  "keeping what is there now",
];

describe.each(STEPS)("a rename that was killed at '%s'", (step) => {
  test("is gone on with", async () => {
    await killAt(step);
    const socket = await listeningInode(host(), PORT);
    await at.workspace.apply(called(NAME));
    expect(lines(await standing())).toEqual(lines(only(NAME)));
    expect(await version()).toBe("1");
    expect(await listeningInode(host(), PORT)).toBe(socket);
  });

  test("is given up by the former name, the sockets open", async () => {
    await killAt(step);
    const socket = await listeningInode(host(), PORT);
    await at.workspace.apply(called(FORMER, "2"));
    expect(lines(await standing())).toEqual(lines(only(FORMER)));
    expect(await version()).toBe("2");
    expect(await listeningInode(host(), PORT)).toBe(socket);
  });

  test("is given up by a former name whose version does not boot: what was healthy serves", async () => {
    await killAt(step);
    await at.workspace.applyInVain(called(FORMER, "bad"));
    expect(lines(await standing())).toEqual(lines(only(FORMER)));
    expect(await version()).toBe("1");
  });

  test("leaves nothing where the service is destroyed", async () => {
    await killAt(step);
  });

  test("makes room for a third name", async () => {
    await killAt(step);
    await at.workspace.apply(called("third"));
    expect(await standing()).toBe("/var/lib/cdktf-puma/third");
    expect(await version()).toBe("1");
  });
});
