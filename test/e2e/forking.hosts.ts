/** Puma 4 as a daemon, by the last form of its guide. Debian 11 alone has a Puma that can become one. */
import { Bind, Duration, type PumaServiceProps, PumaSocket, Restart } from "../../lib";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { eventually, everywhere, get, oneOfEach, property, says, traces } from "./hosts";
import { setUpHosts } from "./set-up";

const URL = "http://127.0.0.1:9292";
/** What a daemon meets when it is one already: nobody hears it. */
const LOADED = `raise "no database" if ENV["EDITED"] == "bad"`;

const at = setUpHosts(oneOfEach(["bullseye"]), {
  prepare: async ({ hosts: [host] }) => host?.exec(`sed -i '1i ${LOADED}' /srv/app/current/config.ru`),
});

const host = (): FleetHost => at.hosts[0] as FleetHost;

const web =
  (edited: string, props: Partial<PumaServiceProps> = {}): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", {
      daemon: true,
      binds: [Bind.tcp(9292)],
      environment: { EDITED: edited },
      ...props,
    });

/** Of what does not boot: nobody is told that a daemon ends, so that all of it is waited for. */
const startTimeout = Duration.seconds(12);

const edited = (): Promise<string> => get(host(), `${URL}/env?EDITED`);

const said = (output: string): string => outputOf(output, "null_resource.puma_web_on_bullseye");

/** The process that systemd knows, its title and its parent. */
const mainProcess = (): Promise<string> =>
  says(
    host(),
    `p=$(systemctl show -p MainPID --value web.service); cut -c-4 /proc/$p/cmdline; ps -o ppid= -p $p | tr -d ' '`,
  );

test("is applied, and systemd knows its process", async () => {
  await at.workspace.apply(web("once"));
  expect(await edited()).toBe("once");
  expect(await mainProcess()).toBe("puma\n1");
  expect(await property(host(), "web.service", "Type")).toBe("forking");
});

test("is edited, behind a rehearsal", async () => {
  const output = await at.workspace.apply(web("twice", { restart: Restart.hot({ rehearse: true }) }));
  expect(said(output)).toContain("rehearsing the new version");
  expect(await edited()).toBe("twice");
});

test("stops without being killed, and starts again", async () => {
  await host().exec("systemctl stop web.service");
  expect(await property(host(), "web.service", "Result")).toBe("success");
  expect(await says(host(), "pgrep -u deploy -a; ls -d /run/web")).toBe("");
  await host().exec("systemctl start web.service");
  expect(await edited()).toBe("twice");
});

test("is back after a kill -9, and after a reboot", async () => {
  await host().exec("kill -9 $(systemctl show -p MainPID --value web.service)");
  await eventually("an answer after a kill", async () => (await edited()) === "twice");
  expect(await property(host(), "web.service", "NRestarts")).toBe("1");
  await host().reboot();
  await eventually("an answer after a reboot", async () => (await edited()) === "twice");
  expect(await mainProcess()).toBe("puma\n1");
});

test("a version that does not boot is ended in time, and the one before comes back", async () => {
  const output = said(await at.workspace.applyInVain(web("bad", { startTimeout })));
  expect(output).toContain(
    "FAILED on bullseye: systemd could not start web.service, as it was not ready within 12s ('startTimeout'): what a daemon says of " +
      "that is in no journal: let it write a file (--redirect-stderr in 'args')\n  web is back to what it was",
  );
  expect(await edited()).toBe("twice");
});

test("where it writes a file, that tells why, in a rehearsal too", async () => {
  const args = ["--redirect-stderr", "/tmp/puma.err"];
  const restart = Restart.hot({ rehearse: true });
  const output = said(await at.workspace.applyInVain(web("bad", { args, restart, startTimeout })));
  expect(output).toMatch(
    /FAILED on bullseye: the new version did not start, .*: no database \(RuntimeError\)/,
  );
  expect(await edited()).toBe("twice");
});

test("behind a socket its workers are replaced one by one", async () => {
  const cluster =
    (release: string): Build =>
    (stack) =>
      everywhere(stack, at.hosts, "web", {
        daemon: true,
        socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
        workers: 2,
        configFile: false,
        restart: Restart.phased(),
        release,
      });
  await at.workspace.apply(cluster("1"));
  const before = await mainProcess();
  const output = said(await at.workspace.apply(cluster("2")));
  expect(output).toContain("phased restart of web.service");
  expect(await mainProcess()).toBe(before);
  expect(await get(host(), URL)).toContain("hello");
});

test("is destroyed, and leaves nothing", async () => {
  await at.workspace.destroy();
  await eventually("an end of all traces", async () => (await traces(host(), ["web"], [9292])).length === 0);
  expect(await says(host(), "ls -d /run/web")).toBe("");
});
