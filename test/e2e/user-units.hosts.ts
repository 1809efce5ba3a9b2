import { type TerraformStack } from "cdktf";
import {
  Bind,
  Host,
  PumaService,
  type PumaServiceProps,
  PumaSocket,
  Restart,
  RestartOn,
  SshKey,
  Task,
} from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { answered, notOk } from "../../lab/load/report";
import { lostForNoReason } from "../faults/lost";
import { figures } from "../faults/deployed-service";
import { all, APP, eachDayOn, eventually, get, listeningInode, onEach, PUMA, says } from "./hosts";
import { setUpHosts } from "./set-up";

const PORT = 9292;

/** On bullseye a user's journal and its systemd tell less than later on; each day one release shows the rest. */
const at = setUpHosts(eachDayOn(["trixie"]), {
  prepare: async ({ hosts }) => {
    const config = `raise "broken here" if ENV["EDITED"] == "bad"\n`;
    await onEach(hosts, async (host) => {
      await host.write("/srv/app/current/config/puma.rb", config);
      await host.exec(LET_DEPLOY_IN);
    });
  },
});

/** The application's user logs in, and may not become root. */
const LET_DEPLOY_IN = `
  install -d -m 700 -o deploy -g deploy /home/deploy/.ssh
  install -m 600 -o deploy -g deploy /home/ops/.ssh/authorized_keys /home/deploy/.ssh/`;

const asDeploy = async (host: FleetHost, script: string): Promise<string> => {
  const command = `export XDG_RUNTIME_DIR=/run/user/$(id -u) HOME=/home/deploy; ${script}`;
  return (await host.exec(command, { user: "deploy", allowFailure: true })).stdout.trimEnd();
};

function userService(stack: TerraformStack, host: FleetHost, props: Partial<PumaServiceProps>): void {
  const { address, keyFile, hostKey, name, release } = host;
  const { workingDirectory, healthCheck } = APP;
  new PumaService(stack, `web-${name}`, {
    name: "web",
    scope: "user",
    hosts: [new Host(name, { address, user: "deploy", key: SshKey.file(keyFile), hostKey })],
    socket: props.socket ?? new PumaSocket(stack, `socket-${name}`, { binds: [Bind.tcp(PORT)] }),
    pumaVersion: PUMA[release],
    ...{ workingDirectory, healthCheck },
    ...props,
  });
}

const stackWith =
  (edited: string, props: (host: FleetHost) => Partial<PumaServiceProps> = () => ({})): Build =>
  (stack) => {
    for (const host of at.hosts)
      userService(stack, host, { environment: { EDITED: edited }, ...props(host) });
  };

/** Debian 11's Puma 4 loses requests in an overlap. */
const overlap = ({ release }: FleetHost): Partial<PumaServiceProps> => ({
  restart: release === "bullseye" ? Restart.hot() : Restart.overlap(),
});

const edited = (host: FleetHost): Promise<string> => get(host, `http://127.0.0.1:${PORT}/env?EDITED`);

const saidOn = (text: string, host: FleetHost): string =>
  outputOf(text, `null_resource.puma_web_on_${host.name}`);

test("without linger nothing is begun, and the remedy is named", async () => {
  const text = await at.workspace.applyInVain(stackWith("first"));
  for (const { name } of at.hosts) {
    expect(text).toContain(`FAILED on ${name}: nothing was changed, because of`);
    expect(text).toContain(
      "'sudo loginctl enable-linger deploy', or the same without sudo where polkit lets deploy",
    );
  }
  expect(await onEach(at.hosts, (host) => asDeploy(host, "ls -A ~/.config ~/.local 2>/dev/null"))).toEqual(
    all(at.hosts, ""),
  );
});

test("what root alone may do is a problem before anything is touched", async () => {
  await onEach(at.hosts, (host) => host.exec("systemd-run --quiet --wait loginctl enable-linger deploy"));
  const build: Build = (stack) => {
    for (const host of at.hosts) {
      const binds = [Bind.tcp(80), Bind.unix("/run/web/puma.sock")];
      userService(stack, host, { socket: new PumaSocket(stack, `low-${host.name}`, { binds }) });
    }
  };
  const text = await at.workspace.applyInVain(build);
  expect(text).toContain("deploy may not listen at port 80, which is one of root's");
  expect(text).toContain(
    "deploy may not write to /run, where systemd is to make the socket /run/web/puma.sock",
  );
});

