/** A task that runs once for a release: whether it has, and how it ended. */
import { readFileSync } from "node:fs";
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
  ])("it ran %s", async (_, files, before, told) => {
    const [said] = run(files, `${before}\nif has_run; then printf yes; else printf no; fi`);
    expect(await said).toBe(told);
  });

  test("the last release counts, and other tasks keep theirs", async () => {
    const [said, root] = run({ [TASKS]: "abc r 1\nother r 1\n" }, "record_task; has_run && printf yes");
    expect(await said).toBe("yes");
    expect(readFileSync(join(root, TASKS), "utf8")).toBe("other r 1\nabc r 2\n");
  });

  test("the first makes the folder", async () => {
    const [said, root] = run({}, "record_task; has_run && printf yes");
    expect(await said).toBe("yes");
    expect(readFileSync(join(root, TASKS), "utf8")).toBe("abc r 2\n");
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

  test("where it printed nothing, nothing is said of that", async () => {
    const [said] = run(
      { "run/cdktf-puma/web/asked": ENDED("exit-code", "exited/status=1") },
      "why_it_failed 'the task bin/rails db:migrate' 60",
    );
    expect(await said).toBe("the task bin/rails db:migrate failed with exit status 1");
  });
});
