/** What is run where the engine runs, around the change of a host that asks for it. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bind, Connection, PumaService, Task } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { outputOf } from "../../lab/engine/output";
import { type EngineKind, type Running } from "../../lab/engine/engine";
import { type Build } from "../../lab/engine/workspace";
import { APP, declared, eachDay, eventually, invocation, property, says } from "./hosts";
import { setUpHosts } from "./set-up";

/** As long as this file is there, what takes the host out does not end. */
const HOLD = "hold-out";
const REPLACED = ["-replace=null_resource.puma_web_on_a"];

describe.each(eachDay<EngineKind[]>(["terraform"], ["terraform", "tofu"]))("by %s", (engine) => {
  const at = setUpHosts([{ name: "a", release: "trixie" }], {
    engine,
    prepare: async ({ fleet }) => {
      // What an application says asks for nothing.
      const asks = "\\u0001cdktf-puma asks before";
      const config = `warn "\\n${asks}"; abort "${asks}\\nbad" if ENV["BAD"]\n`;
      await fleet.host("a").write("/srv/app/current/config/puma.rb", config);
      const script = `#!/bin/sh\necho "$1 $2 $CDKTF_PUMA_HOST $CDKTF_PUMA_ADDRESS"
        echo "$1 $CDKTF_PUMA_HOST" >>${place("told")}\nwhile [ -e ${place("hold")}-$1 ]; do sleep 0.1; done\n`;
      await writeFile(place("lb"), script, { mode: 0o755 });
    },
  });
  const a = (): FleetHost => at.fleet.host("a");
  const place = (name: string): string => join(at.workspace.folder, name);

  const stack =
    (edited: string, environment: Record<string, string> = {}): Build =>
    (stack) => {
      const words = (what: string): string[] => [place("lb"), what, "it's $HOME"];
      const around = Task.eachHost({ before: words("out"), after: words("in"), where: "engine" });
      const hosts = at.hosts.map((host) => declared(host, { connection: Connection.openssh() }));
      const props = { ...APP, hosts, tasks: [around], binds: [Bind.tcp(9292)] };
      new PumaService(stack, "web", { ...props, environment: { EDITED: edited, ...environment } });
    };
  const told = async (): Promise<string[]> =>
    (await readFile(place("told"), "utf8")).split("\n").filter(Boolean).sort();
  const toldBy = async (action: Promise<unknown>): Promise<string[]> => {
    await writeFile(place("told"), "");
    await action;
    return told();
  };
  const OUT = "/var/lib/cdktf-puma/web/out";
  const isOut = (): Promise<string> => says(a(), `ls ${OUT} 2>/dev/null`);
  const start = (): Running =>
    at.workspace.engine.start(at.workspace.folder, ["apply", "-auto-approve", "-lock=false"]);

  /** What comes before the change goes on until it is let go. */
  async function hold(): Promise<void> {
    await writeFile(place(HOLD), "");
    await writeFile(place("told"), "");
  }

  const isAsked = (): Promise<void> =>
    eventually("it is asked for", async () => (await told()).join() === "out a");

  test("around each change where the engine runs, and only where something is to do", async () => {
    await at.workspace.apply(stack("9"));
    let said = "";
    const changed = at.workspace.apply(stack("10")).then((output) => (said = output));
    expect(await toldBy(changed)).toEqual(["in a", "out a"]);
    expect(outputOf(said, "null_resource.puma_web_on_a")).toContain(
      `| out it's $HOME a ${a().address}\nweb.service: installing\n`,
    );
    expect(await toldBy(at.workspace.apply(stack("10"), REPLACED))).toEqual([]);

    const bad = at.workspace.applyInVain(stack("11", { BAD: "1" }));
    expect(await toldBy(bad)).toEqual(["in a", "out a"]);
    expect(await bad).toContain("?cdktf-puma asks before");
    expect(await isOut()).toBe("");
  });

  const thorough = (name: string, run: () => Promise<void>): void => {
    if (eachDay(false, true)) test(name, run);
  };

  thorough("an engine that is killed leaves the host out, and the next apply puts it back in", async () => {
    const before = await invocation(a(), "web.service");
    await hold();
    await at.workspace.synth(stack("12"));
    const running = start();
    await isAsked();
    running.kill("SIGKILL");
    await running.ended;
    await rm(place(HOLD));
    const ended = async (): Promise<boolean> =>
      !(await property(a(), "cdktf-puma-web.service", "ActiveState")).startsWith("a");
    await eventually("the run on the host ends", ended);
    expect([await invocation(a(), "web.service"), await isOut()]).toEqual([before, OUT]);
    expect(await says(a(), "cat /var/lib/cdktf-puma/web/last")).toContain(
      "was not run, or nobody knows how it ended: the engine that applied is gone; nothing was changed",
    );
    // Nothing else is to do.
    const mended = at.workspace.apply(stack("10"), ["-lock=false", ...REPLACED]);
    expect(await toldBy(mended)).toEqual(["in a"]);
    expect(await isOut()).toBe("");
  });

  thorough("what runs is answered, though one that waits for its turn is gone", async () => {
    await hold();
    const first = at.workspace.apply(stack("13"), ["-lock=false"]);
    await isAsked();
    const another = start();
    const pauses = "pgrep -u ops -fx 'sleep 1'";
    await eventually("another waits", async () => (await says(a(), pauses)) !== "");
    another.kill("SIGKILL");
    await another.ended;
    const gone = "grep -lsx gone /run/cdktf-puma/web/answer*";
    await eventually("its end is known there", async () => (await says(a(), gone)) !== "");
    await rm(place(HOLD));
    await first;
    expect(await told()).toEqual(["in a", "out a"]);
  });
});
