import { Bind, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { type RestartMode } from "../../lib/deploy/restart";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  all,
  eachDayOn,
  eventually,
  everywhere,
  get,
  invocation,
  logins,
  onEach,
  property,
  says,
} from "./hosts";
import { setUpHosts } from "./set-up";
import { changesOf, outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

/**
 * A Puma that tells systemd that it is ready. One that does not is restarted each day in restarted.hosts.ts and in
 * test/faults/overlap.hosts.ts.
 */
const at = setUpHosts(eachDayOn(["forky"], ["bookworm", "trixie", "forky"]), {
  prepare: async () => {
    // A version that does not boot: Puma looks for this file of its own accord.
    const config = `raise "a bad version" if ENV.key?("BAD")\n`;
    await onEach(at.hosts, (host) => host.write("/srv/app/current/config/puma.rb", config));
  },
});

/** A service in cluster mode, so that there is something to replace phase by phase. */
function stackWith(mode: RestartMode, edited: string, props: Partial<PumaServiceProps> = {}): Build {
  return (stack) =>
    everywhere(stack, at.hosts, "web", (host) => ({
      socket: new PumaSocket(stack, `socket-${host.name}`, { binds: [Bind.tcp(9292)] }),
      workers: 2,
      environment: { EDITED: edited },
      restart: Restart[mode](),
      ...props,
    }));
}

const edited = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9292/env?EDITED");

const service = (host: FleetHost): Promise<string> => invocation(host, "web.service");
const socket = (host: FleetHost): Promise<string> => invocation(host, "web.socket");

const saidOn = (text: string, host: FleetHost): string =>
  outputOf(text, `null_resource.puma_web_on_${host.name}`);

/** Applies, and tells of each host what was said and whether service and socket were started anew. */
async function applied(build: Build): Promise<Record<string, { text: string; renewed: string }>> {
  const before = await onEach(at.hosts, async (host) => [await service(host), await socket(host)]);
  const text = await at.workspace.apply(build);
  return onEach(at.hosts, async (host) => {
    const renewedService = (await service(host)) !== before[host.name]?.[0];
    const renewedSocket = (await socket(host)) !== before[host.name]?.[1];
    const renewed = [...(renewedService ? ["service"] : []), ...(renewedSocket ? ["socket"] : [])].join();
    return { text: saidOn(text, host), renewed };
  });
}

/** The mode that a running service is told to change in next, an edit, and what then happens. */
const STEPS: readonly [from: RestartMode, to: RestartMode, renewed: string, says: string][] = [
  ["hot", "overlap", "service", "the new version stands in while web.service is replaced"],
  [
    "overlap",
    "full",
    "service,socket",
    "restarting web.socket web.service: web.service changed: Environment",
  ],
  ["full", "phased", "service", "'phased' is not possible here: it does not take up a changed unit"],
  ["phased", "none", "", "web.service goes on as it was ('restart' is none)"],
];

test("a service is created", async () => {
  await at.workspace.apply(stackWith("hot", "hot"));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "hot"));
});

describe.each(STEPS)("from %s to %s", (from, to, renewed, words) => {
  test("nothing happens by itself, but that the plan says how Puma will restart", async () => {
    const before = await onEach(at.hosts, logins);
    const changes = changesOf(await at.workspace.plan(stackWith(to, from)));
    expect(changes.map(({ address }) => address)).toContain("terraform_data.puma_web");
    expect(changes.filter(({ address }) => !address.startsWith("terraform_data.puma_web"))).toEqual([]);
    await at.workspace.apply(stackWith(to, from));
    expect(await onEach(at.hosts, logins)).toEqual(before);
  });

  test("the next change happens in the new mode", async () => {
    const reports = await applied(stackWith(to, to));
    for (const { name } of at.hosts) {
      expect(reports[name]?.text).toContain(words);
      expect(reports[name]?.renewed).toBe(renewed);
    }
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, to === "none" ? from : to));
  });
});

describe("after a change in the mode none", () => {
  const described: Partial<PumaServiceProps> = { directives: { Unit: { Description: "The shop" } } };

  test("the unit is the new one, and what runs the old one", async () => {
    const unit = "grep -c EDITED=none /etc/systemd/system/web.service";
    expect(await onEach(at.hosts, (host) => says(host, unit))).toEqual(all(at.hosts, "1"));
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "phased"));
  });

  test("another one in it still leaves Puma alone", async () => {
    const reports = await applied(stackWith("none", "none", { release: "2" }));
    for (const { name } of at.hosts) expect(reports[name]?.renewed).toBe("");
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "phased"));
  });

  test("any change in the mode hot takes it up", async () => {
    const reports = await applied(stackWith("hot", "none", { release: "2", ...described }));
    for (const { name } of at.hosts) {
      expect(reports[name]?.text).toContain("restarting web.service: web.service changed: Environment");
      expect(reports[name]?.renewed).toBe("service");
    }
    expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "none"));
  });
});

