/** What a reload does, with stand-ins for systemd: see test/e2e/reload.hosts.ts for the real one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { reloadScript } from "../../lib/runtime/parts";
import { folderOf, sh, SHELLS, stubs } from "./shell";

/** No function of dash has a hyphen in its name. */
const SCRIPT = reloadScript().replace("systemd-run", "systemd_run");

describe.each(SHELLS)("under $name", (shell) => {
  /** A reload on a host whose commands are functions, and the lines that they wrote down. */
  async function reload(
    args: string[],
    commands: string,
  ): Promise<{ code: number; stderr: string; log: string }> {
    const log = join(folderOf({ log: "" }), "log");
    const script = `log() { echo "$*" >>${log}; }\n${commands}\n${SCRIPT}`;
    const { code, stderr } = await sh(shell, script, { args: ["web", ...args] });
    return { code, stderr, log: readFileSync(log, "utf8") };
  }

  test("it is left to a unit that begins once the reload has ended", async () => {
    const { code, log } = await reload([], 'systemd_run() { log "$@"; }');
    expect(code).toBe(0);
    expect(log).toMatch(
      /^--quiet --collect --no-block --unit=cdktf-puma-web:reload --property=After=web\.service \/bin\/sh \S+ web later\n$/,
    );
  });

  test.each([
    ["Failed to start transient service unit: Unit cdktf-puma-web:reload.service already exists.", 0],
    [
      "Failed to start transient service unit: Unit cdktf-puma-web:reload.service was already loaded or has a fragment file.",
      0,
    ],
    ["Failed to connect to bus", 1],
  ])("one that waits is enough, and nothing else is taken for it: %s", async (words, ended) => {
    const { code, stderr } = await reload([], `systemd_run() { echo "${words}" >&2; return 1; }`);
    expect([code, stderr]).toEqual([ended, ended === 0 ? "" : `${words}\n`]);
  });

  test("the restart waits for a run that is under way, and for what that goes back with", async () => {
    const states = join(folderOf({ states: "active deactivating inactive" }), "states");
    const commands = `sleep() { log sleep; }
      systemctl() {
        case $1 in
          show) read -r state rest <${states}; echo "$rest" >${states}; echo "$state"; log "$4 is $state" ;;
          *) log "$@" ;;
        esac
      }`;
    expect((await reload(["later"], commands)).log.split("\n")).toEqual([
      "-- is active",
      "sleep",
      "-- is deactivating",
      "sleep",
      "-- is inactive",
      "try-restart --no-block -- web.service",
      "",
    ]);
  });

  test("root runs no command of the service's own PATH", async () => {
    const log = join(folderOf({ log: "" }), "log");
    const before = stubs({ "systemd-run": `echo "$*" >>${log}` });
    await sh(shell, reloadScript(), { args: ["web"], before });
    expect(readFileSync(log, "utf8")).toBe("");
  });
});
