/** What somebody asks for on the host itself: by the command that an installation leaves there. */
import { type FleetHost } from "../../lab/fleet/fleet";
import { Load } from "../../lab/load/load";
import { called } from "./commands";
import { eventually, get, invocation, oneOfEach, property, says } from "./hosts";
import { overlapping, toldBy } from "./asked-service";
import { setUpHosts } from "./set-up";

const at = setUpHosts(oneOfEach(["trixie"]), { prepare: ({ workspace }) => workspace.apply(web("once")) });

const host = (): FleetHost => at.hosts[0] as FleetHost;

const web = overlapping(at);
const asked = (command: string): Promise<string> => toldBy(host(), command);

/** Moves the link to a release that is like the first, but for what is done in it. */
const release = (name: string, change: string): Promise<unknown> =>
  host().exec(
    `cd /srv/app/releases && cp -a 1 ${name} && cd ${name} && ${change} && ln -sfn releases/${name} ../../current`,
  );

const greeting = (): Promise<string> => get(host(), "http://127.0.0.1:9292/");

test("a restart takes up what the link leads to now, under load, and says so", async () => {
  await release("2", "echo 2 >VERSION");
  const load = await Load.start({ address: host().address, keepAlive: 0 });
  const said = await asked("cdktf-puma restart web");
  const { answers, refused, reset, timedOut, errors } = await load.stop();
  expect(said).toMatch(
    /\nrestarting web.service behind it: asked for by root\n[^]*\ndone: web.socket web.service\n0$/,
  );
  expect(Object.keys(answers).filter((answer) => !answer.startsWith("200 "))).toEqual([]);
  expect({ refused, reset, timedOut, errors }).toEqual({ refused: 0, reset: 0, timedOut: 0, errors: {} });
  expect(await says(host(), "grep ^path= /var/lib/cdktf-puma/web/record")).toBe("path=/srv/app/releases/2");
  expect(await says(host(), "cat /var/lib/cdktf-puma/web/last")).toContain(
    " by root: asked for by root; from ",
  );
});

test("one to a release that does not boot changes nothing, and says why", async () => {
  const before = await invocation(host(), "web.service");
  await release("3", "echo 'raise %q(no such release)' >config.ru");
  const said = await asked("sudo -u ops sudo cdktf-puma restart web");
  expect(said).toMatch(/no such release[^]*\nFAILED on trixie: [^]*nothing was changed[^]*\n1$/);
  expect(await invocation(host(), "web.service")).toBe(before);
  expect(await greeting()).toContain("hello");
  await host().exec("ln -sfn releases/2 /srv/app/current");
  expect(await asked("cdktf-puma status web")).toMatch(/last run: \S+ \S+ by ops: failed: /);
});

test("the status says what is there, and fails where nothing serves", async () => {
  await host().exec("echo '# by hand' >>/etc/systemd/system/web.service");
  expect(await asked("cdktf-puma status web")).toMatch(
    new RegExp(
      [
        String.raw`^web.socket is active \(running\)`,
        String.raw`web.service is active \(running\) since [-0-9]+ [:0-9]+`,
        String.raw`asked now, http://0.0.0.0:9292 is healthy \('healthCheck'\)`,
        String.raw`Puma 6.6.0: 0 of 5 threads busy, 0 requests wait for one(, \d+ MB)?`,
        String.raw`release \(none\), started in /srv/app/releases/2`,
        String.raw`deployed by root, [-0-9]+ [:0-9]+`,
        String.raw`/etc/systemd/system/web.service was edited on the host`,
        String.raw`last run: .*\n0$`,
      ].join("\n"),
    ),
  );
  await host().exec("systemctl stop web.socket web.service");
  expect(await asked("cdktf-puma status web")).toMatch(
    /^web.socket is inactive \(dead\)\nweb.service is inactive \(dead\)\n[^]*\n3$/,
  );
  expect(await asked("cdktf-puma facts web")).toMatch(/^service=web\nhost=trixie\nserves=no\n[^]*\n3$/);
  expect(await asked("cdktf-puma restart web")).toMatch(/\ndone: web.socket web.service\n0$/);
  expect(await property(host(), "web.socket", "ActiveState")).toBe("active");
});

test("an edit on the host stays one, for the next apply", async () => {
  expect(await asked("cdktf-puma status web")).toContain("web.service was edited on the host");
  expect(await called(at.workspace, "drift")).toMatchObject({
    code: 3,
    out: expect.stringMatching(/^web on trixie: web.service edited by hand, [-\d]+ [:\d]+\n$/) as string,
  });
  expect(await at.workspace.apply(web("twice"))).toContain(
    "web.service: was edited on the host; a copy of it is kept as",
  );
  expect(await asked("cdktf-puma status web")).not.toContain("edited");
  expect((await called(at.workspace, "drift")).out).toBe("web on trixie: as it was applied\n");
});

/** The version that answers, and what the installed unit says. */
const serving = async (): Promise<string> =>
  `${(await greeting()).replace(/.* /, "").trim()} ${await says(host(), "sed -n 's/^Environment=EDITED=//p' /etc/systemd/system/web.service")}`;

