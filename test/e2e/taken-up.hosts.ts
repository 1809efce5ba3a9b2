import { Bind, type Directives, HealthCheck, PumaSocket } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost, type HostSpec } from "../../lab/fleet/fleet";
import { outputOf } from "../../lab/engine/output";
import {
  all,
  eachDayOn,
  eventually,
  everywhere,
  get,
  invocation,
  oneOfEach,
  onEach,
  property,
  says,
} from "./hosts";
import { setUpHosts } from "./set-up";

const GIVEN: Directives = {
  Service: { MemoryMax: "1G", OOMPolicy: "continue", RestartPreventExitStatus: "SIGKILL" },
};
const NAMES = "MemoryMax, OOMPolicy, RestartPreventExitStatus";

/** What the kernel has; "" on a machine whose hosts have no memory controller. */
const limitInKernel = (host: FleetHost): Promise<string> =>
  says(
    host,
    'cat "/sys/fs/cgroup$(systemctl show --property=ControlGroup --value web)/memory.max" 2>/dev/null',
  );

const limit = (bytes: string): unknown => expect.stringMatching(new RegExp(`^(${bytes})?$`));

const kill = async (host: FleetHost): Promise<void> => {
  await host.exec("systemctl kill --kill-who=main --signal=KILL web.service");
};

const takesUp = expect.stringMatching(
  new RegExp(`web.service: installing\\n(.*\\n)*web.service takes up without a restart: ${NAMES}\\n`),
);

const build =
  (hosts: readonly FleetHost[], directives: Directives, healthCheck?: HealthCheck): Build =>
  (stack) =>
    everywhere(stack, hosts, "web", ({ name }) => ({
      socket: new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(9292)] }),
      directives,
      ...(healthCheck && { healthCheck }),
    }));

/** Start and main process of both units. */
const start = async (host: FleetHost): Promise<string> =>
  (await Promise.all(["web.service", "web.socket"].map((unit) => invocation(host, unit)))).join("\n");

// What Debian 13's systemd takes up late is tried by either engine; the others take all up at once, as the oldest does.
describe.each<[EngineKind, HostSpec[]]>([
  ["terraform", eachDayOn(["bullseye"], ["bullseye", "bookworm", "trixie", "forky"])],
  ["tofu", oneOfEach(["trixie"])],
])("by %s", (engine, specs) => {
  const at = setUpHosts(specs, {
    engine,
    prepare: async () => {
      await at.workspace.apply(build(at.hosts, {}));
    },
  });

  /**
   * Applies what restarts nothing as the plan says, and tells of each host what was said, whether nothing was started anew, and
   * what then is so.
   */
  async function applied(directives: Directives): Promise<Record<string, unknown[]>> {
    const before = await onEach(at.hosts, start);
    const said = await at.workspace.apply(build(at.hosts, directives));
    expect(said).toContain(`"web.service: no restart"`);
    expect(said).not.toContain("restarts Puma");
    return onEach(at.hosts, async (host) => [
      outputOf(said, `null_resource.puma_web_on_${host.name}`),
      (await start(host)) === before[host.name],
      await property(host, "web.service", "MemoryMax"),
      await property(host, "web.service", "OOMPolicy"),
      await limitInKernel(host),
    ]);
  }

  test("limits and what is done as Puma ends change without a restart, as the apply says", async () => {
    expect(await applied(GIVEN)).toEqual(
      all(at.hosts, [takesUp, true, "1073741824", "continue", limit("1073741824")]),
    );
  });

  test("they are taken back without a restart, too", async () => {
    expect(await applied({})).toEqual(all(at.hosts, [takesUp, true, "infinity", "stop", limit("max")]));
    await onEach(at.hosts, async (host) => {
      await kill(host);
      const answers = async (): Promise<boolean> =>
        (await get(host, "http://127.0.0.1:9292/")).startsWith("hello");
      await eventually("a Puma that systemd starts again", answers);
      expect(await property(host, "web.service", "NRestarts")).toBe("1");
    });
  });

  test("they are in force", async () => {
    expect(await applied(GIVEN)).toEqual(
      all(at.hosts, [takesUp, true, "1073741824", "continue", limit("1073741824")]),
    );
    await onEach(at.hosts, async (host) => {
      const restarts = await property(host, "web.service", "NRestarts");
      await kill(host);
      const hasEnded = async (): Promise<boolean> =>
        (await property(host, "web.service", "ActiveState")) === "failed";
      await eventually("a Puma that systemd leaves alone", hasEnded);
      expect(await property(host, "web.service", "NRestarts")).toBe(restarts);
    });
  });

  test("where Puma is not healthy with them, what was there is back, and serves", async () => {
    await at.workspace.apply(build(at.hosts, {}));
    const said = await at.workspace.applyInVain(build(at.hosts, GIVEN, HealthCheck.http("/missing")));
    for (const { name } of at.hosts)
      expect(outputOf(said, `null_resource.puma_web_on_${name}`)).toContain("the health check did not pass");
    const back = async (host: FleetHost): Promise<string[]> => [
      await property(host, "web.service", "MemoryMax"),
      await limitInKernel(host),
      (await get(host, "http://127.0.0.1:9292/")).slice(0, 5),
    ];
    expect(await onEach(at.hosts, back)).toEqual(all(at.hosts, ["infinity", limit("max"), "hello"]));
  });
});
