/** Which line of what was said during a start is its cause. */
import { CAUSES, NOTHING, textsOf, type Told, VERSIONS } from "./said";
import { folderOf, functions, quoted, says, type Shell, SHELLS } from "./shell";

/** The causes of several texts, each of a Puma that is gone unless it is a cluster, which goes on with new workers. */
async function causesIn(shell: Shell, texts: ReadonlyMap<string, string>): Promise<Map<string, string>> {
  const names = [...texts.keys()];
  const script = `for name in ${names.join(" ")}; do
      case $name in *-cluster*) ended=false ;; *) ended=true ;; esac
      printf '%s\\n' "$name:$(printable_lines <"$name" | cause_in web.service $ended 0)"
    done`;
  const said = await says(shell, `${functions()}\n${script}`, { cwd: folderOf(Object.fromEntries(texts)) });
  const lines = said.trimEnd().split("\n");
  return new Map(lines.map((line) => line.split(/:(.*)/s).slice(0, 2) as [string, string]));
}

describe.each(SHELLS)("under $name", (shell) => {
  test.each(VERSIONS)("each start of Puma %s tells its cause", async (version) => {
    const texts = textsOf(version);
    const causes = await causesIn(shell, texts);
    expect([...causes.keys()].filter((name) => !(name in CAUSES))).toEqual([]);
    const wrong = [...causes].filter(([name, cause]) => {
      const told = CAUSES[name] as Told;
      const expected = typeof told === "string" ? told : (told[version] ?? told.others);
      return expected === NOTHING ? cause !== "" : !cause.includes(expected);
    });
    expect(wrong).toEqual([]);
    expect(texts.size).toBeGreaterThan(60);
  });

  /** Lines, whether this Puma has ended, and the cause. */
  const LINES: readonly (readonly [what: string, lines: string[], ended: boolean, cause: string])[] = [
    ["nothing", [], true, ""],
    [
      "a Ruby that env does not find",
      ["env: 'ruby': No such file or directory"],
      true,
      "env: 'ruby': No such file or directory",
    ],
    [
      "rbenv without that Ruby",
      ["rbenv: version `3.9.9' is not installed (set by /srv/app/.ruby-version)"],
      true,
      "rbenv: version `3.9.9' is not installed (set by /srv/app/.ruby-version)",
    ],
    [
      "asdf without a version, in several lines",
      [
        "No version is set for command bundle",
        "Consider adding one of the following versions in your config file at /srv/app/.tool-versions",
        "ruby 3.3.8",
      ],
      true,
      "No version is set for command bundle; Consider adding one of the following versions in your config file at /srv/app/.tool-versions; ruby 3.3.8",
    ],
    [
      "last words of any kind",
      ["one", "two", "two", "three", "four", "five"],
      true,
      "two; three; four; five",
    ],
    [
      "the same of a Puma that serves",
      ["Puma starting in single mode...", "one", "Use Ctrl-C to stop"],
      false,
      "",
    ],
    [
      "the same of one that does not get so far",
      ["Puma starting in single mode...", "waiting for db1"],
      false,
      "waiting for db1",
    ],
    [
      "an error of one that serves",
      ["Use Ctrl-C to stop", "PG::ConnectionBad (db1)", "RuntimeError in /up"],
      false,
      "RuntimeError in /up",
    ],
    ["a word of errors of one that serves", ["Use Ctrl-C to stop", "errors: 0"], false, ""],
    [
      "requests and chatter",
      ["refused by db1", "I, [1] INFO", "D, [1] DEBUG", '10.0.0.1 - - "GET /error HTTP/1.1" 500'],
      true,
      "refused by db1",
    ],
    [
      "a warning and nothing else",
      ["x.rb:1: warning: assigned but unused"],
      true,
      "x.rb:1: warning: assigned but unused",
    ],
    [
      "a TERM that ended the boot",
      [
        "no answer of db1: trying again",
        "! Unable to load application: SignalException: SIGTERM",
        "x.rb:1:in `sleep': SIGTERM (SignalException)",
      ],
      true,
      "no answer of db1: trying again",
    ],
    [
      "an exception by Ruby 3.4",
      [
        "config/puma.rb:3:in 'Object#port': no PORT (Shop::Missing)",
        "\tfrom x.rb:1:in '<main>'",
        "app.rb:1:in 'Integer#/': divided by 0 (ZeroDivisionError)",
        "\tfrom y.rb:1:in 'z'",
      ],
      true,
      "config/puma.rb:3:in 'Object#port': no PORT (Shop::Missing)",
    ],
    [
      "systemd that finds no program",
      [
        "web.service: Failed to locate executable /srv/sbin/puma: No such file or directory",
        "web.service: Failed at step EXEC spawning /srv/sbin/puma: No such file or directory",
        "web.service: Main process exited, code=exited, status=203/EXEC",
        "web.service: Failed with result 'exit-code'.",
      ],
      true,
      "Failed to locate executable /srv/sbin/puma: No such file or directory",
    ],
    [
      "systemd that finds no user",
      [
        "web.service: Failed to determine user credentials: No such process",
        "web.service: Failed at step USER spawning /srv/sbin/puma: No such process",
      ],
      true,
      "Failed to determine user credentials: No such process",
    ],
    [
      "a log that systemd cannot open",
      [
        "web.service: Failed to set up standard output: No such file or directory",
        "web.service: Failed at step STDOUT spawning /srv/sbin/puma: No such file or directory",
      ],
      true,
      "Failed to set up standard output: No such file or directory",
    ],
    [
      "what systemd ignores",
      ["web.service: Failed to read pids.max for control group /x, ignoring: No data available"],
      true,
      "",
    ],
    [
      "a lack of memory",
      [
        "web.service: A process of this unit has been killed by the OOM killer.",
        "web.service: Failed with result 'oom-kill'.",
      ],
      true,
      "A process of this unit has been killed by the OOM killer.",
    ],
    [
      "an exit without a word",
      [
        "web.service: Main process exited, code=exited, status=4/NOPERMISSION",
        "web.service: Failed with result 'exit-code'.",
      ],
      true,
      "Main process exited, code=exited, status=4/NOPERMISSION",
    ],
    [
      "systemd after Puma",
      ["x.rb:1:in `y': bad (Bad)", "web.service: Failed to kill control group"],
      true,
      "x.rb:1:in `y': bad (Bad)",
    ],
    [
      "what the Puma before it said",
      [
        "RuntimeError in /up",
        "web.service: Deactivated successfully.",
        "Stopped web.service - Puma HTTP Server.",
        "no licence",
      ],
      true,
      "no licence",
    ],
    [
      "a start that says nothing yet behind one that failed",
      [
        "no licence: error",
        "web.service: Scheduled restart job, restart counter is at 1.",
        "Stopped Puma HTTP Server.",
        "Starting Puma HTTP Server...",
      ],
      true,
      "no licence: error",
    ],
    [
      "workers that Puma ended before they said what they met",
      ["[7] Use Ctrl-C to stop", "[8] Early termination of worker", "[9] Early termination of worker"],
      false,
      "Early termination of worker",
    ],
    [
      "the same with what one of them met",
      ["[8] Early termination of worker", "config.ru:2:in `x': bad (Bad)", "[9] Early termination of worker"],
      false,
      "config.ru:2:in `x': bad (Bad)",
    ],
    [
      "workers that were booting when Puma was stopped",
      [
        "[7] Use Ctrl-C to stop",
        "[8] Early termination of worker",
        "web.service: Failed with result 'timeout'.",
      ],
      true,
      "",
    ],
    ["another unit's end", ["x: Error", "api.service: Failed at step EXEC spawning"], true, "x: Error"],
  ];

  test.each(LINES)("%s", async (_, lines, ended, cause) => {
    const call = `cause_in web.service ${ended} 0 <said`;
    const cwd = folderOf({ said: lines.map((line) => `${line}\n`).join("") });
    expect((await says(shell, `${functions()}\n${call}`, { cwd })).trimEnd()).toBe(cause);
  });

  test("words that are no sure cause are none where better ones may be elsewhere", async () => {
    const call = (line: string): string => `printf '%s\\n' ${quoted(line)} | cause_in web.service true 2`;
    expect(await says(shell, `${functions()}\n${call("some words")}; ${call("no such gem")}`)).toBe(
      "no such gem\n",
    );
  });
});
