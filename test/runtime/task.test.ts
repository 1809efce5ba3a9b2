/** A task that runs once for a release: whether it has, and how it ended. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, says, SHELLS } from "./shell";

const SETTINGS = { PUMA_TASK_KEY: "abc", PUMA_TASK_NAME: "bin/rails db:migrate", PUMA_TASK_TIMEOUT: "60" };
const TASKS = "var/lib/cdktf-puma/web/tasks";

/** How systemd-run tells of an end: since 258 cut short, where it is long. */
const ENDED = (result: string, code: string): string =>
  `Running as unit: cdktf-puma-web:task.service\nFinished with result: ${result}\nMain processes terminated with: code=${code}\nService runtime: 5ms`;

describe.each(SHELLS)("under $name", (shell) => {
  const run = (files: Record<string, string>, script: string, release = "r 2"): [Promise<string>, string] => {
    const root = folderOf({ "run/cdktf-puma/web/x": "", ...files });
    return [says(shell, `${functions(SETTINGS, root)}\nrelease='${release}'\n${script}`), root];
  };

  test.each([
    ["never", {}, "", "no"],
    ["for this release", { [TASKS]: "other r 2\nabc r 2\n" }, "", "yes"],
    ["for a release that begins in the same way", { [TASKS]: "abc r 2.1\nabc r\n" }, "", "no"],
    ["for this release, as another task", { [TASKS]: "other r 2\n" }, "", "no"],
    ["under a former name", { "var/lib/cdktf-puma/shop/tasks": "abc r 2\n" }, "predecessor=shop", "yes"],
    [
      "under a former name, and once under this one",
      { "var/lib/cdktf-puma/shop/tasks": "abc r 2\n", [TASKS]: "abc r 1\n" },
      "predecessor=shop",
      "no",
    ],
    [
      "under a former name, and another task under this one",
      { "var/lib/cdktf-puma/shop/tasks": "abc r 2\n", [TASKS]: "other r 2\n" },
      "predecessor=shop",
      "yes",
    ],
  ])("it ran %s", async (_, files, before, told) => {
    const [said] = run(files, `${before}\nif has_run; then printf yes; else printf no; fi`);
    expect(await said).toBe(told);
  });

  test("the last release counts, and other tasks keep theirs", async () => {
    const [said, root] = run({ [TASKS]: "abc r 1\nother r 1\n" }, "record_task; has_run && printf yes");
    expect(await said).toBe("yes");
    expect(readFileSync(join(root, TASKS), "utf8")).toBe("other r 1\nabc r 2\n");
  });

  test("one that ran under a former name is noted under this one, where it will be looked for", async () => {
    const begin = "prepare() { predecessor=shop; }\nwait_for_task_of_before() { :; }\nto_disk() { :; }";
    const [said, root] = run({ "var/lib/cdktf-puma/shop/tasks": "abc r 2\n" }, `${begin}\ndo_task`);
    expect(await said).toContain("has succeeded for release r 2 before: it does not run again\n");
    expect(readFileSync(join(root, TASKS), "utf8")).toBe("abc r 2\n");
  });

  test("the first makes the folder", async () => {
    const [said, root] = run({}, "record_task; has_run && printf yes");
    expect(await said).toBe("yes");
    expect(readFileSync(join(root, TASKS), "utf8")).toBe("abc r 2\n");
  });

  test("a first installation that failed does not forget it, and a removal does", async () => {
    const [said, root] = run(
      { [TASKS]: "abc r 2\n", "var/lib/cdktf-puma/web/out": "" },
      'forget_state; ls "$STATE"; forget_all; ls "$ROOT" 2>/dev/null || printf gone',
    );
    expect(await said).toBe("tasks\ngone");
    expect(existsSync(join(root, "var/lib/cdktf-puma"))).toBe(false);
  });

  test("one of a run that was killed is waited for until it has stopped", async () => {
    const systemctl = `systemctl() { [ "$1" = show ] || return 3; head -n 1 "$STAGE/states"; sed -i 1d "$STAGE/states"; }`;
    const files = { "run/cdktf-puma/web/states": "active\nactivating\ndeactivating\ninactive\n" };
    const [said] = run(files, `${systemctl}\nsleep() { :; }\nwait_for_task_of_before\ncat "$STAGE/states"`);
    expect(await said).toBe("a task of a run that was killed is still under way: waiting for its end\n");
  });

  test.each([
    ["running", "boot", "in\n"],
    ["kept stopped", "never", ""],
  ])("one that is %s is put back in, or not", async (_, PUMA_START_ON, told) => {
    const root = folderOf({ "var/lib/cdktf-puma/web/out": "", "run/cdktf-puma/web/x": "" });
    const script = "look() { :; }\nput_in() { echo in; }\nput_in_at_the_end";
    expect(await says(shell, `${functions({ ...SETTINGS, PUMA_START_ON }, root)}\n${script}`)).toBe(told);
  });

  const LAST = { "run/cdktf-puma/web/last-lines": "one\ntwo\n" };
  test.each([
    [ENDED("exit-code", "exited/status=3"), "failed with exit status 3: one; two"],
    [ENDED("exit-code", "exited, status=3/NOTIMPLEMENTED"), "failed with exit status 3: one; two"],
    [ENDED("exit-code", "exited, status=127/n/a"), "failed with exit status 127: one; two"],
    [
      ENDED("exit-code", "exited, status=217/USER"),
      "was not run as systemd could not start it (217/USER): one; two",
    ],
    [ENDED("signal", "killed, status=9/KILL"), "was ended by a signal (9/KILL): one; two"],
    [ENDED("core-dump", "dumped/status=SEGV"), "was ended by a signal (SEGV): one; two"],
    [ENDED("timeout", "killed, status=15/TERM"), "did not end within 60s ('timeout'): one; two"],
    [
      ENDED("timeout", "killed/status=TERM").replace("result: ", "resu… "),
      "did not end within 60s ('timeout'): one; two",
    ],
    [
      "Failed to start transient unit:\nno \u001b[31m room",
      "was not started: Failed to start transient unit: no ?[31m room",
    ],
  ])("%j is told", async (asked, told) => {
    const [said] = run(
      { ...LAST, "run/cdktf-puma/web/asked": asked },
      "why_it_failed 'the task bin/rails db:migrate' 60",
    );
    expect(await said).toBe(`the task bin/rails db:migrate ${told}`);
  });

  const TRACE = [
    "/usr/share/redmine/db/migrate/1_half.rb:3:in `change'",
    "<internal:kernel>:86:in 'Kernel#require'",
    "\tfrom config.rb:1:in `<main>'",
    "    at main (/srv/app.js:1:2)",
  ];
  const RAKES_END = [...TRACE, "Tasks: TOP => db:migrate", "(See full trace by running task with --trace)"];
  test.each<[string, string[], string]>([
    ["of all its last", ["one", "", "two", "three", "four"], "two; three; four"],
    [
      "of a program that fails, without where it was",
      ["boom (RuntimeError)", ...TRACE],
      "boom (RuntimeError)",
    ],
    [
      "of Rake why it aborted",
      ["1 Half: migrating", "rake aborted!", "StandardError: canceled:", "", "no more", "Hm", ...RAKES_END],
      "rake aborted!; StandardError: canceled:; no more",
    ],
    [
      "of Rake the cause of it",
      ["bin/rails aborted!", "Invalid: x", ...TRACE, "", "Caused by:", "PG::Error: x", ...RAKES_END],
      "bin/rails aborted!; Invalid: x; PG::Error: x",
    ],
    [
      "of Rake the last time",
      ["rake aborted!", "A", "B", "rake aborted!", "C", ...RAKES_END],
      "rake aborted!; C",
    ],
    [
      "of what is no place, though it looks like one",
      ["a.rb:1: warning", "in app:2:in 'x': no", "at last"],
      "a.rb:1: warning; in app:2:in 'x': no; at last",
    ],
  ])("it is told %s, however its lines come", async (_, lines, told) => {
    const journal = `journalctl() { cat "$STAGE/now"; echo '-- cursor: x'; }`;
    const show = lines.map(
      (line) => `printf '%s\\n' "${line.replace(/[`]/g, "\\`")}" >"$STAGE/now"; show_output u >"$STAGE/out"`,
    );
    const [piecemeal] = run({}, [journal, ...show, "last_words"].join("\n"));
    expect(await piecemeal).toBe(`: ${told}`);
    const [atOnce] = run(
      { "run/cdktf-puma/web/now": `${lines.join("\n")}\n` },
      `${journal}\nshow_output u >"$STAGE/out"\nlast_words`,
    );
    expect(await atOnce).toBe(`: ${told}`);
  });

  test("where it printed nothing, nothing is said of that", async () => {
    const [said] = run(
      { "run/cdktf-puma/web/asked": ENDED("exit-code", "exited/status=1") },
      "why_it_failed 'the task bin/rails db:migrate' 60",
    );
    expect(await said).toBe("the task bin/rails db:migrate failed with exit status 1");
  });
});
