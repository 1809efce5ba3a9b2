/** A run that is under way, and that somebody on the host asks to stop. */
import { Host } from "./committed";
import { SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  test.each([
    [
      "what it had undone",
      "began, and did not end",
      "failed: why; back",
      0,
      "it ended so: me: failed: why; back",
    ],
    ["a first one, which leaves nothing", "began, and did not end", "", 0, "nothing of web is here any more"],
    ["one that was killed", "began, and did not end", "began, and did not end", 0, "it was ended on its way"],
    ["one that had not begun", "done", "done", 0, "it had changed nothing yet"],
    ["one that was quicker", "began, and did not end", "done", 1, "it had come to its end before: me: done"],
  ])("what became of %s is told", async (_, before, after, code, told) => {
    const host = new Host(shell);
    const script = `${after === "" ? "" : `echo 'me: ${after}' >"$STATE/last"`}
      (say_how_it_ended 'me: ${before}') || echo "code $?"`;
    const said = await host.run(script, "cancel");
    expect([said, said.includes("code 1") ? 1 : 0]).toEqual([expect.stringContaining(told), code]);
  });

  test("a run at a drop-in is found by the lock that it has", async () => {
    const host = new Host(shell);
    const script = `systemctl() { echo "$*" >&2; }\n(cancel) 2>&1 || :`;
    const said = await host.run(script, "cancel", "", { PUMA_SERVICE: "nginx:a.service:tuning" });
    expect(said).toMatch(/ cdktf-puma-nginx:a\.service\.service\n/);
  });

  test.each([
    ["apply of web", "it ended so: me: failed: why", 0],
    ["remove of web", "cdktf-puma remove of web on a by me: that is under way, and has no way back", 1],
    ["apply of blog", "cdktf-puma apply of blog on a by me: that is under way, and has no way back", 1],
  ])("a %s that is under way is cancelled, if it has a way back", async (what, told, code) => {
    const host = new Host(shell);
    const script = `systemctl() {
        case $* in
          *ActiveState*) echo active ;;
          *Description*) echo "cdktf-puma ${what} on a by me" ;;
          stop*) echo "me: failed: why" >"$STATE/last" ;;
        esac
      }
      (cancel) || echo "code $?"`;
    const said = await host.run(script, "cancel");
    expect([said, said.includes("code 1") ? 1 : 0]).toEqual([expect.stringContaining(told), code]);
  });
});
