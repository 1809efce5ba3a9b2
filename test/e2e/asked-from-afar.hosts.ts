/** What somebody asks for from where the stack is: by the command line. */
import { join } from "node:path";
import { Bind, Drift } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { changesOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { Call, called, type Ended } from "./commands";
import { eventually, everywhere, invocation, oneOfEach, says } from "./hosts";
import { overlapping, toldBy } from "./asked-service";
import { setUpHosts } from "./set-up";

const at = setUpHosts(oneOfEach(["trixie"]), { prepare: ({ workspace }) => workspace.apply(web("twice")) });

const host = (): FleetHost => at.hosts[0] as FleetHost;

const web = overlapping(at);
const asked = (command: string): Promise<string> => toldBy(host(), command);

test("the host says how it is, by who logs in", async () => {
  const { code, out, err } = await called(at.workspace, "status", "--json", "--timeout", "60");
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toEqual([
    expect.objectContaining({
      ...{ stack: "blog", service: "web", host: "trixie", state: "active", serves: true, restarts: 0 },
      ...{
        since: expect.stringMatching(/^\d{4}-/),
        lastRun: expect.objectContaining({ by: expect.any(String) }),
      },
      ...{ threads: { busy: 0, max: expect.any(Number) }, backlog: 0, remarks: [] },
    }),
  ]);
});

test("it is restarted, and its journal read", async () => {
  const { code, out } = await called(at.workspace, "restart");
  expect([code, out]).toEqual([0, expect.stringMatching(/\ntrixie \| done: web.socket web.service\n$/)]);
  const logs = await called(at.workspace, "logs", "-n", "200");
  expect(logs.code).toBe(0);
  expect(logs.out).toMatch(
    /^trixie \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ cdktf-puma\[\d+\]: .*asked for by ops/m,
  );
});

test("what is followed ends with it, there too", async () => {
  const followed = Call.start(at.workspace, ["logs", "-f"]);
  const running = (): Promise<string> => says(host(), "pgrep -x journalctl || :");
  await eventually("that it follows", async () => (await running()) !== "");
  followed.kill("SIGINT");
  expect((await followed.ended).code).toBe(130);
  await eventually("that it ends", async () => (await running()) === "");
});

const left = (): Promise<string> =>
  says(
    host(),
    "ls -d /run/systemd/*/*cdktf-puma-web:run-* 2>/dev/null || echo none; systemctl list-units --all --no-legend '*:run-*'",
  );

test("a lock holds back what would change the service, and nothing else", async () => {
  const before = await invocation(host(), "web.service");
  const why = 'it\'s $HOME, "now"';
  expect(await called(at.workspace, "lock", "--by", "anna", "-m", why)).toMatchObject({ code: 0, err: "" });
  const words =
    /nothing was touched, as web is locked here by anna, as ops from \S+ since \S+ \S+: it's \$HOME, "now"/;
  expect(await asked("cdktf-puma restart web")).toMatch(words);
  expect(await at.workspace.applyInVain(web("thrice"))).toMatch(words);
  expect(await asked("cdktf-puma status web")).toMatch(/\nlocked by anna, as ops from [^]*\n0$/);
  expect(await says(host(), "stat -c '%a %U' /var/lib/cdktf-puma/web/locked")).toBe("600 root");
  expect(await invocation(host(), "web.service")).toBe(before);
  expect((await called(at.workspace, "unlock")).out).toMatch(
    /^web on trixie: unlocked: it was locked by anna/,
  );
});

test("the doctor says all that a host lacks, and changes nothing", async () => {
  const state = (): Promise<string> =>
    says(host(), "find /etc/systemd/system /var/lib/cdktf-puma -type f -exec sha256sum {} + | sort");
  const [before, started] = [await state(), await invocation(host(), "web.service")];
  await at.workspace.synth(web("four times"));
  expect(await called(at.workspace, "doctor")).toMatchObject({
    code: 0,
    out: expect.stringMatching(
      /^web on trixie: ready\n {2}web.service: would be installed\n[^]* behind a stand-in: /,
    ) as string,
  });
  await at.workspace.synth((stack) =>
    everywhere(stack, at.hosts, "web", { user: "nobodys", binds: [Bind.tcp(22)], alarm: "page.service" }),
  );
  const { code, out } = await called(at.workspace, "doctor");
  expect([code, out]).toEqual([3, expect.stringMatching(/^web on trixie: not ready\n( {2}- .*\n){3,}$/)]);
  for (const words of ["nobodys", "0.0.0.0:22 is taken by", "page.service"]) expect(out).toContain(words);
  expect([await state(), await invocation(host(), "web.service")]).toEqual([before, started]);
  await at.workspace.synth(web("twice"));
});

test("a command runs as the service, with its words and its status, and leaves nothing", async () => {
  const words = ["", "$HOME ${HOME}", "%n %i", "'\"\\\\x41", "x\ny\t;", "é"];
  const script = 'id -un; pwd; echo "$EDITED"; cat; printf "<%s>" "$@"; echo err >&2; exit 7';
  const call = Call.start(at.workspace, ["run", "--", "sh", "-c", script, "sh", ...words]);
  call.type("typed\n");
  call.close();
  expect(await call.ended).toEqual({
    code: 7,
    out: `deploy\n/srv/app/releases/1\ntwice\ntyped\n${words.map((word) => `<${word}>`).join("")}`,
    err: "err\n",
  });
  expect(await left()).toBe("none");
});

test("it has a terminal in one, and Ctrl-C goes there", async () => {
  const script = "trap 'stty size; exit 9' INT; tty >/dev/null && echo ready; while :; do sleep 0.1; done";
  const call = Call.start(at.workspace, ["run", "--", "sh", "-c", script], true);
  await call.says("ready");
  call.type("\u0003");
  expect(await call.ended).toMatchObject({ code: 9, out: expect.stringContaining("33 99\r\n") as string });
  expect(await left()).toBe("none");
});

test("it ends with who asked for it", async () => {
  const call = Call.start(at.workspace, ["run", "--", "sh", "-c", "echo ready; exec sleep 1000"]);
  await call.says("ready");
  expect(await left()).not.toBe("none");
  call.kill("SIGTERM");
  expect((await call.ended).code).toBe(143);
  await eventually("that nothing is left", async () => (await left()) === "none");
});

test("what is edited by hand stands in the plan, which mends it once", async () => {
  const file = join(at.workspace.folder, "cdktf-puma.drift.json");
  const seen: Build = (stack) => {
    Drift.of(stack).read(file);
    web("twice")(stack);
  };
  const changes = async (): Promise<string[]> =>
    changesOf(await at.workspace.plan(seen)).map(({ address }) => address);
  const look = (): Promise<Ended> => called(at.workspace, "drift", "--write", file);
  const unit = "/etc/systemd/system/web.service";
  const before = await says(host(), `cat ${unit}`);
  await at.workspace.apply(seen);
  expect([(await look()).code, await changes()]).toEqual([0, []]);
  await host().exec(
    `printf 'Nice=5\\n' | sudo sed -i '/^.Service.$/r /dev/stdin' ${unit}; sudo systemctl stop web.socket web`,
  );
  expect(await look()).toMatchObject({ code: 3 });
  expect(await changes()).toEqual(["null_resource.puma_web_on_trixie"]);
  expect(await at.workspace.apply(seen)).toContain(
    "web.service: was edited on the host; a copy of it is kept",
  );
  expect(await says(host(), `cat ${unit}; systemctl is-active web.socket`)).toBe(`${before}\nactive`);
  expect([await look(), await changes()]).toEqual([expect.objectContaining({ code: 0 }), []]);
});
