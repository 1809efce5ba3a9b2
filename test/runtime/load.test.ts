/** What an engine sends for a removal, which starts what an installation has kept on the host. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runScript } from "../../lib/deploy/run-script";
import { launchScript } from "../../lib/runtime/parts";
import { type Result } from "../../lab/fleet/run";
import { NO_SUDO } from "./launcher";
import { folderOf, moved, part, sh, type Shell, SHELLS, stubs } from "./shell";

const [STATE, HOME_STATE] = ["var/lib/cdktf-puma/web", ".local/state/cdktf-puma"];

const OPS = { id: "case $1 in -u) echo 7 ;; -un) echo ops ;; esac" };
const SUDO = 'echo "sudo $2 $3" >>"$LOG"; shift; exec "$@"';
/** Runs what it is given, as systemd-run does. */
const WITHIN = `case $* in *'\${'*) exit 9 ;; esac; echo "systemd-run $*" >>"$LOG"; while [ "$1" != /bin/sh ]; do shift; done; exec "$@"`;
const BUSY = "echo 'Failed to start transient service unit: Unit x.service already exists.' >&2; exit 1";

/** Starts a removal on a host, as the engine does. */
async function load(
  shell: Shell,
  files: Record<string, string>,
  options: {
    become?: string;
    commands?: Record<string, string>;
    action?: string;
  } = {},
): Promise<Result & { log: string; root: string }> {
  const root = folderOf({ "var/lib/x": "", "run/systemd/system/x": "", log: "" });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), moved(text, root));
  }
  const LOG = join(root, "log");
  const script = [
    `set -eu -- a 192.0.2.1 ${options.become ?? "root"} '' 0 stdin`,
    `PUMA_SERVICE=web PUMA_ACTION=${options.action ?? "remove"} PUMA_LOCK_TIMEOUT=30 PUMA_RUN_TIMEOUT=60 PUMA_SETTINGS='' PUMA_SCRIPT='' PUMA_OWNER=blog/qa`,
    part("emptied"),
    part("load", root),
  ].join("\n");
  const before = stubs({ sudo: SUDO, "systemd-run": 'echo "systemd-run $*" >>"$LOG"', ...options.commands });
  const result = await sh(shell, script, {
    before,
    env: { LOG, FOLDER: join(root, STATE), HOME: root, XDG_RUNTIME_DIR: "" },
  });
  return { ...result, log: readFileSync(LOG, "utf8"), root };
}

