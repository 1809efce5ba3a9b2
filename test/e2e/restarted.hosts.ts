/** Somebody reloads or restarts a service, again and again, while it is deployed. */
import { Bind, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { Load } from "../../lab/load/load";
import { type Report } from "../../lab/load/report";
import { eachDayOn, eventually, everywhere, onEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

const at = setUpHosts(eachDayOn(["bookworm"], ["bookworm", "trixie"]), {
  prepare: ({ hosts, workspace }) => workspace.apply(web(hosts, "at-first", Restart.hot())),
});

const web =
  (hosts: readonly FleetHost[], edited: string, restart: Restart): Build =>
  (stack) =>
    everywhere(stack, hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      environment: { EDITED: edited },
      restart,
    }));

/** What a deploy says on each host, and what its clients see, as this is done again and again. */
async function deployedMeanwhile(work: string, build: Build): Promise<Record<string, [string, Report]>> {
  const meanwhile = `systemd-run --quiet --collect --unit=meanwhile sh -c 'while :; do ${work}; done'`;
  await onEach(at.hosts, (host) => host.exec(meanwhile));
  const loads = await onEach(at.hosts, ({ address }) => Load.start({ address, keepAlive: 0 }));
  const output = await at.workspace
    .apply(build)
    .finally(() => onEach(at.hosts, (host) => host.exec("systemctl stop meanwhile")));
  return onEach(at.hosts, async ({ name }) => [
    outputOf(output, `null_resource.puma_web_on_${name}`),
    await (loads[name] as Load).stop(),
  ]);
}

const environment = "tr '\\0' '\\n' </proc/$(systemctl show -P MainPID web)/environ";

test.each<[string, string, Restart, string]>([
  ["hot", "reloads", Restart.hot(), "systemctl reload web; sleep 1"],
  ["overlap", "reloads", Restart.overlap(), "systemctl reload web; sleep 1"],
  ["hot", "restarts", Restart.hot(), "sleep 5; systemctl restart web"],
  ["overlap", "restarts", Restart.overlap(), "sleep 5; systemctl restart web"],
])(
  "%s: where somebody %s it meanwhile, it ends well, and no new connection is lost",
  async (mode, what, restart, work) => {
    const ended = await deployedMeanwhile(work, web(at.hosts, `${mode}-${what}`, restart));
    for (const host of at.hosts) {
      const [said, { answers, refused, reset, timedOut, errors }] = ended[host.name] as [string, Report];
      expect(said).toMatch(/\ndone: web\.socket web\.service$/);
      const lost = Object.keys(answers).filter((answer) => !answer.startsWith("200 "));
      expect({ host: host.name, lost, refused, reset, timedOut, errors }).toEqual({
        ...{ host: host.name, lost: [], refused: 0, reset: 0, timedOut: 0, errors: {} },
      });
      expect((await says(host, environment)).split("\n")).toContain(`EDITED=${mode}-${what}`);
    }
  },
);

test("a reload that waited for a run comes at its end, once for all that asked", async () => {
  for (const host of at.hosts) {
    const run = "systemd-run --quiet --collect --unit=cdktf-puma-web sleep 1000";
    const pid = "systemctl show -P MainPID web";
    await host.exec(`${run}; systemctl reload web; systemctl reload web`);
    const before = await says(host, pid);
    expect(await says(host, "sleep 2; systemctl is-active cdktf-puma-web:reload")).toBe("active");
    expect(await says(host, pid)).toBe(before);
    await host.exec("systemctl stop cdktf-puma-web");
    await eventually("the restart", async () => (await says(host, pid)) !== before);
    await eventually("that nothing waits", async () => {
      const states = await says(host, "systemctl is-active cdktf-puma-web:reload; systemctl is-active web");
      return states === "inactive\nactive";
    });
  }
});
