/** How many programs a run starts on a host: each costs some milliseconds, on every host, and 20 hosts may share a machine. */
import { Bind, HealthCheck, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { type Build } from "../../lab/engine/workspace";
import { eventually, everywhere, oneOfEach, says } from "./hosts";
import { setUpHosts } from "./set-up";

const COUNTED = "/run/counted";

/**
 * Stands for every program. It leaves its name where there is a file to leave it in, if it is a process of the run: one
 * of the launcher's session, or of the run's own unit. It starts no program itself.
 */
const STAND_IN = `#!/bin/sh
name=\${0##*/}
if [ -e ${COUNTED} ]; then
  while IFS= read -r group; do
    case $group in
      0::*/cdktf-puma-web.service) echo "run $name" >>${COUNTED} ;;
      0::*/session-*.scope) echo "launcher $name" >>${COUNTED} ;;
    esac
  done </proc/self/cgroup
fi
for folder in /usr/bin /usr/sbin /bin /sbin; do
  [ ! -x "$folder/$name" ] || exec "$folder/$name" "$@"
done
exit 127
`;

/** What the engine and sshd start in the launcher's session, and what Puma's own program is started by. */
const NOT_OURS = new Set([
  "launcher scp",
  "launcher chmod",
  "launcher run-parts",
  "launcher uname",
  "run ruby",
]);

async function installStandIns(host: FleetHost): Promise<void> {
  await host.write("/usr/local/lib/stand-in", STAND_IN, 0o755);
  await host.exec(`for program in /usr/bin/* /usr/sbin/* /bin/* /sbin/*; do
      name=\${program##*/}
      [ ! -x "$program" ] || [ -e "/usr/local/bin/$name" ] || ln -s /usr/local/lib/stand-in "/usr/local/bin/$name"
    done`);
}

/**
 * The programs that a run starts meanwhile, each as often as it is started, behind who starts it. Not what a launcher removes when
 * it has ended and the engine has emptied it: that comes two seconds later, which may be meanwhile, too.
 */
async function startedDuring(host: FleetHost, work: () => Promise<unknown>): Promise<string[]> {
  await eventually("the launcher of before has ended", async () => {
    return (await says(host, "pgrep -f 'cdktf-[p]uma-[0-9]+[.]sh' || echo none")) === "none";
  });
  await host.exec(`: >${COUNTED}; chmod 666 ${COUNTED}`);
  await work();
  const lines = (await says(host, `cat ${COUNTED}; rm ${COUNTED}`)).split("\n");
  const end = lines.lastIndexOf("launcher sleep");
  return lines.filter(
    (line, i) => line !== "" && !NOT_OURS.has(line) && !(end >= 0 && i > end && line === "launcher rm"),
  );
}

/** "4 programs of the run: 3 sed, 1 cat" */
function summary(started: readonly string[], by: string): string {
  const names = started.filter((line) => line.startsWith(`${by} `)).map((line) => line.slice(by.length + 1));
  const counts = [...new Set(names)].map(
    (name) => [names.filter((one) => one === name).length, name] as const,
  );
  const sorted = counts.sort(([m, a], [n, b]) => n - m || a.localeCompare(b));
  return `${names.length} of the ${by}: ${sorted.map((count) => count.join(" ")).join(", ")}`;
}

const at = setUpHosts(oneOfEach(["trixie"]), {
  prepare: async ({ hosts }) => {
    for (const host of hosts) await installStandIns(host);
  },
});

const web =
  (edited: string, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", {
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
      environment: { EDITED: edited },
      healthCheck: HealthCheck.answers({ settle: false }),
      ...props,
    });

/** How many programs an apply starts, and which, for who reads the output of the tests. */
async function programsOf(build: Build, args: string[] = []): Promise<[number, string]> {
  const host = at.hosts[0] as FleetHost;
  const started = await startedDuring(host, () => at.workspace.apply(build, args));
  const text = `${started.length} programs\n  ${summary(started, "launcher")}\n  ${summary(started, "run")}`;
  process.stderr.write(`${expect.getState().currentTestName}: ${text}\n`);
  return [started.length, text];
}

test("the counter counts what a run starts, and nothing else", async () => {
  const host = at.hosts[0] as FleetHost;
  const script =
    "cat /dev/null; sed -n p /dev/null; env cat /dev/null; : | wc -c >/dev/null; ruby -e 1; /usr/bin/id";
  const inUnit = (unit: string): string =>
    `/usr/bin/systemd-run --quiet --wait --unit=${unit} /bin/sh -c '${script}'`;
  const started = await startedDuring(host, () =>
    host.exec(`${inUnit("other")}; ${inUnit("cdktf-puma-web")}; cat /dev/null`),
  );
  expect(started).toEqual(["run cat", "run sed", "run env", "run cat", "run wc"]);
  expect(summary(started, "run")).toBe("5 of the run: 2 cat, 1 env, 1 sed, 1 wc");
});

test("without settle, a hot change starts few programs", async () => {
  await at.workspace.apply(web("once"));
  const [count, text] = await programsOf(web("twice"));
  expect([count <= 80, text]).toEqual([true, text]);
  expect(count).toBeGreaterThan(10);
});

test("without settle, so does a run that finds nothing to do", async () => {
  const [count, text] = await programsOf(web("twice"), ["-replace=null_resource.puma_web_on_trixie"]);
  expect([count <= 25, text]).toEqual([true, text]);
  expect(count).toBeGreaterThan(5);
});

test("without settle, so does an overlap, with its two more Pumas", async () => {
  const [count, text] = await programsOf(web("three times", { restart: Restart.overlap() }));
  expect([count <= 150, text]).toEqual([true, text]);
  expect(count).toBeGreaterThan(20);
});
