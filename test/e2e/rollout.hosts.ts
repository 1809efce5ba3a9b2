import { Bind, Duration, PumaService, type PumaServiceProps, PumaSocket, Rollout } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import {
  all,
  APP,
  declared,
  eventually,
  get,
  invocation,
  logins,
  onEach,
  property,
  PUMA,
  says,
  traces,
} from "./hosts";
import { setUpHosts } from "./set-up";
import { changesOf, outputOf, type ResourceChange } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";

const PORT = 9292;
const NAMES = ["a", "b", "c", "d", "e", "f"];

const at = setUpHosts(
  NAMES.map((name) => ({ name, release: "trixie" })),
  {
    prepare: async () => {
      await at.workspace.apply(stackWith(NAMES, "once"));
    },
  },
);

function stackWith(names: readonly string[], edited: string, props: Partial<PumaServiceProps> = {}): Build {
  return (stack) => {
    new PumaService(stack, "web", {
      hosts: names.map((name) => declared(at.fleet.host(name))),
      pumaVersion: PUMA.trixie,
      ...APP,
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
      environment: { EDITED: edited },
      rollout: Rollout.rolling({ batchSize: 2 }),
      ...props,
    });
  };
}

const hosts = (names: string): FleetHost[] => [...names].map((name) => at.fleet.host(name));

const edited = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);

/** What an apply that leaves a host alone leaves as it is: socket and service, and how often anybody logged in. */
const fingerprint = async (host: FleetHost): Promise<string> =>
  `${await invocation(host, "web.socket")} ${await invocation(host, "web.service")} ${await logins(host)}`;

/** From now on Puma does not boot on this host where it is told to be of this edition. */
const breakOn = (host: FleetHost, edition: string): Promise<unknown> =>
  host.write("/srv/app/current/config/puma.rb", `raise "broken here" if ENV["EDITED"] == "${edition}"\n`);

const repair = (host: FleetHost): Promise<unknown> => host.exec("rm /srv/app/current/config/puma.rb");

const address = (name: string): string => `null_resource.puma_web_on_${name}`;

/** What a plan does with a host; not the engine forgetting what a host's resource was before it was created anew. */
const changeOf = (changes: readonly ResourceChange[], name: string): ResourceChange | undefined =>
  changes.find((change) => change.address === address(name) && !("deposed" in change));

const triggers = (side: Record<string, unknown> | null | undefined): Record<string, string> =>
  (side?.triggers ?? {}) as Record<string, string>;

describe("with a bad host in the second batch", () => {
  let said: string;
  let before: Record<string, string>;
  let serving: string;
  beforeAll(async () => {
    await breakOn(at.fleet.host("d"), "twice");
    before = await onEach(at.fleet.hosts, fingerprint);
    serving = await edited(at.fleet.host("d"));
    said = await at.workspace.applyInVain(stackWith(NAMES, "twice"));
  });

  test("the first batch and the healthy hosts of the second are changed", async () => {
    expect(await onEach(hosts("abc"), edited)).toEqual(all(hosts("abc"), "twice"));
  });

  test("the bad host says why, and serves what it had", async () => {
    const onBad = outputOf(said, address("d"));
    expect(onBad).toContain("broken here");
    expect(onBad).toMatch(/^FAILED on d: /m);
    expect(onBad).toContain("web is back to what it was");
    expect([serving, await edited(at.fleet.host("d"))]).toEqual(["once", "once"]);
  });

  test("the third batch is untouched", async () => {
    const untouched = { e: before.e, f: before.f };
    expect(await onEach(hosts("ef"), fingerprint)).toEqual(untouched);
    expect(await onEach(hosts("ef"), edited)).toEqual(all(hosts("ef"), "once"));
  });

  test("the plan still shows what changes on the hosts that were not reached", async () => {
    const changes = changesOf(await at.workspace.plan(stackWith(NAMES, "twice")));
    for (const name of "ef") {
      const change = changeOf(changes, name)?.change;
      expect(change?.actions).toEqual(["create", "delete"]);
      const [was, will] = [triggers(change?.before), triggers(change?.after)];
      expect(was["web.service"]).toMatch(/^[0-9a-f]{12}$/);
      expect(will["web.service"]).not.toBe(was["web.service"]);
      expect({ ...will, "web.service": "" }).toEqual({ ...was, "web.service": "" });
    }
    for (const name of "abc") expect(changeOf(changes, name)).toBeUndefined();
    expect(changeOf(changes, "d")?.change.actions).toContain("create");
    // What docs/messages.md tells of: the engine forgets a record of its own.
    const deposed = changes.filter((change) => "deposed" in change);
    expect(deposed.map((change) => [change.address, change.change.actions])).toEqual(
      [..."abcd"].map((name) => [address(name), ["delete"]]),
    );
  });

  test("once it is repaired, an apply changes the rest, and only that", async () => {
    await repair(at.fleet.host("d"));
    const done = await onEach(hosts("abc"), fingerprint);
    await at.workspace.apply(stackWith(NAMES, "twice"));
    expect(await onEach(at.fleet.hosts, edited)).toEqual(all(at.fleet.hosts, "twice"));
    expect(await onEach(hosts("abc"), fingerprint)).toEqual(done);
    expect(await at.workspace.apply(stackWith(NAMES, "twice"))).toContain("No changes.");
  });
});