test("a rehearsal before a hot restart refuses a bad version, and the service never knows", async () => {
  const condition = async (host: FleetHost): Promise<string> =>
    [await service(host), await socket(host), await host.read("/etc/systemd/system/web.service")].join("\n");
  await at.workspace.apply(stackWith("hot", "good"));
  const before = await onEach(at.hosts, condition);
  const bad = stackWith("hot", "bad", {
    restart: Restart.hot({ rehearse: true }),
    environment: { EDITED: "bad", BAD: "1" },
  });
  const said = await at.workspace.applyInVain(bad);
  expect(await onEach(at.hosts, condition)).toEqual(before);
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "good"));
  for (const host of at.hosts) {
    expect(saidOn(said, host)).toContain("a bad version");
    expect(saidOn(said, host)).toMatch(
      /^FAILED on .*in a rehearsal that no request of a user met: .*a bad version/m,
    );
    expect(saidOn(said, host)).toContain("\n  nothing was changed\n");
  }
  expect(await onEach(at.hosts, candidates)).toEqual(all(at.hosts, ""));
});

/** All that a rehearsal or a stand-in could leave. */
const candidates = (host: FleetHost): Promise<string> =>
  says(
    host,
    `systemctl list-units --all --plain --no-legend 'web-*' 'lazy-*'
     ls -d /run/cdktf-puma* /run/systemd/system/web* /run/systemd/system/lazy* 2>/dev/null
     pgrep -u deploy -af 'rehearsal|standin'`,
  );

/** What somebody reads who does not know this library. */
const status = (host: FleetHost): Promise<string> =>
  says(host, "systemctl status --no-pager --full web.service");

async function expectWhole(host: FleetHost): Promise<void> {
  expect(await candidates(host)).toBe("");
  const text = await status(host);
  expect(text).toContain("Loaded: loaded (/etc/systemd/system/web.service; enabled");
  expect(text).toMatch(/Active: active \(running\)/);
  const pids = await says(
    host,
    "systemctl show --property=MainPID --value web.service; pgrep -o -u deploy puma",
  );
  const [main, oldest] = pids.split("\n");
  expect(text).toMatch(new RegExp(`Main PID: ${main} `));
  expect(oldest).toBe(main);
  const journal = await says(host, `journalctl --boot --quiet --unit=web _PID=${main} --output=cat`);
  expect(journal).toContain("Puma starting in cluster mode");
}

test("after an overlap one Puma is left, and the guide's commands speak of it", async () => {
  await at.workspace.apply(stackWith("overlap", "overlapped"));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "overlapped"));
  for (const host of at.hosts) await expectWhole(host);
});

test("so they do after a reboot", async () => {
  await Promise.all(at.hosts.map((host) => host.reboot()));
  await onEach(at.hosts, (host) =>
    eventually("web serves", async () => (await property(host, "web.service", "ActiveState")) === "active"),
  );
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "overlapped"));
  for (const host of at.hosts) await expectWhole(host);
});

describe("with overlap, a service that starts on first use", () => {
  const lazy =
    (value: string): Build =>
    (stack) =>
      everywhere(stack, at.hosts, "lazy", (host) => ({
        socket: new PumaSocket(stack, `lazy-socket-${host.name}`, { binds: [Bind.tcp(9293)] }),
        startOn: "firstConnection",
        restart: Restart.overlap(),
        environment: { EDITED: value },
      }));
  const both =
    (value: string): Build =>
    (stack) => {
      stackWith("overlap", "overlapped")(stack);
      lazy(value)(stack);
    };
  const value = (host: FleetHost): Promise<string> => get(host, "http://127.0.0.1:9293/env?EDITED");
  const states = (host: FleetHost): Promise<string> =>
    says(host, "systemctl is-active lazy.socket lazy.service");

  test("is not started by a change, nor rehearsed", async () => {
    await at.workspace.apply(both("once"));
    const said = await at.workspace.apply(both("twice"));
    expect(await onEach(at.hosts, states)).toEqual(all(at.hosts, "active\ninactive"));
    expect(said).not.toContain("rehearsing");
  });

  test("is started by the first request, as it was told last", async () => {
    expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "twice"));
    expect(await onEach(at.hosts, states)).toEqual(all(at.hosts, "active\nactive"));
  });

  test("overlaps once it runs", async () => {
    const said = await at.workspace.apply(both("three times"));
    expect(await onEach(at.hosts, value)).toEqual(all(at.hosts, "three times"));
    for (const { name } of at.hosts) {
      expect(outputOf(said, `null_resource.puma_lazy_on_${name}`)).toContain(
        "the new version stands in while lazy.service is replaced",
      );
    }
    expect(await onEach(at.hosts, candidates)).toEqual(all(at.hosts, ""));
  });
});
