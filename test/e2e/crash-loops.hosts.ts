/** A Puma that dies at each boot: its socket stays, somebody is told once, systemd waits longer where it can. */
import { Bind, PumaSocket, Restart, type PumaServiceProps } from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, eventually, everywhere, get, onEach, property, says, traces } from "./hosts";
import { setUpHosts } from "./set-up";

const BROKEN = "/srv/app/broken";
const CONFIG = `raise "broken" if File.exist?("${BROKEN}")\n`;
const PAGE = `[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo paged >>/run/paged'\n`;
/** The first waits of a crash loop, which grow where systemd can let them. */
const WAITS = 4;
/** Seconds that systemd waits at most, and that a busy machine takes for a boot. */
const LONGEST = 30;
const BOOT = 30;

/** A systemd that always waits the same time, and one that can wait longer and longer. */
const at = setUpHosts(eachDayOn(["bullseye", "trixie"]), {
  prepare: ({ hosts }) =>
    onEach(hosts, async (host) => {
      await host.write("/srv/app/current/config/puma.rb", CONFIG);
      await host.write("/etc/systemd/system/page.service", PAGE);
      await host.exec("systemctl daemon-reload");
    }),
});

const web =
  (props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", ({ name }) => ({
      socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(9292)] }),
      alarm: "page.service",
      ...props,
    }));

/** Whether its systemd can wait longer and longer: 254 and later. */
const waitsLonger = ({ release }: FleetHost): boolean => release === "trixie" || release === "forky";

const paged = (host: FleetHost): Promise<string> => says(host, "cat /run/paged 2>/dev/null");

/** Seconds between the end of a Puma that crashed and the next start, whatever that takes to boot. */
async function waits(host: FleetHost): Promise<number[]> {
  const lines = `journalctl --unit=web.service --output=short-unix --quiet |
    awk '/Main process exited/ { end = $1 } /Scheduled restart job/ { printf "%.2f\\n", $1 - end }'`;
  return (await says(host, lines))
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}

test("a service with an alarm that is not there is refused before anything is touched", async () => {
  const said = await at.workspace.applyInVain(web({ alarm: "nobody.service" }));
  for (const { name } of at.hosts) {
    expect(outputOf(said, `null_resource.puma_web_on_${name}`)).toContain(
      "there is no unit nobody.service to start when Puma crashes again and again ('alarm')",
    );
  }
});

test("where systemd can wait longer and longer it is told to, and finds nothing that it does not know", async () => {
  await at.workspace.apply(web());
  const told = (host: FleetHost): Promise<string> =>
    says(host, "ls /etc/systemd/system/web.service.d 2>/dev/null");
  const wanted = (host: FleetHost): string => (waitsLonger(host) ? "50-cdktf-puma-back-off.conf" : "");
  expect(await onEach(at.hosts, told)).toEqual(
    Object.fromEntries(at.hosts.map((host) => [host.name, wanted(host)])),
  );
  for (const host of at.hosts.filter(waitsLonger)) {
    expect(await property(host, "web.service", "RestartSteps")).toBe("5");
    expect(await property(host, "web.service", "RestartMaxDelayUSec")).toBe("30s");
  }
  expect(await onEach(at.hosts, (host) => says(host, "journalctl -b -q | grep 'Unknown key'"))).toEqual(
    all(at.hosts, ""),
  );
});

test("while it dies at each boot, its socket stays, and somebody is told once", async () => {
  await onEach(at.hosts, (host) => host.exec(`touch ${BROKEN}; systemctl restart --no-block web.service`));
  const socket = (host: FleetHost): Promise<string> => property(host, "web.socket", "ActiveState");
  await onEach(at.hosts, (host) =>
    eventually("several starts", async () => {
      expect(await socket(host)).toBe("active");
      return (await waits(host)).length >= WAITS;
    }),
  );
  await onEach(at.hosts, (host) => eventually("a page", async () => (await paged(host)) !== ""));
  expect(await onEach(at.hosts, paged)).toEqual(all(at.hosts, "paged"));
});

test("who asks how it is reads how often it crashed, since when and why, and that somebody was told", async () => {
  for (const host of at.hosts) {
    // Before Puma 6.1 each start counts for systemd from its first moment on.
    let status = "";
    await eventually("that it does not serve", async () => {
      status = await says(host, "cdktf-puma status web; echo $?");
      return status.endsWith("\n3");
    });
    expect(status).toMatch(/^it crashed \d+ times in a row since [-0-9]+ [:0-9]+: .*broken/m);
    expect(status).toMatch(/^page.service was started at [-0-9]+ [:0-9]+: somebody is told$/m);
    expect(await says(host, "journalctl -q --unit=web.service --output=cat")).toMatch(
      /^cdktf-puma: web crashed 3 times in a row: 'sudo cdktf-puma status web' says why/m,
    );
  }
});

test("the waits between its starts grow where systemd can, and are the same elsewhere", async () => {
  for (const host of at.hosts) {
    const seen = await waits(host);
    process.stderr.write(`${host.release}: seconds from a crash to a start ${seen.join(", ")}\n`);
    const [first = NaN, longest = NaN] = [seen[0], seen[WAITS - 1]];
    expect([seen, longest > 3 * first]).toEqual([seen, waitsLonger(host)]);
  }
});

test("when the cause is gone, it answers within the longest wait, and who asks meanwhile waits", async () => {
  await onEach(at.hosts, async (host) => {
    const answer = get(host, "http://127.0.0.1:9292/", `--max-time ${LONGEST + BOOT}`);
    await host.exec(`rm ${BROKEN}`);
    expect(await answer).toContain("hello");
  });
  expect(await onEach(at.hosts, paged)).toEqual(all(at.hosts, "paged"));
});

test("a version that fails in its rehearsal tells nobody", async () => {
  await onEach(at.hosts, (host) => host.exec(`touch ${BROKEN}`));
  await at.workspace.applyInVain(
    web({ restart: Restart.hot({ rehearse: true }), environment: { EDITED: "1" } }),
  );
  await onEach(at.hosts, (host) => host.exec(`rm ${BROKEN}`));
  expect(await onEach(at.hosts, paged)).toEqual(all(at.hosts, "paged"));
});

test("what is said raw wins over the drop-in, and a removal leaves nothing of it", async () => {
  await at.workspace.apply(web({ directives: { Service: { RestartSec: 45 } } }));
  for (const host of at.hosts.filter(waitsLonger)) {
    expect(await property(host, "web.service", "RestartUSec")).toBe("45s");
    expect(await property(host, "web.service", "RestartSteps")).toBe("0");
  }
  await at.workspace.destroy();
  const left = async (host: FleetHost): Promise<string[]> =>
    (await traces(host, ["web"], [9292])).filter((line) => !line.includes("/.ssh/"));
  await eventually(
    "nothing left",
    async () => Object.values(await onEach(at.hosts, left)).flat().length === 0,
    30,
  ).catch(() => undefined);
  expect(await onEach(at.hosts, left)).toEqual(Object.fromEntries(at.hosts.map(({ name }) => [name, []])));
});