test("a service is installed below the user's home, and serves as that user", async () => {
  await at.workspace.apply(stackWith("first"));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "first"));
  const owners =
    "pgrep -u root -f '^puma '; pgrep -u deploy -cf '^puma '; systemctl list-units --all --plain --no-legend 'web*'";
  expect(await onEach(at.hosts, (host) => says(host, owners))).toEqual(all(at.hosts, "1"));
  const enabled =
    "systemctl --user is-enabled web.socket web.service; cd ~/.config/systemd/user && find . -type l | sort";
  expect(await onEach(at.hosts, (host) => asDeploy(host, enabled))).toEqual(
    all(at.hosts, "enabled\nenabled\n./default.target.wants/web.service\n./sockets.target.wants/web.socket"),
  );
  expect(await at.workspace.apply(stackWith("first"))).toContain("No changes.");
});

test("a change restarts it behind its socket, and loses no new connection", async () => {
  const inodes = await onEach(at.hosts, (one) => listeningInode(one, PORT));
  const loads = await onEach(at.hosts, ({ address }) =>
    Load.start({ address, port: PORT, fresh: 2, keepAlive: 2, pause: 50 }),
  );
  const text = await at.workspace.apply(stackWith("second", overlap));
  await at.workspace.apply(stackWith("third", overlap));
  for (const one of at.hosts) {
    const report = await (loads[one.name] as Load).stop();
    const seen = figures(report);
    process.stderr.write(`user units, ${one.name}: ${seen}\n`);
    expect(answered(report)).toBeGreaterThan(100);
    expect([report.refused, lostForNoReason(one.release, report), notOk(report), seen]).toEqual([
      0,
      0,
      0,
      seen,
    ]);
    if (one.release !== "bullseye") {
      expect(saidOn(text, one)).toContain("the new version stands in while web.service is replaced");
    }
  }
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "third"));
  expect(await onEach(at.hosts, (one) => listeningInode(one, PORT))).toEqual(inodes);
});

test("a version that does not boot goes back, with its cause", async () => {
  const rehearsed = await at.workspace.applyInVain(stackWith("bad", overlap));
  const hot = await at.workspace.applyInVain(stackWith("bad"));
  for (const { name } of at.hosts) expect(rehearsed + hot).toContain(`FAILED on ${name}: `);
  expect(hot).toContain("broken here");
  expect(hot).toContain("web is back to what it was");
  expect(hot).toContain(
    "look further: systemctl --user status web.socket web.service; journalctl --user -u web.service",
  );
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "third"));
});

test("a reload takes up what came since", async () => {
  const pid = "systemctl --user show --property=MainPID --value web.service";
  const before = await onEach(at.hosts, (host) => asDeploy(host, pid));
  await onEach(at.hosts, (host) => asDeploy(host, "systemctl --user reload web.service"));
  const isAnother = async (host: FleetHost): Promise<boolean> =>
    ![before[host.name], "0"].includes(await asDeploy(host, pid)) && (await edited(host)) === "third";
  for (const host of at.hosts) await eventually("a restart by the reload", () => isAnother(host));
});