describe("with a canary and a pause", () => {
  const PAUSE = 6;
  const rollout = Rollout.rolling({ batchSize: 3, canaries: 1, pause: Duration.seconds(PAUSE) });

  test("another rollout alone changes nothing", async () => {
    expect(changesOf(await at.workspace.plan(stackWith(NAMES, "twice", { rollout })))).toEqual([]);
  });

  test("a bad canary spares all others", async () => {
    await breakOn(at.fleet.host("a"), "three times");
    const before = await onEach(hosts("bcdef"), fingerprint);
    await at.workspace.applyInVain(stackWith(NAMES, "three times", { rollout }));
    expect(await onEach(hosts("bcdef"), fingerprint)).toEqual(before);
    expect(await edited(at.fleet.host("a"))).toBe("twice");
    await repair(at.fleet.host("a"));
  });

  test("each batch waits after the one before it", async () => {
    const said = await at.workspace.apply(stackWith(NAMES, "three times", { rollout }));
    const started = await onEach(at.fleet.hosts, startedAt);
    const latest = (names: string): number => Math.max(...[...names].map((name) => started[name] ?? NaN));
    const earliest = (names: string): number => Math.min(...[...names].map((name) => started[name] ?? NaN));
    expect(earliest("bcd") - latest("a")).toBeGreaterThan(PAUSE);
    expect(earliest("ef") - latest("bcd")).toBeGreaterThan(PAUSE);
    // One after the other, they would have waited twice.
    expect(latest("bcd") - earliest("bcd")).toBeLessThan(2 * PAUSE);
    expect(outputOf(said, address("a"))).not.toContain("after the hosts before this one");
    for (const name of "bcdef") {
      expect(outputOf(said, address(name))).toContain(`waiting ${PAUSE}s after the hosts before this one`);
    }
  });
});

/** When its Puma was started, in seconds of the clock that all hosts of one machine share. */
async function startedAt(host: FleetHost): Promise<number> {
  return Number(await property(host, "web.service", "ExecMainStartTimestampMonotonic")) / 1e6;
}

describe("a list of hosts", () => {
  const staying = (): FleetHost[] => hosts("bce");
  const moving = (): FleetHost[] => hosts("adf");
  let before: Record<string, string>;
  beforeAll(async () => {
    before = await onEach(staying(), fingerprint);
  });

  test("may lose its first, a middle and its last without touching the others", async () => {
    await at.workspace.apply(stackWith(["b", "c", "e"], "three times"));
    expect(await onEach(staying(), fingerprint)).toEqual(before);
    expect(await onEach(staying(), edited)).toEqual(all(staying(), "three times"));
    expect(await onEach(moving(), (host) => says(host, "ls /etc/systemd/system/web.*"))).toEqual(
      all(moving(), ""),
    );
    const left = (host: FleetHost): Promise<string[]> => traces(host, ["web"], [PORT]);
    // The engine's script goes a moment after its run.
    await onEach(moving(), (host) => eventually("no trace", async () => (await left(host)).length === 0));
  });

  test("may get them back in other places", async () => {
    await at.workspace.apply(stackWith(["d", "b", "a", "c", "e", "f"], "three times"));
    expect(await onEach(staying(), fingerprint)).toEqual(before);
    expect(await onEach(moving(), edited)).toEqual(all(moving(), "three times"));
  });

  test("may be turned round", async () => {
    expect(changesOf(await at.workspace.plan(stackWith([...NAMES].reverse(), "three times")))).toEqual([]);
  });
});
