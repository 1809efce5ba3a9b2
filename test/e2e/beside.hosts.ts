/** What is run where the engine runs, around the change of a host that asks for it. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bind, Connection, PumaService, Task } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { outputOf } from "../../lab/engine/output";
import { type Build } from "../../lab/engine/workspace";
import { APP, declared, eventually, invocation, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

const at = setUpHosts([{ name: "a", release: "trixie" }], {
  prepare: ({ fleet }) =>
    fleet.host("a").write("/srv/app/current/config/puma.rb", 'abort "bad" if ENV["BAD"]\n'),
});
const a = (): FleetHost => at.fleet.host("a");

test("around each change where the engine runs: only where something is to do, and a host that was left out is put back in", async () => {
  const told = join(at.workspace.folder, "told");
  const lb = join(at.workspace.folder, "lb");
  const script = `#!/bin/sh\necho "$1 $2 $CDKTF_PUMA_HOST $CDKTF_PUMA_ADDRESS"
    echo "$1 $CDKTF_PUMA_HOST" >>${told}\nwhile [ -e ${told}-hold-$1 ]; do sleep 0.1; done\n[ ! -e ${told}-no-$1 ]\n`;
  await writeFile(lb, script, { mode: 0o755 });
  const words = (what: string): string[] => [lb, what, "it's $HOME"];
  const around = Task.eachHost({ before: words("out"), after: words("in"), where: "engine" });
  const stack =
    (edited: string, environment: Record<string, string> = {}): Build =>
    (stack) => {
      const hosts = at.hosts.map((host) => declared(host, { connection: Connection.openssh() }));
      const props = { ...APP, hosts, tasks: [around], binds: [Bind.tcp(9292)] };
      new PumaService(stack, "web", { ...props, environment: { EDITED: edited, ...environment } });
    };
  const toldBy = async (action: Promise<unknown>): Promise<string[]> => {
    await writeFile(told, "");
    await action;
    return (await readFile(told, "utf8")).split("\n").filter(Boolean).sort();
  };
  const isOut = (): Promise<string> => says(a(), "ls /var/lib/cdktf-puma/web/out 2>/dev/null");
  const OUT = "/var/lib/cdktf-puma/web/out";
  await at.workspace.apply(stack("9"));

  let said = "";
  const changed = at.workspace.apply(stack("10")).then((output) => (said = output));
  expect(await toldBy(changed)).toEqual(["in a", "out a"]);
  expect(outputOf(said, "null_resource.puma_web_on_a")).toContain(
    `| out it's $HOME a ${a().address}\nweb.service: installing\n`,
  );
  const replace = ["-replace=null_resource.puma_web_on_a"];
  expect(await toldBy(at.workspace.apply(stack("10"), replace))).toEqual([]);

  const bad = at.workspace.applyInVain(stack("11", { BAD: "1" }));
  expect(await toldBy(bad)).toEqual(["in a", "out a"]);
  expect(await isOut()).toBe("");

  const before = await invocation(a(), "web.service");
  await writeFile(`${told}-hold-out`, "");
  await writeFile(told, "");
  await at.workspace.synth(stack("12"));
  const { engine, folder } = at.workspace;
  const running = engine.start(folder, ["apply", "-auto-approve"]);
  await eventually("it is asked for", async () => (await readFile(told, "utf8")) === "out a\n");
  running.kill("SIGKILL");
  await running.ended;
  await rm(`${told}-hold-out`);
  const ended = async (): Promise<boolean> =>
    !(await property(a(), "cdktf-puma-web.service", "ActiveState")).startsWith("a");
  await eventually("the run on the host ends", ended);
  expect([await invocation(a(), "web.service"), await isOut()]).toEqual([before, OUT]);
  expect(await says(a(), "cat /var/lib/cdktf-puma/web/last")).toContain(
    "was not run, or nobody knows how it ended: the engine that applied is gone; nothing was changed",
  );
  // It was left out, and nothing else is to do.
  const mended = at.workspace.apply(stack("10"), ["-lock=false", ...replace]);
  expect(await toldBy(mended)).toEqual(["in a"]);
  expect(await isOut()).toBe("");
});
