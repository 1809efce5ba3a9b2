import { type Effect, effectOf, reloadOnlyDirectives } from "../../lib/puma/directive-table";
import { linesByEffect } from "../../lib/puma/unit-parts";
import { DIRECTIVES } from "../../lib/systemd/directive-table";
import { UnitFile } from "../../lib/systemd/unit-file";
import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { folderOf, functions, quoted, says, sh, SHELLS } from "./shell";

const UNIT = `# A comment
[Unit]
Description=Puma
After=network.target

[Service]
Type=notify
Environment="A=1"
Environment="B=2"
  ; another comment
ExecStart=/srv/puma \\
  -b tcp://0.0.0.0:9292 \\
  -w 2
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** Edits of the unit above: what differs for a Puma that runs. */
const EDITS: readonly [name: string, edit: (unit: string) => string, changed: string][] = [
  ["nothing", (unit) => unit, ""],
  ["a comment", (unit) => unit.replace("# A comment", "# Another\n#one"), ""],
  ["a comment in the midst", (unit) => unit.replace("; another comment", "# yet another"), ""],
  ["blank lines", (unit) => unit.replace("Type=", "\n\n \t\nType="), ""],
  ["the description", (unit) => unit.replace("Description=Puma", "Description=Shop"), ""],
  ["another directive of [Unit]", (unit) => unit.replace("After=", "Before="), ""],
  ["[Install]", (unit) => unit.replace("multi-user", "graphical"), ""],
  ["no [Install]", (unit) => unit.replace(/\[Install\][^]*/, ""), ""],
  ["how it is restarted", (unit) => unit.replace("Restart=always", "Restart=on-failure\nRestartSec=7"), ""],
  [
    "how it is stopped",
    (unit) => `${unit}[Service]\nExecStop=/bin/true\nTimeoutStopSec=9\nKillMode=mixed\nSuccessExitStatus=3\n`,
    "",
  ],
  ["the start timeout", (unit) => unit.replace("Type=", "TimeoutStartSec = 5\nType="), ""],
  [
    "what is done at its end",
    (unit) => unit.replace("Type=", "RestartSteps=3\nTimeoutAbortSec=7\nType="),
    "",
  ],
  ["what the kernel allows it", (unit) => unit.replace("Type=", "MemoryMax=1G\nOOMPolicy=kill\nType="), ""],
  [
    "what is shown as new and is not",
    (unit) => unit.replace("Type=", "OOMScoreAdjust=9\nType="),
    "OOMScoreAdjust",
  ],
  ["what systemd ignores", (unit) => `${unit}[X-Site]\nType=x\n[Service]\nX-Type=x\n`, ""],
  ["a section of any other name", (unit) => `${unit}[Serv]\nType=x\n`, ""],
  ["spaces before a name", (unit) => unit.replace("Restart=", "  Restart="), ""],
  ["a value", (unit) => unit.replace("A=1", "A=2"), "Environment"],
  ["a value beside a comment", (unit) => unit.replace("A=1", "A=2").replace("# A", "# B"), "Environment"],
  ["one of two with one name", (unit) => unit.replace('Environment="B=2"\n', ""), "Environment"],
  ["one said twice", (unit) => unit.replace('Environment="B=2"\n', "$&$&"), "Environment"],
  ["a list that is reset", (unit) => unit.replace('Environment="B', "Environment=\n$&"), "Environment"],
  ["a continuation line", (unit) => unit.replace("-w 2", "-w 3"), "ExecStart"],
  ["the middle of a continued line", (unit) => unit.replace("9292", "9393"), "ExecStart"],
  ["two directives", (unit) => unit.replace("notify", "simple").replace("-w 2", "-w 3"), "Type, ExecStart"],
  ["a new directive", (unit) => unit.replace("Type=", "LimitNOFILE=9\nType="), "LimitNOFILE"],
  ["a directive less", (unit) => unit.replace("Type=notify\n", ""), "Type"],
  ["spaces before the =", (unit) => unit.replace("Type=notify", "Type = simple"), "Type"],
  [
    "a directive with a name that begins alike",
    (unit) => unit.replace("Type=", "RestartForce=1\nType="),
    "RestartForce",
  ],
  [
    "the order of two",
    (unit) => unit.replace(/(Environment="A=1"\n)(Environment="B=2"\n)/, "$2$1"),
    "order of lines",
  ],
  // systemd drops a comment before it looks for a backslash.
  [
    "what follows a comment that ends in a backslash",
    (unit) => unit.replace("  ; another comment", "# a comment \\\nEnvironment=C=3"),
    "Environment",
  ],
  ["a comment within a continued line", (unit) => unit.replace("  -w 2", "# workers:\n  -w 2"), ""],
];

/** Each directive that systemd knows in any section, once. */
function namesOfAll(): string[] {
  const groups = Object.values(DIRECTIVES).flatMap((spans) => Object.values(spans));
  return [...new Set(groups.flatMap((names) => names.split(/\s+/)).filter(Boolean))];
}

test.each(EDITS)("of %s, the plan says what the host finds", (_, edit, changed) => {
  const restarting = (unit: string): readonly string[] =>
    linesByEffect(UnitFile.parse(unit)).get("restart") ?? [];
  expect(isDeepStrictEqual(restarting(UNIT), restarting(edit(UNIT)))).toBe(changed === "");
});

describe.each(SHELLS)("under $name", (shell) => {
  const RELOAD_ONLY = reloadOnlyDirectives().join(" ");
  const inFolder = (files: Record<string, string>, script: string): Promise<string> =>
    says(shell, `${functions({ PUMA_RELOAD_ONLY: RELOAD_ONLY })}\n${script}`, { cwd: folderOf(files) });

  test("of a socket, all of [Socket] counts", async () => {
    const socket = "[Unit]\nDescription=S\n[Socket]\nListenStream=80\nBacklog=7\n[Install]\nWantedBy=x\n";
    const files = { old: socket, new: socket.replace("=S", "=T").replace("=7", "=8") };
    expect(await inFolder(files, "changed_directives old new")).toBe("Backlog\n");
  });

  test.each([
    [
      "no words of it",
      "ListenStream=80",
      "ListenStream=[::]:80\nNoDelay=no\nReusePort=false\nBacklog=4294967295",
    ],
    [
      "other words for a yes",
      "ListenStream=80\nNoDelay=1\nReusePort=yes",
      "ListenStream=80\nReusePort=true\nNoDelay = true",
    ],
    ["where /var/run is", "ListenStream=/var/run/a.sock", "ListenStream=/run/a.sock\nRemoveOnStop=true"],
    [
      "what a file has none of",
      "ListenStream=/run/a.sock\nNoDelay=true\nReusePort=true",
      "ListenStream=/run/a.sock",
    ],
    [
      "the last of several",
      "ListenStream=80\nNoDelay=no\nBacklog=7\nNoDelay=yes\nBacklog=4294967295",
      "ListenStream=80\nNoDelay=true",
    ],
    ["another order of the rest", "Accept=no\nBacklog=7\nListenStream=80", "ListenStream=80\nBacklog=7"],
  ])("a socket of another tool that says the same is no other: %s", async (_, theirs, ours) => {
    const files = { old: `[Socket]\n${theirs}\n`, new: `[Socket]\n${ours}\n` };
    expect(await inFolder(files, "changed_directives old new")).toBe("");
  });

  test.each([
    ["ListenStream=80\nNoDelay=no", "ListenStream=80\nNoDelay=yes", "NoDelay"],
    [
      "ListenStream=80\nListenStream=/run/a.sock\nReusePort=yes",
      "ListenStream=80\nListenStream=/run/a.sock",
      "ReusePort",
    ],
    ["ListenStream=80\nListenStream=81", "ListenStream=81\nListenStream=80", "order of lines"],
    ["ListenStream=80\nBacklog=0", "ListenStream=80", "Backlog"],
    ["ListenStream=80", "ListenStream=0.0.0.0:80", "ListenStream"],
    ["ListenStream=80\nNoDelay=yes\nNoDelay=no", "ListenStream=80\nNoDelay=yes", "NoDelay"],
    ["ListenStream=80\nMark=1\nMark=2", "ListenStream=80\nMark=2\nMark=1", "Mark"],
    [
      "ListenStream=80\nExecStartPre=/a\nExecStartPre=",
      "ListenStream=80\nExecStartPre=\nExecStartPre=/a",
      "ExecStartPre",
    ],
  ])("one that says something else is another: %j, %j", async (theirs, ours, changed) => {
    const files = { old: `[Socket]\n${theirs}\n`, new: `[Socket]\n${ours}\n` };
    expect(await inFolder(files, "changed_directives old new")).toBe(`${changed}\n`);
  });

  test("what systemd takes up in a service need not be taken up in a socket", async () => {
    const socket = "[Socket]\nListenStream=80\n";
    const files = { old: socket, new: `${socket}WatchdogSignal=9\nTimeoutSec=9\n` };
    expect(await inFolder(files, "changed_directives old new")).toBe("WatchdogSignal\n");
  });

  test("what differs without a restart can be named", async () => {
    const files = {
      old: UNIT,
      new: UNIT.replace("Type=", "RestartSteps=3\nType=").replace("=always", "=no"),
    };
    expect(await inFolder(files, "changed_directives old new ''")).toBe("Restart, RestartSteps\n");
    const described = { old: UNIT, new: UNIT.replace("=Puma", "=Shop") };
    expect(await inFolder(described, "changed_directives old new ''")).toBe("");
  });

  // One table for the plan and for the host: the shell's is made from it.
  test.each<[section: string, effect: Effect]>([
    ["Unit", "reload"],
    ["Service", "restart"],
    ["Socket", "reopen"],
    ["Install", "reload"],
    ["X-Site", "reload"],
  ])("of all that systemd knows, in [%s] the host restarts what the table says", async (section, effect) => {
    const names = namesOfAll();
    const files = { old: "", new: `[${section}]\n${names.map((name) => `${name}=x\n`).join("")}` };
    const restarting = names.filter((name) => effectOf(section, name) === effect);
    const expected = effect === "reload" ? "" : `${restarting.join(", ")}\n`;
    expect(await inFolder(files, "changed_directives old new")).toBe(expected);
    expect(names.filter((name) => !["reload", effect].includes(effectOf(section, name)))).toEqual([]);
  });

  test("from an empty unit all is new", async () => {
    expect(await inFolder({ old: "", new: "[Service]\nType=simple\n" }, "changed_directives old new")).toBe(
      "Type\n",
    );
    expect(await inFolder({ old: "[Service]\nType=simple\n", new: "" }, "changed_directives old new")).toBe(
      "Type\n",
    );
  });

  test.each(EDITS)("%s", async (_, edit, changed) => {
    const said = await inFolder({ old: UNIT, new: edit(UNIT) }, "changed_directives old new");
    expect(said.trimEnd()).toBe(changed);
  });

  test.each([
    ["another program", "ExecStart=/srv/puma", "ExecStart=/srv/other", true],
    ["another Type=", "Type=notify", "Type=simple", true],
    ["a PATH", "Type=notify", "Type=notify\nEnvironment=PATH=/opt/ruby/bin", true],
    ["a Gemfile", "Type=notify", "Type=notify\nEnvironment=BUNDLE_GEMFILE=/srv/Gemfile", true],
    ["what stands in quotes", 'Environment="B=2"', 'Environment="B=3"', true],
    ["another variable", "Type=notify", "Type=notify\nEnvironment=GREETING=hello", false],
    ["a limit", "Type=notify", "Type=notify\nLimitNOFILE=9", false],
  ])("%s can be another Puma, or not", async (_, old, edited, other) => {
    const files = { old: UNIT, new: UNIT.replace(old, edited) };
    const script = '[ "$(code_lines old)" = "$(code_lines new)" ] && echo same || echo other';
    expect(await inFolder(files, script)).toBe(other ? "other\n" : "same\n");
  });

  test("a file is installed with its mode, over a link and what was there, and nothing is left beside it", async () => {
    const folder = folderOf({ new: "new\n", "there/unit": "old\n", elsewhere: "mine\n" });
    symlinkSync("../elsewhere", join(folder, "there/link"));
    const install = (name: string): string => `stage new there/${name} 644 root:root; put there/${name}`;
    const script = `umask 077; ${install("unit")}; ${install("link")}; ls there`;
    expect(await says(shell, `${functions()}\n${script}`, { cwd: folder })).toBe("link\nunit\n");
    for (const name of ["unit", "link"]) {
      expect(readFileSync(join(folder, "there", name), "utf8")).toBe("new\n");
      expect(statSync(join(folder, "there", name)).mode & 0o777).toBe(0o644);
    }
    expect(readFileSync(join(folder, "elsewhere"), "utf8")).toBe("mine\n");
  });

  test("a section is all of its lines, wherever it stands", async () => {
    const root = folderOf({ unit: "[Unit]\nA=1\n[Service]\nB=2\n[Unit]\nC=3", none: "[Service]\nB=2\n" });
    const section = (file: string, name: string): Promise<string> =>
      says(shell, `${functions()}\nsection_of ${root}/${file} ${name}; printf %s "$found"`);
    expect(await section("unit", "Unit")).toBe("[Unit]\nA=1\n[Unit]\nC=3\n");
    expect(await section("unit", "Install")).toBe("");
    expect(await section("gone", "Unit")).toBe("");
    const same = `has_same_section Unit ${root}/unit ${root}/none || echo differs; has_same_section Service ${root}/unit ${root}/none && echo same`;
    expect(await says(shell, `${functions()}\n${same}`)).toBe("differs\nsame\n");
  });

  test.each([
    ["ActiveState=active\nStartLimitIntervalUSec=0\nNRestarts=0", "freely"],
    ["ActiveState=active\nStartLimitIntervalUSec=10s\nNRestarts=0", ""],
    ["ActiveState=active\nStartLimitIntervalUSec=0\nNRestarts=2", ""],
    ["ActiveState=failed\nStartLimitIntervalUSec=0\nNRestarts=0", ""],
    ["ActiveState=active", ""],
    ["", ""],
  ])("systemd starts a unit of %j %s", async (block, word) => {
    const facts = `facts=${quoted(`\n[web.socket]\nActiveState=active\n[web.service]\n${block}`)}`;
    const script = `${facts}; ! starts_freely web.service || printf freely`;
    expect(await says(shell, `${functions()}\n${script}`)).toBe(word);
  });

  test("a unit is masked by a link to /dev/null, in /etc or in /run", async () => {
    const root = folderOf();
    for (const folder of ["etc", "run"]) {
      mkdirSync(join(root, folder, "systemd/system"), { recursive: true });
      symlinkSync("/dev/null", join(root, folder, `systemd/system/${folder}.service`));
    }
    symlinkSync("/dev/zero", join(root, "etc/systemd/system/other.service"));
    const script = functions({}, root);
    const codes = ["etc", "run", "other", "none"].map(
      async (name) => (await sh(shell, `${script}\nis_masked ${name}.service`)).code,
    );
    expect(await Promise.all(codes)).toEqual([0, 0, 1, 1]);
  });
});