test("tasks run in that user's systemd, and what fails of them changes nothing", async () => {
  const told = 'echo "$0 as $(id -un) in $(tail -n 1 /proc/self/cgroup)" >>/home/deploy/told';
  const sh = (name: string, script = told): string[] => ["/bin/sh", "-c", script, name];
  const tasks = (script?: string): Task[] => [
    Task.once(sh("once", script)),
    Task.eachHost({ before: sh("before"), after: sh("after") }),
  ];
  const failed = "echo told by the task; exit 3";
  const text = await at.workspace.applyInVain(
    stackWith("fourth", () => ({ tasks: tasks(failed), release: "4" })),
  );
  expect(text).toContain("failed with exit status 3");
  expect(text).toContain("look further: journalctl --user -u cdktf-puma-web:task.service");
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "third"));
  const restartOn = [RestartOn.releaseLink()];
  await at.workspace.apply(stackWith("fourth", () => ({ tasks: tasks(), release: "4", restartOn })));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "fourth"));
  for (const host of at.hosts) {
    const lines = (await asDeploy(host, "cat ~/told")).split("\n");
    expect(lines.map((line) => line.replace(/ in .*\/(?=[^/]*$)/, " in "))).toEqual([
      "once as deploy in cdktf-puma-web:task.service",
      "before as deploy in cdktf-puma-web:asked.service",
      "after as deploy in cdktf-puma-web:asked.service",
    ]);
  }
});

test("what is kept restarts it, and tells how it is, as somebody asks on the host", async () => {
  const script = "sh ~/.local/state/cdktf-puma/web/run.sh";
  for (const host of at.hosts) {
    expect(await asDeploy(host, `${script} restart web 2>&1; echo $?`)).toMatch(
      /\nrestarting web.service: asked for by deploy\n[^]*\ndone: web.socket web.service\n0$/,
    );
    expect(await asDeploy(host, `${script} status web 2>&1; echo $?`)).toMatch(
      /^web.socket is active \(running\)\nweb.service is active \(running\) since [^]*\nasked now, [^\n]* is healthy [^]*\nrelease 4, [^]*\n0$/,
    );
    expect(await asDeploy(host, "stat -c %a ~/.local/state/cdktf-puma/web/settings")).toBe("600");
  }
});

test("a link that is moved restarts it", async () => {
  await onEach(at.hosts, (host) =>
    host.exec(
      "cd /srv/app && cp -a releases/1 releases/2 && echo 2 >releases/2/VERSION && ln -sfn releases/2 current",
    ),
  );
  for (const host of at.hosts)
    await eventually("the new release", async () =>
      (await get(host, `http://127.0.0.1:${PORT}/`)).includes("version 2"),
    );
  await eventually(
    "its end",
    async () =>
      (await onEach(at.hosts, (host) => asDeploy(host, "cat ~/.local/state/cdktf-puma/web/last")))[
        at.hosts[0]?.name ?? ""
      ]?.includes("by the release link: asked for by the release link; from") ?? false,
  );
});

test("it is there again when the machine has booted, before anybody logs in", async () => {
  await Promise.all(at.hosts.map((host) => host.reboot()));
  for (const host of at.hosts) await eventually("an answer", async () => (await edited(host)) === "fourth");
});

test("one that is stopped stays stopped, and one that is handed over goes on as nobody's", async () => {
  await at.workspace.apply(stackWith("fourth", () => ({ ensure: "stopped", retain: true })));
  const state = "systemctl --user is-active web.socket web.service; systemctl --user is-enabled web.service";
  expect(await onEach(at.hosts, (host) => asDeploy(host, state))).toEqual(
    all(at.hosts, "inactive\ninactive\ndisabled"),
  );
  await at.workspace.apply(stackWith("fourth", () => ({ retain: true })));
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "fourth"));
  await at.workspace.destroy();
  expect(await onEach(at.hosts, edited)).toEqual(all(at.hosts, "fourth"));
  expect(
    await onEach(at.hosts, (host) => asDeploy(host, "ls ~/.local/state/cdktf-puma/web/handed-over")),
  ).toEqual(all(at.hosts, "/home/deploy/.local/state/cdktf-puma/web/handed-over"));
  await at.workspace.apply(stackWith("fourth", () => ({ takeOver: true })));
});

test("is destroyed, and leaves nothing", async () => {
  await at.workspace.destroy();
  const traces = `
    systemctl --user list-units --all --plain --no-legend 'web*' 'cdktf-puma*'
    find ~/.config ~/.local $XDG_RUNTIME_DIR \\( -name 'web*' -o -name '*cdktf-puma*' \\) 2>/dev/null
    pgrep -u deploy -af '^puma '`;
  expect(await onEach(at.hosts, (host) => asDeploy(host, traces))).toEqual(all(at.hosts, ""));
});
