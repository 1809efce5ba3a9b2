import { folderOf, functions, quoted, says, SHELLS } from "./shell";

/** What systemd says of a service, beside its process. */
const RUNS = {
  ActiveState: "active",
  SubState: "running",
  Result: "success",
  NRestarts: "0",
  InvocationID: "one",
};

const STARTS: readonly [what: string, facts: Readonly<Record<string, string>>, complaint: string][] = [
  ["runs on", RUNS, "the same: "],
  ["is asked about a systemd that is being replaced", {}, "the same: "],
  [
    "has failed",
    { ...RUNS, ActiveState: "failed", Result: "exit-code", NRestarts: "3" },
    "another: Puma ended: exit-code",
  ],
  ["has ended", { ...RUNS, ActiveState: "inactive" }, "another: Puma ended: success"],
  [
    "has ended, and is to be started again after RestartSec=",
    { ...RUNS, ActiveState: "activating", SubState: "auto-restart", Result: "exit-code" },
    "another: Puma ended: exit-code",
  ],
  [
    "has ended, and is to be started again by a job that waits",
    { ...RUNS, ActiveState: "activating", SubState: "auto-restart-queued", Result: "signal" },
    "another: Puma ended: signal",
  ],
  [
    "has ended, and whose unit still clears up",
    { ...RUNS, ActiveState: "deactivating", SubState: "stop-post", Result: "exit-code" },
    "another: Puma ended: exit-code",
  ],
  ["reloads", { ...RUNS, ActiveState: "reloading", SubState: "reload" }, "the same: "],
  ["was started again", { ...RUNS, NRestarts: "1" }, "another: Puma ended and systemd started it again"],
  [
    "was started by hand",
    { ...RUNS, InvocationID: "two" },
    "another: Puma was started again by somebody else",
  ],
];

describe.each(SHELLS)("under $name", (shell) => {
  test.each(STARTS)("a Puma that %s", async (_, facts, told) => {
    const lines = Object.entries({ MainPID: "7", ...facts }).map(([name, value]) => `${name}=${value}`);
    const script = `look() { :; }
      facts=${quoted(["", "[web.service]", ...lines].join("\n"))}
      watched=web.service invocation=one complaint=before
      if is_same_start; then same="the same"; else same=another; fi
      printf %s "$same: $complaint"`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(told);
  });

  test.each([
    ["1", "0.50 0.50"],
    ["2", "0.50 0.50 0.50 0.50"],
    ["0", ""],
  ])("a settle of %s seconds takes them in full, wherever in a second it begins", async (settle, slept) => {
    const script = `at=7090 slept=''
      now_in_hundredths() { printf %s "$at"; }
      sleep() {
        slept="$slept$(printf %.2f "$1") "
        set -- "$(printf %.2f "$1")"
        at=$((at + 1\${1#*.} - 100))
      }
      is_alive() { :; }
      is_same_start() { printf '%s' "\${slept% }"; }
      stay_alive`;
    expect(await says(shell, `${functions({ PUMA_SETTLE: settle })}\n${script}`)).toBe(slept);
  });

  test("what is left of a settle is no more than that", async () => {
    const script = `at=7090 slept=''
      now_in_hundredths() { printf %s "$at"; }
      sleep() { slept="$slept$1 " at=$((at + 52)); }
      is_alive() { :; }
      is_same_start() { printf '%s' "\${slept% }"; }
      stay_alive; echo; at=7090 slept=''
      sleep() { slept="$slept$1 " at=$((at + 46)); }
      stay_alive`;
    expect(await says(shell, `${functions({ PUMA_SETTLE: "1" })}\n${script}`)).toBe("0.5 0.48\n0.5 0.5 0.08");
  });

  test("a health command that says nothing fails without the words of an earlier run", async () => {
    const script = `surround_as_watched() { :; }
      run_surrounded() { return 1; }
      journalctl() { case "$*" in *--lines=1*--since=@5*) ;; *--lines=1*) echo "words of last week" ;; esac; }
      started=5
      run_health_command http://a || printf failed`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe("failed");
  });

  test.each([
    ["of curl, behind which it makes a status of none", "curl: (7) refused\n000", "curl: (7) refused"],
    ["of curl that tried twice", "000curl: (35) no TLS\n000", "curl: (35) no TLS"],
    ["of Puma's Ruby", "no answer within 10 seconds\n", "no answer within 10 seconds"],
    ["with a status", "HTTP 503", "HTTP 503"],
    ["that is none", "000", ""],
  ])("the words %s are kept", async (_, said, words) => {
    const root = folderOf({ "run/cdktf-puma/web/answer": said });
    expect((await says(shell, `${functions({}, root)}\nanswer`)).trimEnd()).toBe(words);
  });

  test.each([
    ["pages", "printf 200", "warm-up: / answers HTTP 200\nwarm-up: /a?b=[c] answers HTTP 200\nwarm"],
    [
      "pages that are not there",
      "printf 404",
      "warm-up: / answers HTTP 404\nwarm-up: /a?b=[c] answers HTTP 404\nwarm",
    ],
    ["an error", "printf 500", "the warm-up failed at / ('healthCheck'): HTTP 500"],
    [
      "a late error",
      "case $2 in /) printf 200 ;; *) printf 503 ;; esac",
      "warm-up: / answers HTTP 200\nthe warm-up failed at /a?b=[c] ('healthCheck'): HTTP 503",
    ],
    [
      "no answer",
      "echo 'curl: (28) timed out'; printf 000; return 28",
      "the warm-up failed at / ('healthCheck'): curl: (28) timed out",
    ],
  ])("a warm-up by %s", async (_, asking, told) => {
    const settings = { PUMA_WARM_UP: "/\n/a?b=[c]", PUMA_HEALTH_HOST: "h", PUMA_WARM_UP_TIMEOUT: "9" };
    const script = `mkdir -p "$STAGE"
      probe() { [ "$1/$3/$4/$5" = "unix x/h/9/X: y" ] || exit 99; ${asking}; }
      is_alive() { :; }
      if warm_up "unix x" "X: y"; then printf warm; else printf %s "$complaint"; fi`;
    expect(await says(shell, `${functions(settings, folderOf())}\n${script}`)).toBe(told);
  });

  test("what has nothing to warm up asks nothing", async () => {
    const script = `ask_while_alive() { printf asked; }\nwarm_up "unix x" ""`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe("");
  });

  test.each([
    ["200", "echo 200", "passed"],
    ["another status", "echo 503", "HTTP 503 failed"],
    ["no answer", "echo 'curl: (7) refused'; printf 000; return 7", "curl: (7) refused\n failed"],
  ])("%s of a health check is known though somebody goes on holding its output", async (_, asking, told) => {
    const settings = { PUMA_HEALTH_STATUS: "200" };
    const script = `mkdir -p "$STAGE"
      probe() { sleep 20 & echo $! >"$STAGE/holder"; ${asking}; }
      began=$(now)
      if has_status "http a 1" ""; then printf passed; else printf ' failed'; fi
      kill "$(cat "$STAGE/holder")"
      [ $(($(now) - began)) -lt 10 ] || printf ' after long'`;
    expect(await says(shell, `${functions(settings, folderOf())}\n${script}`)).toBe(told);
  });
});
