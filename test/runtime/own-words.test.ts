/** What is said of a Puma that is not well, with the words that are found of it. */
import { folderOf, functions, quoted, says, SHELLS } from "./shell";

describe.each(SHELLS)("under $name", (shell) => {
  /** What the journal has of the start, and of the unit; how systemd says that it ended; what was wrong, and what is said of it. */
  const SAID: readonly (readonly [
    what: string,
    start: string,
    unit: string,
    result: string,
    complaint: string,
    said: string,
  ])[] = [
    [
      "its own words",
      "x.rb:1:in `y': bad (Bad)",
      "",
      "exit-code",
      "Puma ended: exit-code",
      ": x.rb:1:in `y': bad (Bad)",
    ],
    [
      "what the journal has lost the start of",
      "",
      "no licence",
      "exit-code",
      "Puma ended: exit-code",
      ": no licence",
    ],
    ["the same of a part", "a word", "no such gem", "exit-code", "Puma ended: exit-code", ": no such gem"],
    ["nothing", "", "", "exit-code", "Puma ended: exit-code", ""],
    [
      "a start that took too long",
      "",
      "",
      "timeout",
      "systemd could not start web.service",
      ", as it was not ready within 1min 30s ('startTimeout')",
    ],
    [
      "a worker that took too long",
      "[7] ! Terminating timed out worker (Worker 0 failed to boot within 60 seconds): 8",
      "",
      "timeout",
      "the new version did not start",
      ", as it was not ready within 1min 30s ('startTimeout'): ! Terminating timed out worker (Worker 0 failed to boot within 60 seconds): 8 (worker_boot_timeout in Puma's configuration file)",
    ],
    [
      "workers that were ended before they said anything",
      "",
      "[7] Early termination of worker",
      "success",
      "did not answer",
      ": Early termination of worker (its workers fail to boot, or take longer than worker_boot_timeout: with preload_app! Puma says why)",
    ],
    ["a stop that took too long", "bad: error", "", "timeout", "Puma ended: timeout", ": bad: error"],
  ];

  test.each(SAID)("behind a complaint stands %s", async (_, start, unit, result, complaint, said) => {
    const script = `mkdir -p "$STAGE"; watched=web.service invocation=one main_pid=$$
      property() { case $2 in Result) found=${result} ;; TimeoutStartUSec) found='1min 30s' ;; *) found='' ;; esac; }
      journalctl() {
        case "$*" in
          *--sync*) ;;
          *_SYSTEMD_INVOCATION_ID=one) printf '%s\\n' ${quoted(start)} ;;
          *_SYSTEMD_UNIT=web.service*) printf '%s\\n' ${quoted(unit)} ;;
        esac
      }
      in_its_own_words ${quoted(complaint)}`;
    expect(await says(shell, `${functions({}, folderOf())}\n${script}`)).toBe(`${complaint}${said}`);
  });

  test.each([
    [
      "",
      "",
      ": what a daemon says of that is in no journal: let it write a file (--redirect-stderr in 'args')",
    ],
    ["bad: no such gem", "", ": bad: no such gem"],
    ["", "/srv/app/log/puma.err", ""],
  ])("of a daemon whose words are %j, with the file %j", async (words, file, said) => {
    const script = `mkdir -p "$STAGE"; watched=web.service
      property() { found=''; }
      redirects() { printf %s ${quoted(file)}; }
      journalctl() { case "$*" in *--sync*) ;; *) printf '%s\\n' ${quoted(words)} ;; esac; }
      in_its_own_words "systemd could not start web.service"`;
    const settings = { PUMA_DAEMON: "true" };
    expect(await says(shell, `${functions(settings, folderOf())}\n${script}`)).toBe(
      `systemd could not start web.service${said}`,
    );
  });
});
