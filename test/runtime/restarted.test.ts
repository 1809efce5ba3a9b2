/** A Puma that somebody else restarts while a run watches it. */
import { functions, says, SHELLS } from "./shell";

/** What systemd says, at each look what comes next, and at last always the same. */
const facts = (...looks: readonly string[]): string => `
  looks=0
  look() {
    looks=$((looks + 1))
    facts='
[web.service]
'
    case $looks in
      ${looks.map((line, i) => `${i === looks.length - 1 ? "*" : i + 1}) facts="\${facts}${line.replaceAll(" ", "\n")}" ;;`).join("\n      ")}
    esac
  }`;

const DYING = "ActiveState=deactivating SubState=stop-sigterm Job=7 NRestarts=0 InvocationID=one MainPID=0";
const STARTING = "ActiveState=activating SubState=start Job=7 NRestarts=0 InvocationID=two MainPID=8";
const ANOTHER = "ActiveState=active SubState=running NRestarts=0 InvocationID=two MainPID=8";

describe.each(SHELLS)("under $name", (shell) => {
  const run = (looks: readonly string[], wait: string): Promise<string> =>
    says(
      shell,
      `${functions()}
      ${facts(...looks)}
      sleep() { :; }
      watched=web.service invocation=one main_pid=7 complaint=
      ${wait}
      if through_restarts wait_in_vain; then printf 'healthy'; else printf 'not healthy'; fi
      printf ': %s %s' "$invocation" "$main_pid"`,
    );

  test.each<[string, string[], string]>([
    [
      "restarted, and healthy then",
      [DYING, STARTING, ANOTHER],
      "web.service was restarted by somebody else: waiting for that one\nhealthy: two 8",
    ],
    ["stopped", [DYING, "ActiveState=inactive NRestarts=0 InvocationID=one"], "not healthy: one 7"],
    [
      "started by systemd, as it ended",
      [DYING, ANOTHER.replace("NRestarts=0", "NRestarts=1")],
      "not healthy: one 7",
    ],
    ["the same all the time", [ANOTHER.replace("two", "one")], "not healthy: one 7"],
  ])("a Puma that was %s", async (_, looks, told) => {
    expect(await run(looks, 'wait_in_vain() { [ "$invocation" = two ]; }')).toBe(told);
  });

  test("one that is restarted for ever is not waited for for ever", async () => {
    const wait = `wait_in_vain() { invocation=; return 1; }`;
    const told = await run([ANOTHER], wait);
    expect(told.match(/was restarted/g)).toHaveLength(5);
    expect(told).toMatch(/\nnot healthy: /);
  });
});
