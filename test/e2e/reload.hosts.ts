import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { all, eachDayOn, eventually, everywhere, get, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** How often each service is reloaded: Puma's own restart hung in three of five tries, and in all five without a socket. */
const TIMES = 5;

/** Those whose Puma replaces its workers one by one unless a file tells it otherwise. */
const phasing = (): FleetHost[] => at.hosts.filter(({ release }) => release !== "forky");

const socketOn = (stack: TerraformStack, host: FleetHost, port: number) => ({
  socket: new PumaSocket(stack, `socket-${port}-${host.name}`, { binds: [Bind.tcp(port)] }),
});

const at = setUpHosts(eachDayOn(["bookworm", "forky"]), {
  prepare: ({ hosts, workspace }) =>
    workspace.apply((stack) => {
      everywhere(stack, hosts, "web", (host) => socketOn(stack, host, 9292));
      everywhere(stack, hosts, "cluster", (host) => ({
        ...socketOn(stack, host, 9293),
        ...{ workers: 2, configFile: false },
      }));
      everywhere(stack, hosts, "alone", { binds: [Bind.tcp(9294)] });
    }),
});

const mainOf = (host: FleetHost, unit: string): Promise<string> =>
  property(host, `${unit}.service`, "MainPID");

const masterOf = (host: FleetHost): Promise<string> => mainOf(host, "cluster");

const workersOf = async (host: FleetHost): Promise<string[]> => {
  const pid = await masterOf(host);
  return (await says(host, `cat /proc/${pid}/task/${pid}/children`)).trim().split(" ");
};

/** What clients got meanwhile, as "status exit-code", each kind once. */
const underLoad = (unit: string, port: number, work: string): string => `
  systemd-run --quiet --unit=load-${unit} --collect sh -c '
    while sleep 0.1; do
      curl -s -o /dev/null --max-time 20 -w "%{http_code} " http://127.0.0.1:${port}/; echo $$?
    done >/run/load-${unit}.log'
  ${work}
  systemctl stop load-${unit}
  grep ' [0-9]' /run/load-${unit}.log | sort -u`;

/** Several reloads, each until another process answers. */
const reloads = (unit: string, port: number): string => `
  ask() { curl -s --max-time 20 http://127.0.0.1:${port}/pid; }
  for round in $(seq ${TIMES}); do
    before=$(ask)
    systemctl reload ${unit} || echo "reload $?"
    for try in $(seq 200); do [ "$(ask)" = "$before" ] || break; sleep 0.1; done
    [ "$(ask)" != "$before" ] || echo "still $before"
  done`;

test("with a socket it is a hot restart: no request is lost, no stop hangs, and systemd counts no restart", async () => {
  const before = await onEach(at.hosts, (host) => mainOf(host, "web"));
  expect(await onEach(at.hosts, (host) => says(host, underLoad("web", 9292, reloads("web", 9292))))).toEqual(
    all(at.hosts, "200 0"),
  );
  const after = await onEach(at.hosts, (host) => mainOf(host, "web"));
  for (const { name } of at.hosts) expect(after[name]).not.toBe(before[name]);
  expect(await onEach(at.hosts, (host) => property(host, "web.service", "NRestarts"))).toEqual(
    all(at.hosts, "0"),
  );
}, 600_000);

test("workers are replaced one by one where nothing lets Puma preload", async () => {
  const [before, workers] = [await onEach(phasing(), masterOf), await onEach(phasing(), workersOf)];
  const said = await onEach(phasing(), (host) =>
    says(host, underLoad("cluster", 9293, "systemctl reload cluster; sleep 3")),
  );
  expect(said).toEqual(all(phasing(), "200 0"));
  for (const host of phasing()) {
    const old = workers[host.name] ?? [];
    expect(old).toHaveLength(2);
    await eventually("new workers", async () => (await workersOf(host)).every((pid) => !old.includes(pid)));
  }
  expect(await onEach(phasing(), masterOf)).toEqual(before);
}, 600_000);

test("without a socket there is none, and what runs goes on", async () => {
  const before = await onEach(at.hosts, (host) => mainOf(host, "alone"));
  const said = await onEach(at.hosts, (host) => says(host, "systemctl reload alone 2>&1"));
  for (const { name } of at.hosts) expect(said[name]).toContain("Job type reload is not applicable");
  expect(await onEach(at.hosts, (host) => mainOf(host, "alone"))).toEqual(before);
  expect(await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9294/"))).toEqual(
    await onEach(at.hosts, (host) => get(host, "http://127.0.0.1:9292/")),
  );
});
