/** What holds between the shell parts and those who write to them: their settings, variables, order and form. */
import { spawnSync } from "node:child_process";
import { Bind, HealthCheck, RestartOn, Task } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { launcherVariables } from "../../lib/deploy/launcher";
import { shellSettings } from "../../lib/deploy/shell-settings";
import { type OnceTask } from "../../lib/deploy/task";
import { taskVariables } from "../../lib/deploy/tasks";
import { Service } from "../../lib/puma/service";
import { type ServiceUnitProps } from "../../lib/puma/service-props";
import { keptScript, removalSettings } from "../../lib/deploy/run-script";
import { hostScript } from "../../lib/runtime/parts";
import { PropPath } from "../../lib/values/prop-path";
import { broken, type Broken, host, launcher, loader, SCRIPTS, stray, usual } from "./scripts";
import {
  actionProblems,
  orderProblems,
  settingProblems,
  type ShellSource,
  variableProblems,
} from "./shell-rules";
import { type Scope, scopesOf } from "./shell-source";

/** What run.sh and launch.sh make of their arguments, and hear.sh, which stands before the launcher. */
const MADE = ["PUMA_HOST", "PUMA_ADDRESS", "PUMA_ACTION", "PUMA_WHO", "PUMA_SIBLINGS", "PUMA_LOCK_TIMEOUT"];
const LOADER_MADE = ["PUMA_HOST"];
const LAUNCHER_MADE = ["PUMA_HOST", "PUMA_ADDRESS", "PUMA_SIBLINGS", "PUMA_HEARD_BY"];

/** What an installation is sent, with what only a drop-in of others is, what a task is sent beside it, a removal, and the launcher. */
const INSTALLATION_SENT = [...sentIn(installation().plainSettings()), "PUMA_SINGLE"];
const KEPT_SENT = [...Object.keys(keptScript()), "PUMA_SCRIPT_HASH", "PUMA_HEARD_BY"];
const TASK_SENT = Object.keys(taskVariables(Task.once(["true"])._task as OnceTask));
/** The last two are what a run that somebody asks for finds beside the settings that are kept. */
const SENT = [...INSTALLATION_SENT, ...TASK_SENT, ...KEPT_SENT, "PUMA_SETTINGS_FORM", "PUMA_SETTINGS_ARE"];
const REMOVAL_SENT = sentIn(removalSettings());
const LAUNCHER_SENT = Object.keys(
  launcherVariables({
    ...{ service: "web", action: "remove", lockTimeout: "1", runTimeout: "1", settings: "", script: "" },
    ...{ owner: "blog", deployedBy: "ada" },
  }),
);

function installation(): Bundle {
  const props: ServiceUnitProps = { workingDirectory: "/srv/blog", scope: "user" };
  const service = Service.resolve(PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }, props, {
    binds: [Bind.tcp(1)],
  });
  const strategy = DeployStrategy.resolve(service, {
    tasks: [Task.eachHost({ before: ["true"], where: "engine" })],
    restartOn: [RestartOn.releaseLink()],
    healthCheck: HealthCheck.http("/", { warmUp: ["/"] }),
  });
  return Bundle.of(service, strategy, new Map(), "blog");
}

function sentIn(settings: string): string[] {
  const [top] = scopesOf("settings", settings);
  return [...(top as Scope).assigned.keys()];
}

const parts = host.parts;

test("each function is seen", () => {
  const text = parts.map((one) => one.text).join("\n");
  const names = [...text.matchAll(/^(\w+)\(\) /gm)].map(([, name]) => name);
  expect(host.scopes.map(({ name }) => name).filter(Boolean)).toEqual(names);
  expect(names.length).toBeGreaterThan(100);
});

const settings = (source: ShellSource): string[] => settingProblems(source, SENT, MADE);
const removal = (source: ShellSource): string[] => actionProblems(source, "remove", REMOVAL_SENT, MADE);

test("each setting that a host is sent is read there, and none is read that is not sent", () => {
  expect(settings(host)).toEqual([]);
});

test("an installation reads nothing that only a task is sent", () => {
  expect(actionProblems(host, "apply", [...INSTALLATION_SENT, ...KEPT_SENT], MADE)).toEqual([]);
});

test("so it is in a removal", () => {
  expect(removal(host)).toEqual([]);
});

test("so it is of the launcher", () => {
  expect(settingProblems(launcher, LAUNCHER_SENT, LAUNCHER_MADE)).toEqual([]);
});

test("what starts a removal hands all settings of the launcher on", () => {
  const handedOn = loader.scopes.flatMap(({ exported }) => [...exported.keys()]);
  const settingsOfLauncher = handedOn.filter((name) => name.startsWith("PUMA_"));
  expect(settingsOfLauncher.sort()).toEqual([...LAUNCHER_SENT].sort());
  expect(settingProblems(loader, ["PUMA_SERVICE", "PUMA_LOCK_TIMEOUT"], LOADER_MADE)).toEqual([]);
});

test("each variable is a setting, local, or declared as state of the run", () => {
  expect(SCRIPTS.flatMap(variableProblems)).toEqual([]);
});

test("no function calls one of a later part", () => {
  expect(SCRIPTS.flatMap(orderProblems)).toEqual([]);
});