describe.each(SHELLS)("under $name, a removal", (shell) => {
  const whole = (): Record<string, string> => ({ [`${STATE}/run.sh`]: runScript() });

  test("hands over to the launcher that is kept, and that to the script", async () => {
    const { code, stdout, log, root } = await load(shell, whole());
    expect([code, stdout]).toEqual([0, ""]);
    const args = `a 192.0.2.1 remove root  web blog/qa 30`;
    expect(log).toMatch(/^systemd-run --wait --pipe --collect --unit=cdktf-puma-web.service /);
    expect(log).toContain("--property=RuntimeMaxSec=90 ");
    expect(log).toContain("--description=cdktf-puma remove of web on a by root /bin/sh -c ");
    expect(log).toContain(` ${root}/${STATE}/run.sh ${args}\n`);
  });

  test("has its exit code", async () => {
    const commands = { "systemd-run": "echo so; exit 7" };
    expect(await load(shell, whole(), { commands })).toMatchObject({ code: 7, stdout: "so\n" });
  });

  const RUN = 'while [ "$1" != /bin/sh ]; do shift; done';

  test("starts that as it is", async () => {
    const launcher = `cat <<'END'\n${launchScript()}END\n`;
    const kept = `if [ "$*" = launcher ]; then\n${launcher}else\necho "$# $*"\nexit 7\nfi\n`;
    const commands = { "systemd-run": `${RUN}; exec "$@"` };
    const { code, stdout } = await load(shell, { [`${STATE}/run.sh`]: kept }, { commands });
    expect([code, stdout]).toEqual([7, "8 a 192.0.2.1 remove root  web blog/qa 30\n"]);
  });

  test.each([
    ["remove", 0],
    ["restart", 1],
  ])("whose turn to %s comes when another has taken all away says so", async (action, expected) => {
    const commands = { "systemd-run": `${RUN}; rm "$4"; exec "$@"` };
    const { code, stdout } = await load(shell, whole(), { commands, action });
    expect([code, stdout]).toEqual([expected, "nothing of web is here\n"]);
  });

  test("leaves what was handed over alone, and its secrets", async () => {
    const secret = `${STATE}/secrets/1/environment`;
    const files = { [`${STATE}/handed-over`]: "format=1\n", [secret]: "A=b\n" };
    const { code, stdout, root } = await load(shell, files);
    expect([code, stdout]).toEqual([0, "web was handed over: left alone\n"]);
    expect(readFileSync(join(root, secret), "utf8")).toBe("A=b\n");
  });

  test("becomes root by sudo to look, and to run", async () => {
    const { code, log } = await load(shell, whole(), { become: "sudo", commands: OPS });
    expect(code).toBe(0);
    expect(log).toMatch(/^sudo \/bin\/sh -c\nsudo systemd-run --wait\nsystemd-run /);
    const auto = await load(shell, whole(), { become: "auto", commands: OPS });
    expect(auto.log).toMatch(/^sudo \/bin\/sh -c\nsudo systemd-run --wait\nsystemd-run /);
    expect((await load(shell, whole(), { become: "auto" })).log).not.toContain("sudo");
  });

  test("that cannot become root says so, and takes nothing for gone", async () => {
    const commands = { ...OPS, sudo: NO_SUDO };
    expect(await load(shell, {}, { become: "sudo", commands })).toMatchObject({
      code: 1,
      stdout:
        "FAILED on a: ops cannot become root by sudo without a password: sudo: a password is required\n",
    });
  });

  test("has nothing to do where nothing is", async () => {
    const { code, stdout, log } = await load(shell, {});
    expect([code, stdout, log]).toEqual([0, "nothing of web is here\n", ""]);
  });

  test("takes away what came before an installation that never began, under the lock, and looks once more", async () => {
    const files = { [`${STATE}/secrets/1/environment`]: "", [`${STATE}/last`]: "", [`${STATE}/tasks`]: "" };
    const { code, stdout, log, root } = await load(shell, files, { commands: { "systemd-run": WITHIN } });
    expect([code, stdout, existsSync(join(root, STATE, ".."))]).toEqual([
      0,
      "nothing of web is here\n",
      false,
    ]);
    expect(log).toMatch(
      /^systemd-run --quiet --wait --pipe --collect --unit=cdktf-puma-web.service \/bin\/sh -c/,
    );
  });

  test("so it does by a user's own systemd", async () => {
    const commands = { "systemd-run": `echo "$XDG_RUNTIME_DIR" >>"$LOG"; ${WITHIN}` };
    const { log, root } = await load(shell, { [`${HOME_STATE}/web/last`]: "" }, { become: "user", commands });
    expect(existsSync(join(root, HOME_STATE))).toBe(false);
    expect(log).toMatch(/^\/run\/user\/\d+\nsystemd-run --user --quiet /);
  });

  test("waits for an apply that is bringing something, and then removes what that has installed", async () => {
    const files = { [`${STATE}/secrets/1/environment`]: "" };
    const begins = `if [ ! -s "$LOG" ]; then echo >>"$LOG"; ${BUSY}; fi
      echo "echo 'echo launched'" >"$FOLDER/run.sh"; ${WITHIN}`;
    const commands = { "systemd-run": begins, sleep: "exit 0" };
    const { code, stdout, root } = await load(shell, files, { commands });
    expect([code, stdout, existsSync(join(root, STATE, "secrets"))]).toEqual([0, "launched\n", true]);
  });

  test("tells why it cannot take that away, and waits no longer than it is told", async () => {
    const files = { [`${STATE}/last`]: "" };
    const broken = { "systemd-run": "echo 'rm: read-only' >&2; exit 1" };
    const told = await load(shell, files, { commands: broken });
    expect([told.code, told.stdout.replace(/\/\S*\/var/, "/var")]).toEqual([
      1,
      "FAILED on a: /var/lib/cdktf-puma/web cannot be removed: rm: read-only\n",
    ]);
    const { code, stdout, log } = await load(shell, files, {
      commands: { "systemd-run": BUSY, sleep: 'echo "sleep $*" >>"$LOG"' },
    });
    expect([code, stdout]).toEqual([1, expect.stringContaining("another run did not end within 30s: ")]);
    expect(log).toBe("sleep 1\n".repeat(30));
  });

  test.each(["record", "before/units"])("fails where an older version kept nothing: %s", async (file) => {
    expect(await load(shell, { [`${STATE}/${file}`]: "format=1\n" })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        "FAILED on a: an older version of cdktf-puma has installed web, and kept nothing",
      ),
    });
  });

  test("fails where what is kept cannot be run", async () => {
    const { code, stdout } = await load(shell, { [`${STATE}/run.sh`]: "exit 3\n" });
    expect([code, stdout.replace(/\/\S*\/var/, "/var")]).toEqual([
      1,
      "FAILED on a: what removes web is kept in /var/lib/cdktf-puma/web/run.sh, which cannot be read\n",
    ]);
  });
});
