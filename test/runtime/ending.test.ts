import { functions, quoted, says, sh, SHELLS } from "./shell";

const frames = (count: number, line: string): string => line.repeat(count);
const SHORT = "Nov 26 23:25:42 web1 bundle[7]: ";

describe.each(SHELLS)("under $name", (shell) => {
  test.each([
    ["", "journalctl -u web.service"],
    ["web.socket admin.socket", "journalctl -u web.service -u web.socket -u admin.socket"],
  ])("the journal of a service with the sockets %j", async (sockets, command) => {
    const settings = {
      PUMA_SOCKETS: sockets,
      PUMA_REHEARSE: "false",
      PUMA_RESTART: "hot",
      PUMA_HEALTH_KIND: "tcp",
    };
    expect(await says(shell, `${functions(settings)}\njournal`)).toBe(command);
  });

  test("all that is wrong stands in the one line that the next run prints", async () => {
    const script = `problem "there is no user 'a' ('user')"
      problem "it fails:
    two lines"
      log_end() { printf '%s\\n' "$*"; }
      roll_back_cut_off_run() { became="nothing was changed"; }
      stop_at_problems`;
    expect((await sh(shell, `${functions()}\n${script}`)).stdout).toMatch(
      /^failed: nothing was changed: there is no user 'a' \('user'\); it fails: {5}two lines\nFAILED on \S*: nothing was changed, because of\n {2}- /,
    );
  });

  test.each([
    ["none", "one\ntwo\n", "one\ntwo\n"],
    [
      "a short one",
      `bad (Bad)\n${frames(5, "\tfrom a.rb:1:in `x'\n")}`,
      `bad (Bad)\n${frames(5, "\tfrom a.rb:1:in `x'\n")}`,
    ],
    [
      "a long one, and what comes after it",
      `bad (Bad)\n${frames(60, "\tfrom a.rb:1:in 'A#x'\n")}end\n`,
      `bad (Bad)\n${frames(5, "\tfrom a.rb:1:in 'A#x'\n")}    [... 55 more of them]\nend\n`,
    ],
    [
      "one of a worker, as the journal has it",
      `${SHORT}[7] a.rb:1:in 'x'\n${frames(6, `${SHORT}    a.rb:1:in 'x'\n`)}${SHORT}[8] ! x\n`,
      `${SHORT}[7] a.rb:1:in 'x'\n${frames(5, `${SHORT}    a.rb:1:in 'x'\n`)}    [... 1 more of them]\n${SHORT}[8] ! x\n`,
    ],
  ])("of backtraces there is shown of %s", async (_, lines, shown) => {
    expect(await says(shell, `${functions()}\nprintf %s ${quoted(lines)} | shorten_backtraces`)).toBe(shown);
  });
});
