import { functions, quoted, says, SHELLS } from "./shell";

/** What systemd says of a service, beside its process. */
const RUNS = { ActiveState: "active", Result: "success", NRestarts: "0", InvocationID: "one" };

const STARTS: readonly [what: string, facts: Readonly<Record<string, string>>, complaint: string][] = [
  ["runs on", RUNS, "the same: "],
  ["is asked about a systemd that is being replaced", {}, "the same: "],
  [
    "has failed",
    { ...RUNS, ActiveState: "failed", Result: "exit-code", NRestarts: "3" },
    "another: Puma ended: exit-code",
  ],
  ["has ended", { ...RUNS, ActiveState: "inactive" }, "another: Puma ended: success"],
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

  test("a health command that says nothing fails without the words of an earlier run", async () => {
    const script = `surround_as_watched() { :; }
      run_surrounded() { return 1; }
      journalctl() { case "$*" in *--lines=1*--since=@5*) ;; *--lines=1*) echo "words of last week" ;; esac; }
      started=5
      run_health_command http://a || printf failed`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe("failed");
  });
});
