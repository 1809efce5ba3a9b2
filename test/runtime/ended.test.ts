/** What is done when a service has ended, for what systemd says of it: see test/e2e/crash-loops.hosts.ts for the real one. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { endedScript } from "../../lib/runtime/parts";
import { folderOf, says, sh, SHELLS, stubs } from "./shell";

/** Seconds of systemd's clock, and what it counts. */
interface End {
  /** When it became ready; 0 if never. */
  readonly up?: number;
  readonly began?: number;
  readonly exited?: number;
  readonly restarts: number;
  readonly result?: string;
  readonly alarm?: string;
  /** Restart= of its unit. */
  readonly policy?: string;
}

const MINUTES = { up: 100, began: 100, exited: 160 };

describe.each(SHELLS)("under $name", (shell) => {
  let said: string;

  async function ended({
    up = 0,
    began = 10,
    exited = 12,
    restarts,
    result = "exit-code",
    alarm,
    policy = "always",
  }: End): Promise<string> {
    const log = join(folderOf({ log: "" }), "log");
    const shown = [
      `NRestarts=${restarts}`,
      `Restart=${policy}`,
      `ExecMainStartTimestampMonotonic=${began}000000`,
      `ExecMainExitTimestampMonotonic=${exited}000000`,
      `ActiveEnterTimestampMonotonic=${up === 0 ? 0 : `${up}000000`}`,
    ];
    const systemctl = `logger() { cat; }
    systemctl() { case $1 in show) printf '%s\\n' ${shown.join(" ")} ;; *) echo "$*" >>${log} ;; esac; }`;
    const env = { SERVICE_RESULT: result };
    const args = alarm === undefined ? ["web"] : ["web", alarm];
    said = await says(shell, `${systemctl}\n${endedScript()}`, { args, env });
    return readFileSync(log, "utf8");
  }

  const PAGED = "start --no-block -- page.service\n";
  const RESET = "reset-failed -- web.service\n";

  test.each<[string, End, string]>([
    ["the first crash", { restarts: 0 }, ""],
    ["the second", { restarts: 1 }, ""],
    ["the third", { restarts: 2 }, PAGED],
    ["the fourth", { restarts: 3 }, ""],
    ["the third of one that was ready for a while", { restarts: 2, up: 10, began: 9, exited: 69 }, PAGED],
    ["the third after a minute's life", { restarts: 2, ...MINUTES }, RESET],
    ["a late one after a minute's life", { restarts: 9, ...MINUTES }, RESET],
    ["one that systemd starts only after a failure", { restarts: 9, ...MINUTES, policy: "on-failure" }, ""],
    [
      "one that never became ready, though the start before it had",
      { restarts: 2, up: 5, began: 10, exited: 99 },
      PAGED,
    ],
    ["one that never became ready at all", { restarts: 2, began: 10, exited: 99 }, PAGED],
    ["a watchdog's", { restarts: 2, result: "watchdog" }, PAGED],
    ["an end that is no crash", { restarts: 2, result: "success" }, ""],
    ["an end that is no crash, after a minute's life", { restarts: 9, result: "success", ...MINUTES }, RESET],
    ["an end after a minute's life, where systemd has counted nothing", { restarts: 0, ...MINUTES }, ""],
  ])("%s", async (_, end, done) => {
    expect(await ended({ ...end, alarm: "page.service" })).toBe(done);
  });

  const told = (times: number): string =>
    `MESSAGE=cdktf-puma: web crashed ${times} times in a row: 'sudo cdktf-puma status web' says why, /var/lib/cdktf-puma/web/on-call.txt what to do\n`;

  test.each<[string, End, string]>([
    ["the second crash", { restarts: 1 }, ""],
    ["the third", { restarts: 2 }, told(3)],
    ["the tenth", { restarts: 9 }, told(10)],
    ["a late one after a minute's life", { restarts: 9, ...MINUTES }, ""],
    ["an end that is no crash", { restarts: 9, result: "success" }, ""],
  ])("%s tells where to look, for who looks at the service", async (_, end, words) => {
    await ended(end);
    expect(said.replace(/^(?!MESSAGE=).*\n/gm, "")).toBe(words);
  });

  test("root runs no command of the service's own PATH", async () => {
    const log = join(folderOf({ log: "" }), "log");
    const before = stubs({ systemctl: `echo "$*" >>${log}` });
    await sh(shell, endedScript(), { args: ["web"], env: { SERVICE_RESULT: "exit-code" }, before });
    expect(readFileSync(log, "utf8")).toBe("");
  });

  test("without an alarm nobody is told, and a life of a minute ends the row all the same", async () => {
    expect(await ended({ restarts: 2 })).toBe("");
    expect(await ended({ restarts: 2, ...MINUTES })).toBe(RESET);
  });
});