/** What shellcheck says of the whole script, its settings before it, each part with its own exceptions. */
function shellcheck(texts: readonly string[]): string {
  const body = texts.join("\n").replace(/^# shellcheck shell=sh\n/gm, "");
  const task = shellSettings(taskVariables(Task.once(["true"])._task as OnceTask));
  const input = `#!/bin/sh\n${task}${installation().toShell().replace(hostScript(), body)}\nmain </dev/null\n`;
  const { stdout, status, error } = spawnSync("shellcheck", ["-f", "gcc", "-"], { input, encoding: "utf8" });
  if (error) throw error;
  return status === 0 ? "" : stdout;
}

const hasShellcheck = spawnSync("shellcheck", ["--version"]).status === 0;

(hasShellcheck ? describe : describe.skip)("shellcheck", () => {
  const texts = parts.map(({ text }) => text);

  test("finds nothing in the whole", () => {
    expect(shellcheck(texts)).toBe("");
  });

  test("is not kept from telling unknown and unused variables", () => {
    const silenced = [...parts, ...launcher.parts].filter(({ text }) => /disable=.*SC(2034|2154)/.test(text));
    expect(silenced.map(({ file }) => file)).toEqual([]);
    expect(shellcheck([...texts, 'stray() {\n  echo "$unknown"\n  unused=1\n}'])).toMatch(
      /unknown is referenced[^]*unused appears unused/,
    );
  });
});

const BROKEN: readonly Broken[] = [
  [
    "a setting that nothing reads",
    host,
    (source) => settingProblems(source, [...SENT, "PUMA_IDLE"], MADE),
    "the setting PUMA_IDLE is sent, and nothing reads it",
  ],
  [
    "a setting that nobody sends",
    stray("units.sh", 'say "$PUMA_NOBODY"'),
    settings,
    "units.sh: stray reads the setting PUMA_NOBODY, which nobody sends",
  ],
  [
    "one that is read with a default",
    stray("units.sh", 'say "text ${PUMA_NOBODY:-none}"'),
    settings,
    "units.sh: stray reads the setting PUMA_NOBODY, which nobody sends",
  ],
  [
    "a setting that is assigned",
    stray("units.sh", "PUMA_SERVICE=other"),
    settings,
    "units.sh: stray assigns the setting PUMA_SERVICE",
  ],
  [
    "a setting that is assigned by read",
    stray("units.sh", "while read -r PUMA_SERVICE; do :; done"),
    settings,
    "units.sh: stray assigns the setting PUMA_SERVICE",
  ],
  [
    "a setting that a removal does not send, and reads at its end",
    broken("main.sh", "stray() {", 'say "$PUMA_HASH"', "}", "trap stray EXIT"),
    removal,
    "remove: main.sh: stray reads the setting PUMA_HASH, which nobody sends",
  ],
  [
    "a setting that a removal sends, and only an installation reads",
    host,
    (source) => actionProblems(source, "remove", [...REMOVAL_SENT, "PUMA_HASH"], MADE),
    "remove: the setting PUMA_HASH is sent, and nothing reads it",
  ],
  [
    "a variable that is neither local nor declared",
    stray("units.sh", 'word=$1; say "$word"'),
    variableProblems,
    "units.sh: stray assigns word, which is neither local there nor declared in run.sh",
  ],
  [
    "the variable of a loop",
    stray("units.sh", "local other", 'for word in $(for other in 1; do say "$other"; done); do :; done'),
    variableProblems,
    "units.sh: stray assigns word, which is neither local there nor declared in run.sh",
  ],
  [
    "a local of another function",
    stray("units.sh", "say <<EOT", "${word}", "EOT"),
    variableProblems,
    "units.sh: stray reads word, which is neither local there nor declared in run.sh",
  ],
  [
    "a local that hides an exit code",
    stray("units.sh", "local word=$(now)", 'say "$word"'),
    variableProblems,
    "units.sh: stray declares word on a line with something else: 'local word' stands alone",
  ],
  [
    "a local that hides state from what is called",
    stray("units.sh", "local found", "found=1", 'property "$found" Id'),
    variableProblems,
    "units.sh: stray has a local found, which run.sh declares",
  ],
  [
    "a variable outside of all functions",
    broken("units.sh", "word=1"),
    variableProblems,
    "units.sh assigns word outside of all functions: run.sh declares it",
  ],
  [
    "state that nobody uses",
    broken("run.sh", "unused=1 # a word"),
    variableProblems,
    [
      "run.sh declares unused: nothing reads it",
      "run.sh declares unused: nothing sets it, and it is not readonly",
    ],
  ],
  [
    "state of which nobody knows who sets it",
    broken("run.sh", "total=1 # a word", "stray() {", 'total="$total$1"', "}"),
    variableProblems,
    "run.sh declares total: its line does not say that stray sets it",
  ],
  [
    "state that nobody of that name sets",
    broken("run.sh", "total=1 # a word; by say, stray", "stray() {", 'total="$total$1"', "}"),
    variableProblems,
    "run.sh declares total: its line says that say sets it",
  ],
  [
    "an upward call",
    stray("units.sh", 'say "$(main)"'),
    orderProblems,
    "units.sh: stray calls main of the later part main.sh",
  ],
  [
    "an upward call by way of one that runs what it is given",
    stray("units.sh", "attempt main"),
    orderProblems,
    "units.sh: stray calls main of the later part main.sh",
  ],
  [
    "a function that there is twice",
    broken("main.sh", "main() {", ":", "}"),
    orderProblems,
    "main.sh: main is there twice",
  ],
];

const USUAL = usual(settings, removal, variableProblems, orderProblems);

test.each(BROKEN)("%s is told", (_, source, problems, told) => {
  expect(problems(source).filter((problem) => !USUAL.includes(problem))).toEqual([told].flat());
});

test.each(["eval", "."])("%s is not allowed", (command) => {
  const message = new RegExp(`^units.sh:\\d+: '[${command}]+' is not allowed$`);
  expect(() => stray("units.sh", `${command} "$1"`)).toThrow(message);
});