test("a rollback goes back to units and code at once, under load, wherever the link leads", async () => {
  await release("4", "echo 4 >VERSION");
  await at.workspace.apply(web("thrice"));
  expect(await serving()).toBe("4 thrice");
  await host().exec("rm /srv/app/current");
  const load = await Load.start({ address: host().address, keepAlive: 0 });
  const said = await asked("sudo -u ops sudo cdktf-puma rollback web");
  const { answers, refused, reset, timedOut, errors } = await load.stop();
  expect(said).toMatch(
    /^going back to the generation of [-0-9]+ [:0-9]+: release \(none\), code in \/srv\/app\/releases\/2\n[^]*\ndone: web.socket web.service\n0$/,
  );
  expect(Object.keys(answers).filter((answer) => !answer.startsWith("200 "))).toEqual([]);
  expect({ refused, reset, timedOut, errors }).toEqual({ refused: 0, reset: 0, timedOut: 0, errors: {} });
  expect(await serving()).toBe("2 twice");
  expect(await asked("cdktf-puma history web")).toMatch(
    /^\* \S+ \S+ rollback by ops: release \(none\), code in \/srv\/app\/releases\/2\n {2}\S+ \S+ apply by ops from \S+: release \(none\), code in \/srv\/app\/releases\/4\n/,
  );
});

test("one whose code is gone is refused, and nothing is changed", async () => {
  const before = await invocation(host(), "web.service");
  await host().exec(
    "cd /var/lib/cdktf-puma/web/generations && sed -i 's,^path=.*,path=/srv/app/releases/0,' */record",
  );
  expect(await asked("cdktf-puma rollback web")).toMatch(
    /^FAILED on trixie: the code of the generation of \S+ \S+ is gone from \/srv\/app\/releases\/0, so nothing was changed: [^\n]*\n1$/,
  );
  expect(await invocation(host(), "web.service")).toBe(before);
});

test("an apply after it says so, and brings what the stack says", async () => {
  await host().exec("ln -sfn releases/4 /srv/app/current");
  const said = await at.workspace.apply(web("thrice"), ["-replace=null_resource.puma_web_on_trixie"]);
  expect(said).toMatch(/ by ops: back to the generation of [^\n]*; from /);
  expect(said).toMatch(/since the last apply:\n[^\n]* rollback by ops: /);
  expect(await serving()).toBe("4 thrice");
});

test("a run that is cancelled puts back what was there", async () => {
  const before = await invocation(host(), "web.service");
  const run = asked("cdktf-puma restart web");
  await eventually(
    "that it has begun",
    async () => (await says(host(), "cat /run/cdktf-puma/web/step 2>/dev/null")) !== "",
  );
  expect(await asked("cdktf-puma cancel web")).toMatch(
    /^asking it to stop, [^\n]*: cdktf-puma restart of web on trixie by root\nit ended so: [^\n]*: failed: the run was cancelled by root, [^\n]*\n0$/,
  );
  expect(await run).toMatch(/\n1$/);
  expect(await invocation(host(), "web.service")).toBe(before);
  expect(await asked("cdktf-puma cancel web")).toBe(
    "no run is under way at web, so there is nothing to cancel\n3",
  );
});

test("what was cut off is put back first", async () => {
  const run = says(host(), "cdktf-puma restart web >/run/asked 2>&1; echo $?");
  await eventually(
    "that it has begun",
    async () => (await says(host(), "ls /var/lib/cdktf-puma/web/before 2>/dev/null || :")) !== "",
  );
  await host().exec("systemctl kill -s KILL --kill-whom=all cdktf-puma-web.service");
  expect(await run).not.toBe("0");
  expect(await asked("cdktf-puma restart web")).toMatch(
    /an earlier run was cut off in the middle: putting back what was there before it\n[^]*\ndone: web.socket web.service\n0$/,
  );
  expect(
    await says(
      host(),
      "ls -d /var/lib/cdktf-puma/web/before /run/systemd/system/web-* 2>/dev/null || echo none",
    ),
  ).toBe("none");
});

test("two at once go one after the other", async () => {
  const runs = says(
    host(),
    "cdktf-puma restart web >/run/one & cdktf-puma restart web >/run/two & wait; cat /run/one /run/two",
  );
  let during = "";
  await eventually("that one is under way", async () => {
    during = await asked("cdktf-puma status web");
    return during.includes("it is at: ");
  });
  const both = await runs;
  expect(both.match(/^done: web.socket web.service$/gm)).toHaveLength(2);
  expect(during).toMatch(
    /\na run is under way: cdktf-puma restart of web on trixie by root since [-0-9]+ [:0-9]+; it is at: /,
  );
  expect(both).toContain("waiting for another run to end: cdktf-puma restart of web on trixie by root");
});

test.each([
  ["", 2],
  ["restart", 2],
  ["restart web now", 2],
  ["'restart web'", 2],
  ["remove web", 2],
  ["restart ../web", 1],
  ["restart nothing", 1],
  ["restart --help", 1],
  ["rollback web 1795771430", 2],
])("takes nothing but a word and a service: '%s'", async (args, code) => {
  expect(await asked(`cdktf-puma ${args}`)).toMatch(new RegExp(`^(usage|cdktf-puma): [^]*\\n${code}$`));
});

test("takes root", async () => {
  expect(await asked("runuser -u ops -- cdktf-puma restart web")).toBe(
    "cdktf-puma: only root may: sudo cdktf-puma restart web\n1",
  );
  expect(
    await says(host(), "stat -c '%a %U' /usr/local/sbin/cdktf-puma /var/lib/cdktf-puma/web/settings"),
  ).toBe("755 root\n600 root");
});

test("goes with the last service, and so does what tells of it", async () => {
  expect(
    await says(host(), "stat -c '%a %U' /var/lib/cdktf-puma/README; grep status /var/lib/cdktf-puma/README"),
  ).toBe(
    "644 root\nHow one is              sudo cdktf-puma status NAME\nIs somebody at it       systemctl status 'cdktf-puma-*'",
  );
  await at.workspace.destroy();
  expect(
    await says(host(), "ls -d /usr/local/sbin/cdktf-puma /var/lib/cdktf-puma 2>/dev/null || echo none"),
  ).toBe("none");
});
