import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../e2e/hosts";
import { busy, launch, NO_SUDO } from "./launcher";
import { SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test("hands the payload, its arguments and its output on", async () => {
    const { code, stdout, stderr, log } = await launch(shell);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("payload: a 192.0.2.1 apply root from 192.0.2.9 web api web site 600\n");
    expect(log).toContain(
      "systemd-run --wait --pipe --collect --unit=cdktf-puma-web.service --property=KillMode=mixed " +
        "--property=RuntimeMaxSec=2100 --property=TimeoutStopSec=2100 " +
        "--description=cdktf-puma apply of web on a by root from 192.0.2.9 /bin/sh -s -- a 192.0.2.1 apply",
    );
    expect(log).not.toContain("sudo");
  });

  test.each([
    ["ada, 3f2c1ab9", "ada, 3f2c1ab9 (root from 192.0.2.9)"],
    ["J\u00fcrgen's job", "J\u00fcrgen's job (root from 192.0.2.9)"],
    ["", "root from 192.0.2.9"],
    ["ada\nand a line", "uid 0"],
  ])("tells who deploys beside who logs in: %j", async (deployedBy, who) => {
    const { stdout, log } = await launch(shell, { deployedBy });
    expect(stdout).toBe(`payload: a 192.0.2.1 apply ${who} web api web site 600\n`);
    expect(log).toContain(`apply of web on a by ${who} /bin/sh`);
  });

  test("tells who by one line, whatever the environment says of the connection", async () => {
    const { stdout, log } = await launch(shell, { connection: "192.0.2.9\nby ops\u001b[2J 1 2" });
    expect(stdout).toBe("payload: a 192.0.2.1 apply uid 0 web api web site 600\n");
    expect(log).toContain("apply of web on a by uid 0 /bin/sh");
  });

  test("becomes root by sudo, never with a password, where it is told to", async () => {
    const { code, stdout, log } = await launch(shell, { become: "sudo" });
    expect([code, stdout]).toEqual([
      0,
      "payload: a 192.0.2.1 apply root from 192.0.2.9 web api web site 600\n",
    ]);
    expect(log).toMatch(/^sudo -n systemd-run /);
  });

  test("where nobody knew who logs in, it becomes root by sudo unless it is", async () => {
    const ops = { id: "case $1 in -u) echo 7 ;; -un) echo ops ;; esac" };
    expect((await launch(shell, { become: "auto", commands: ops })).log).toMatch(/^sudo -n systemd-run /);
    expect((await launch(shell, { become: "auto" })).log).toMatch(/^systemd-run /);
  });

  test("stands in no file where it is read from the standard input, of which the payload sees nothing", async () => {
    const { code, stdout, log } = await launch(shell, { stdin: true, mode: 0o777, payload: "cat; echo so" });
    expect([code, stdout]).toEqual([0, "so\n"]);
    expect(log).not.toContain("rm");
  });

  test("passes a payload of any bytes on", async () => {
    const payload = "cat <<'EOF'\n'\"$HOME`id`\\n\u00e9\t%s\nEOF\n";
    expect((await launch(shell, { payload })).stdout).toBe("'\"$HOME`id`\\n\u00e9\t%s\n");
  });

  test("passes settings of any characters on, before the payload", async () => {
    const settings = "A='it'\\''s \"$HOME\" `id` %s\\n'\nreadonly A\n";
    expect((await launch(shell, { settings, payload: 'printf %s "$A"' })).stdout).toBe(
      'it\'s "$HOME" `id` %s\\n',
    );
  });

  test.each([0, 1, 2, 77])("passes an exit code of %d on", async (expected) => {
    const { code, stdout } = await launch(shell, { payload: `echo so; echo it >&2; exit ${expected}` });
    expect([code, stdout]).toEqual([expected, "so\nit\n"]);
  });

  test("what the payload says of something that already exists is no lock", async () => {
    const { code, stdout, log } = await launch(shell, { payload: "echo it already exists; exit 1" });
    expect([code, stdout]).toEqual([1, "it already exists\n"]);
    expect(log.match(/systemd-run/g)).toHaveLength(1);
  });

  test("what systemd-run has against it is said, with its exit code", async () => {
    const commands = { "systemd-run": "echo Failed to connect to bus >&2; exit 4" };
    const { code, stdout } = await launch(shell, { commands });
    expect([code, stdout]).toEqual([4, "Failed to connect to bus\n"]);
  });

  const ended = (what: string, result: string, code: number): Record<string, string> => ({
    "systemd-run": `echo "Running as unit: cdktf-puma-web.service; invocation ID: 0123" >&2
      echo the last word of the run
      echo "      ${what} ${result}" >&2
      echo "   Service runtime: 30.319s" >&2
      exit ${code}`,
  });

  test.each([
    ["success", 0, ""],
    ["exit-code", 1, ""],
    [
      "timeout",
      1,
      "FAILED on a: this run did not end within 2100s, its limit: what it was at is the last that it says above, and the next apply goes on from there\n",
    ],
    [
      "signal",
      255,
      "FAILED on a: this run was ended from outside (signal): the next apply goes on from there\n",
    ],
    [
      "oom-kill",
      1,
      "FAILED on a: this run was ended from outside (oom-kill): the next apply goes on from there\n",
    ],
  ])("says of a run that ended by %s what it has not said itself", async (result, code, told) => {
    for (const what of ["Finished with result:", "Finished with resu…"]) {
      const run = await launch(shell, { commands: ended(what, result, code) });
      expect([run.code !== 0, run.stdout]).toEqual([code !== 0, `the last word of the run\n${told}`]);
    }
  });

  test.each([2, 127, 203])(
    "shows what a shell, or systemd, has said that came to nothing with %i",
    async (code) => {
      const { stdout } = await launch(shell, { commands: ended("Finished with result:", "exit-code", code) });
      expect(stdout).toMatch(
        /^the last word of the run\nRunning as unit: [^]*Finished with result: exit-code\n/,
      );
    },
  );

  const HOLDER = "cdktf-puma apply of web on a by ben from 192.0.2.9 since Mon 2026-11-23 18:00:00 UTC";

  test("waits for another run, and says for whose", async () => {
    const { code, stdout, log } = await launch(shell, { commands: { "systemd-run": busy(2) } });
    expect(code).toBe(0);
    expect(stdout).toBe(
      `waiting for another run to end: ${HOLDER}\npayload: a 192.0.2.1 apply root from 192.0.2.9 web api web site 600\n`,
    );
    expect([log.match(/attempt/g)?.length, log.match(/^sleep 1$/gm)?.length]).toEqual([3, 2]);
  });

  test("gives up in time, and says who holds the lock", async () => {
    const { code, stdout, log } = await launch(shell, {
      lockTimeout: 2,
      commands: { "systemd-run": busy(99) },
    });
    expect(code).toBe(1);
    expect(stdout).toContain(`FAILED on a: another run did not end within 2s: ${HOLDER}`);
    expect(log.match(/attempt/g)).toHaveLength(3);
  });

  test("a unit that is loaded and not active is no run that one waits for", async () => {
    const systemctl = `case $* in *reset-failed*) echo "$*" >>"$LOG" ;; *=ActiveState*) echo inactive ;; esac`;
    const let_go = await launch(shell, { lockTimeout: 600, commands: { "systemd-run": busy(2), systemctl } });
    expect([let_go.code, let_go.stdout]).toEqual([
      0,
      "payload: a 192.0.2.1 apply root from 192.0.2.9 web api web site 600\n",
    ]);
    expect(let_go.log).toContain("reset-failed cdktf-puma-web.service");
    const kept = await launch(shell, { lockTimeout: 600, commands: { "systemd-run": busy(99), systemctl } });
    expect(kept.code).toBe(1);
    expect(kept.stdout).toContain(
      "FAILED on a: cdktf-puma-web.service is loaded though no run is active in it",
    );
  });

  test("a run that ends while it is asked for is no unit without a run", async () => {
    const systemctl = `case $* in
      *=ActiveState*) if [ "$(grep -c attempt "$LOG")" -le 12 ]; then echo active; else echo inactive; fi ;;
    esac`;
    const { code, stdout } = await launch(shell, { commands: { "systemd-run": busy(14), systemctl } });
    expect(code).toBe(0);
    expect(stdout.match(/waiting for another run/g)).toHaveLength(1);
  });

  test("without systemd it says so, and runs nothing", async () => {
    const { code, stdout, log } = await launch(shell, { systemd: false });
    expect([code, log]).toEqual([1, ""]);
    expect(stdout).toMatch(/^FAILED on a: systemd is not running here/);
  });

  test("without root it says what to set", async () => {
    const { code, stdout, log } = await launch(shell, {
      commands: { id: "case $1 in -u) echo 7 ;; -un) echo ops ;; esac" },
    });
    expect([code, log]).toEqual([1, ""]);
    expect(stdout).toBe("FAILED on a: ops is not root: leave 'sudo' of this Host unset, or set it to true\n");
  });

  test("without sudo it still tells what else is wrong, and by whom", async () => {
    const { code, stdout, log } = await launch(shell, { become: "sudo", commands: { sudo: NO_SUDO } });
    expect([code, log]).toEqual([1, ""]);
    expect(stdout).toBe(
      "payload: a 192.0.2.1 check root from 192.0.2.9 web api web site\n" +
        "FAILED on a: root cannot become root by sudo without a password: sudo: a password is required\n",
    );
  });

  test("waits after the hosts before it, and only where it is told to", async () => {
    const { stdout, log } = await launch(shell, { pause: 30 });
    expect(stdout).toMatch(/^waiting 30s after the hosts before this one\npayload: /);
    expect(log).toMatch(/^sleep 30\nsystemd-run/);
    expect((await launch(shell)).stdout).not.toContain("waiting");
  });

  test("leaves no script behind, though the engine puts an empty one there when it failed not", async () => {
    const { script } = await launch(shell, { payload: "exit 3" });
    expect(existsSync(script)).toBe(false);
    const emptied = (await launch(shell)).script;
    writeFileSync(emptied, "");
    await sleep(2000);
    expect(existsSync(emptied)).toBe(false);
  });

  test("removes scripts of runs that were cut off long ago, and those of no other", async () => {
    const withOthers = `for folder; do :; done
      /usr/bin/touch -d "10 minutes ago" "$folder/cdktf-puma-1.sh" "$folder/another.sh"; touch "$folder/cdktf-puma-2.sh"
      exec /usr/bin/namei "$@"`;
    // No systemd has booted this machine, of which find could tell what is older.
    const withoutBoot =
      'for word; do shift; [ "$word" != /run/systemd/notify ] || word=/etc/passwd; set -- "$@" "$word"; done; exec /usr/bin/find "$@"';
    const { script } = await launch(shell, { commands: { namei: withOthers, find: withoutBoot } });
    const folder = dirname(script);
    await eventually("that it is gone", async () => !existsSync(join(folder, "cdktf-puma-1.sh")));
    expect(readdirSync(folder).sort()).toEqual(["another.sh", "cdktf-puma-2.sh"]);
  });

  test("leaves another run's script where it is", async () => {
    const { script } = await launch(shell);
    writeFileSync(script, "mine");
    await sleep(1000);
    expect(readFileSync(script, "utf8")).toBe("mine");
  });
});
