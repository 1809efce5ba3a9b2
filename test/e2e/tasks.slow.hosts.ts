/** What runs once for a release: on one host, before any of them changes. */
import {
  Bind,
  Connection,
  Duration,
  type Host,
  ManagedFile,
  PumaService,
  type PumaServiceProps,
  Task,
} from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { changesOf, outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { APP, declared, eventually, invocation, onEach, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** Tells whose it is, waits while it is held, fails where it is told to, and notes that it ran. */
const SCRIPT = `#!/bin/sh
echo "$1: $(id -un) in $PWD has $SECRET and $(ulimit -n), $(grep -c 'NoNewPrivs:.1' /proc/self/status)"
while [ -e /srv/hold ]; do sleep 0.1; done
if [ -e /srv/bad ]; then echo "no table of that name" >&2; exit 3; fi
printf 'red \\033[31m\\n'
echo "$1 $EDITED" >>/var/tmp/tasks
echo "by $VARIABLE and $(cat /etc/blog/tuning.yml)"
`;

const TASK = "cdktf-puma-web:task.service";

const at = setUpHosts(
  [
    { name: "a", release: "trixie" },
    { name: "b", release: "bullseye" },
  ],
  {
    prepare: ({ hosts }) =>
      onEach(hosts, async (host) => {
        await host.exec("mkdir -p /srv/app/current/bin && echo SECRET=s3cret >/etc/web.env");
        await host.write("/srv/app/current/bin/task", SCRIPT);
        await host.write("/srv/app/current/config/puma.rb", 'abort "bad" if ENV["BAD"]\n');
        await host.exec("chmod 755 /srv/app/current/bin/task; chmod 600 /etc/web.env");
      }),
  },
);

const declaredHosts = (): Host[] => [
  declared(at.fleet.host("a")),
  declared(at.fleet.host("b"), { connection: Connection.openssh() }),
];

const stackWith =
  (release: string, tasks: (hosts: Host[]) => Task[], props: Partial<PumaServiceProps> = {}): Build =>
  (stack) => {
    const hosts = declaredHosts();
    new PumaService(stack, "web", {
      ...{ ...APP, hosts, release, tasks: tasks(hosts), binds: [Bind.tcp(9292)] },
      environment: { EDITED: release },
      environmentFiles: ["/etc/web.env"],
      // The journal would drop all lines but the first.
      directives: {
        Service: {
          ...{ LimitNOFILE: 4321, NoNewPrivileges: true },
          ...{ LogLevelMax: "notice", LogRateLimitIntervalSec: "1h", LogRateLimitBurst: 1 },
        },
      },
      files: [
        ManagedFile.environment({ VARIABLE: release }),
        ManagedFile.file("/etc/blog/tuning.yml", { content: `cache: ${release}` }),
      ],
      ...props,
    });
  };

const migrate = (): Task => Task.once(["bin/task", "first"]);
const onB = (hosts: Host[]): Task => Task.once(["bin/task", "second"], { host: hosts[1] });
const both = (hosts: Host[]): Task[] => [migrate(), onB(hosts)];

const a = (): FleetHost => at.fleet.host("a");
const ran = (host: FleetHost): Promise<string> => says(host, "cat /var/tmp/tasks");
const saidBy = (said: string, name: string): string => outputOf(said, `null_resource.puma_web_${name}`);
const FIRST = "task_bin_task_first";
const SECOND = "task_bin_task_second";

test("each task runs as the service's own on its host, one after the other, and then the hosts change", async () => {
  const said = await at.workspace.apply(stackWith("1", both));
  const shown = (name: string): string => `| ${name}: deploy in /srv/app/releases/1 has s3cret and 4321, 1`;
  expect(saidBy(said, FIRST)).toContain(`running the task bin/task first for release 1\n${shown("first")}\n`);
  expect(saidBy(said, SECOND)).toContain(
    `${shown("second")}\n| red ?[31m\n| by 1 and cache: 1\ndone: the task bin/task second`,
  );
  const ends = [`${FIRST}: Creation complete`, `${SECOND}: Creating`, `${SECOND}: Creation complete`];
  const places = [...ends, "web_on_a: Creating", "web_on_b: Creating"].map((text) => said.indexOf(text));
  expect(places.every((place) => place > 0)).toBe(true);
  expect([...places].sort((one, other) => one - other).slice(0, 3)).toEqual(places.slice(0, 3));
  expect(await onEach(at.hosts, ran)).toEqual({ a: "first 1", b: "second 1" });
  expect(await says(a(), `journalctl -u ${TASK}`)).toContain("first: deploy in");
  expect(changesOf(await at.workspace.plan(stackWith("1", both)))).toEqual([]);
});

test("what a change of a unit alone touches are the hosts", async () => {
  const props = { environment: { EDITED: "1", MORE: "1" } };
  const changes = changesOf(await at.workspace.plan(stackWith("1", both, props)));
  expect(changes.map(({ address }) => address)).not.toContainEqual(expect.stringContaining("_task_"));
});

test("one that fails changes no host, and says why", async () => {
  const before = await onEach(at.hosts, (host) => invocation(host, "web.service"));
  await a().exec("touch /srv/bad");
  const said = await at.workspace.applyInVain(stackWith("2", both));
  expect(saidBy(said, FIRST)).toContain(
    "FAILED on a: the task bin/task first failed with exit status 3: " +
      "first: deploy in /srv/app/releases/1 has s3cret and 4321, 1; no table of that name\n  no host was changed\n",
  );
  expect(await onEach(at.hosts, (host) => invocation(host, "web.service"))).toEqual(before);
  expect(await onEach(at.hosts, ran)).toEqual({ a: "first 1", b: "second 1" });
  await a().exec("rm /srv/bad");
});

test("one that failed runs again, and once it has succeeded before a bad version, it does not run again for the same release, whatever the engine knows", async () => {
  const bad = stackWith("2", both, { environment: { EDITED: "2", BAD: "1" } });
  const failed = await at.workspace.applyInVain(bad);
  expect(saidBy(failed, "on_a")).toContain("web is back to what it was");
  const next = changesOf(await at.workspace.plan(bad)).filter((change) => !("deposed" in change));
  expect(next.map(({ address }) => address).filter((address) => address.includes("_task_"))).toEqual([]);
  const replace = [`-replace=null_resource.puma_web_${SECOND}`];
  const replaced = await at.workspace.apply(stackWith("2", both), replace);
  expect(saidBy(replaced, SECOND)).toContain(
    "the task bin/task second has succeeded for release 2 before: it does not run again",
  );
  expect(await onEach(at.hosts, ran)).toEqual({
    a: "first 1\nfirst 2",
    b: "second 1\nsecond 2",
  });
});

test("one that is too slow fails by its name", async () => {
  const slow = Task.once(["sleep", "600"], { timeout: Duration.seconds(1) });
  const late = await at.workspace.applyInVain(stackWith("4", () => [slow]));
  expect(saidBy(late, "task_sleep_600")).toContain(
    "FAILED on a: the task sleep 600 did not end within 1s ('timeout')",
  );
});

test("what would keep the version from being installed is found before the task runs", async () => {
  const props = { workingDirectory: "/srv/none" };
  const said = await at.workspace.applyInVain(stackWith("4", both, props));
  expect(saidBy(said, FIRST)).toMatch(/FAILED on a: no task was run and no host was changed, because of/);
  expect(await ran(a())).toBe("first 1\nfirst 2");
});

const isTaskUp = async (): Promise<boolean> => (await property(a(), TASK, "ActiveState")) === "active";

test("one whose engine is killed goes on by itself, and the next apply waits for it and runs it no second time", async () => {
  await a().exec("touch /srv/hold");
  await at.workspace.synth(stackWith("5", both));
  const { engine, folder } = at.workspace;
  // Each 20 seconds the engine saves what it has begun, as if it were done: on a busy machine the task would be, as it is killed.
  const variables = { TF_STATE_PERSIST_INTERVAL: "3600" };
  const running = engine.start(folder, ["apply", "-auto-approve", "-lock=false"], variables);
  await eventually("the task is under way", isTaskUp);
  running.kill("SIGKILL");
  await running.ended;
  const next = at.workspace.apply(stackWith("5", both), ["-lock=false"]);
  const waits = async (): Promise<boolean> =>
    (await says(a(), `pgrep -u ${a().user} -fx '(.*/)?sleep 1'`)) !== "";
  await eventually("the next run waits", waits);
  expect(await isTaskUp()).toBe(true);
  await a().exec("rm /srv/hold");
  const said = await next;
  expect(saidBy(said, FIRST)).toMatch(/^waiting for another run to end: cdktf-puma task of web on a/m);
  expect(saidBy(said, FIRST)).toContain("has succeeded for release 5 before");
  expect(await ran(a())).toBe("first 1\nfirst 2\nfirst 5");
});

test("one whose run is killed on the host is waited for, and then runs once more", async () => {
  await a().exec("touch /srv/hold");
  const killed = at.workspace.applyInVain(stackWith("6", both));
  await eventually("the task is under way", isTaskUp);
  await a().exec("systemctl kill --signal=KILL cdktf-puma-web.service");
  await killed;
  let said = "";
  const { engine, folder } = at.workspace;
  const next = engine.apply(folder, [], { onLine: (line) => (said += `${line}\n`) });
  const waits = "a task of a run that was killed is still under way: waiting for its end\n";
  await eventually("the next run waits", async () => said.includes(waits));
  await a().exec("rm /srv/hold");
  await next;
  expect(saidBy(said, FIRST)).toContain(`${waits}running the task`);
  expect(await ran(a())).toBe("first 1\nfirst 2\nfirst 5\nfirst 6\nfirst 6");
});

test("around each change: as the service's user or as root, and a host whose way out fails is not changed", async () => {
  const told = "/var/tmp/told";
  await onEach(at.hosts, (host) =>
    host.write(
      "/usr/local/bin/lb",
      `#!/bin/sh\necho "$1 by $(id -un)\${VARIABLE:+ $VARIABLE}" >>${told}\n[ ! -e "/srv/no-$1" ]\n`,
    ),
  );
  await onEach(at.hosts, (host) =>
    host.exec(`chmod 755 /usr/local/bin/lb; touch ${told}; chmod 666 ${told}`),
  );
  const words = { before: ["/usr/local/bin/lb", "out"], after: ["/usr/local/bin/lb", "in"] };
  const task = (asRoot: boolean) => (): Task[] => [Task.eachHost({ ...words, asRoot })];
  const toldOn = (): Promise<string> => says(a(), `cat ${told}; ls /var/lib/cdktf-puma/web/out 2>/dev/null`);
  await at.workspace.apply(stackWith("7", task(false)));
  expect(await toldOn()).toBe("out by deploy 7\nin by deploy 7");

  const before = await invocation(a(), "web.service");
  await a().exec(`touch /srv/no-out; : >${told}`);
  const refused = await at.workspace.applyInVain(stackWith("8", task(true)));
  expect(saidBy(refused, "on_a")).toContain(
    "FAILED on a: what comes before the change ('tasks') failed with exit status 1\n  nothing was changed\n",
  );
  expect(await toldOn()).toBe("out by root\nin by root");
  expect(await invocation(a(), "web.service")).toBe(before);

  await a().exec(`rm /srv/no-out; touch /srv/no-in; : >${told}`);
  const late = await at.workspace.applyInVain(stackWith("8", task(true)));
  expect(saidBy(late, "on_a")).toContain("web is as it is to be, but may be out of the balancer");
  await a().exec(`rm /srv/no-in; : >${told}`);
  const mended = await at.workspace.apply(stackWith("8", task(true)));
  expect(saidBy(mended, "on_a")).toContain("nothing to do: web.service as they should be");
  expect(await toldOn()).toBe("in by root");

  await a().exec(`: >${told}`);
  await at.workspace.apply(stackWith("8", task(false), { ensure: "stopped" }));
  expect(await toldOn()).toBe("out by deploy 8\n/var/lib/cdktf-puma/web/out");
});

test("a removal leaves nothing of it", async () => {
  await at.workspace.destroy();
  const left = "ls -d /var/lib/cdktf-puma /run/cdktf-puma /run/systemd/system/cdktf-puma* 2>/dev/null";
  expect(await onEach(at.hosts, (host) => says(host, left))).toEqual({ a: "", b: "" });
});
