/** What holds for who calls whom in the scripts of a host. */
import { runScript } from "../../lib/deploy/run-script";
import { part } from "../../lib/runtime/parts";
import { broken, type Broken, host, launcher, stopper, stray, usual } from "./scripts";
import { attemptProblems, idleProblems, lookUpProblems, programProblems } from "./shell-paths";
import { ShellSource } from "./shell-rules";

/** The function that is made of the names of all settings, and so stands in no part. */
const [MADE = ""] = /^print_settings\(\) \{\n[^]*?^\}/m.exec(runScript()) ?? [];

const idle = (source: ShellSource): string[] =>
  idleProblems(source, ({ file, name }) =>
    source === stopper ? file === "stop.sh" : !MADE.includes(`${name} `) && !MADE.includes(`$(${name})`),
  );
const programs = (source: ShellSource): string[] => programProblems(source, "decide.sh");

test("each function is called", () => {
  expect([host, launcher, stopper].flatMap(idle)).toEqual([]);
});

test("a run decides without a program", () => {
  expect(programs(host)).toEqual([]);
});

test("nothing that was set in an attempt is read after it", () => {
  expect(attemptProblems(host)).toEqual([]);
});

test("no answer of a look-up is lost in a command substitution", () => {
  expect([host, launcher, stopper].flatMap(lookUpProblems)).toEqual([]);
});

const BROKEN: readonly Broken[] = [
  [
    "a look-up in a command substitution",
    stray("main.sh", 'say "$(property web.service MainPID)"'),
    lookUpProblems,
    "main.sh: $(property …) is empty: it sets found",
  ],
  [
    "a function that only itself calls",
    stray("units.sh", "stray"),
    idle,
    "units.sh: stray is called by nobody",
  ],
  [
    "one that only such a function calls",
    broken("main.sh", "stray() {", ":", "}", "other() {", "attempt stray", "}"),
    idle,
    ["main.sh: stray is called by nobody", "main.sh: other is called by nobody"],
  ],
  [
    "one that nobody calls in the launcher",
    new ShellSource([{ file: "launch.sh", text: `stray() {\n  :\n}\n${part("launch")}` }], "launch.sh"),
    idle,
    "launch.sh: stray is called by nobody",
  ],
  [
    "a program that is started where a run decides",
    stray("decide.sh", 'say "$(date)"'),
    programs,
    "decide.sh: stray starts date",
  ],
  [
    "one by way of another part",
    stray("decide.sh", "set -- 1", "reset_failed web.service"),
    programs,
    "decide.sh: stray starts command, by way of systemctl",
  ],
  [
    "one whose name is in a variable",
    stray("decide.sh", '"$1" --help'),
    programs,
    'decide.sh: stray starts "$1"',
  ],
  [
    "what an attempt set, read by its caller",
    stray("main.sh", "attempt rehearse", 'say "$complaint"'),
    attemptProblems,
    "main.sh: stray reads complaint, which 'attempt rehearse' set in a subshell",
  ],
  [
    "the same by what is called then",
    broken("main.sh", "stray() {", "attempt converge", "other", "}", "other() {", 'say "$expected"', "}"),
    attemptProblems,
    "main.sh: other reads expected, which 'attempt converge' set in a subshell",
  ],
  [
    "the same at the end of the run",
    broken(
      "main.sh",
      "stray() {",
      "attempt rehearse",
      "trap other EXIT",
      "}",
      "other() {",
      'say "$expected"',
      "}",
    ),
    attemptProblems,
    ["undo", "rehearse", "converge_and_commit", "take_drop_in_away"].map(
      (name) => `main.sh: other reads expected, which 'attempt ${name}' set in a subshell`,
    ),
  ],
  [
    "the same by what is called after the caller",
    broken(
      "main.sh",
      "stray() {",
      "attempt rehearse",
      "}",
      "other() {",
      "stray",
      "is_active web.service",
      "}",
    ),
    attemptProblems,
    "system.sh: facts_of reads facts, which 'attempt rehearse' set in a subshell",
  ],
];

const USUAL = usual(idle, programs, attemptProblems);

test.each(BROKEN)("%s is told", (_, source, problems, told) => {
  expect(problems(source).filter((problem) => !USUAL.includes(problem))).toEqual([told].flat());
});
