import { join } from "node:path";
import { folderOf, functions, quoted, says, SHELLS, stubs } from "./shell";

/** What namei(1) prints of a way: its folders are root's, unless they are given. */
const way = (path: string, ...lines: string[]): string[] => [
  `f: ${path}`,
  "drwxr-xr-x root root /",
  ...lines,
];
const folder = (name: string, rights = "drwxr-xr-x", owner = "root", group = owner): string =>
  `${rights} ${owner} ${group} ${name}`;
const MISSING = "                     log - No such file or directory";

const WRITE = "write directives.Service.StandardOutput";
const READ = "read environmentFiles";

describe.each(SHELLS)("under $name", (shell) => {
  /** What a run says of paths, and the binds that it takes for root's; `ways` are namei's outputs, a call after the other. */
  async function check(
    opened: readonly string[],
    ways: readonly (readonly string[])[],
    rest = "",
  ): Promise<[string[], string]> {
    const settings = { PUMA_OPENED: opened.join("\n"), PUMA_USER: "deploy" };
    const text = ways.map((lines) => lines.join("\n")).join("\n--\n");
    const namei = `n=$(cat count 2>/dev/null || echo 1); echo $((n + 1)) >count
      awk -v n="$n" '$0 == "--" { at++; next } at == n - 1' <<'EOT'
${text}
EOT`;
    const script = `rm -f count; ${functions(settings)}\nfacts=''; ${rest}\ncheck_roots; say "$problems"; say "= $root_binds"`;
    const said = await says(shell, script, { before: stubs({ namei, awk: 'exec /usr/bin/awk "$@"' }) });
    const [problems = "", binds = ""] = said.split(/^= ?/m);
    return [problems.split("\n").filter(Boolean), binds.trim()];
  }

  const found = async (line: string, ...lines: string[]): Promise<string> => {
    const [[problem = ""]] = await check([line], [way(line.replace(/^\S+ \S+ /, ""), ...lines)]);
    return problem.replace(/^ {2}- (.*?): .*/, "$1");
  };

  test.each<[string, string, string[], string]>([
    [
      "a folder of another's",
      WRITE,
      [folder("srv"), folder("app", undefined, "deploy"), MISSING],
      "/srv/app belongs to deploy",
    ],
    [
      "the first of several",
      WRITE,
      [folder("a", "drwxrwxrwx"), folder("b", undefined, "eve")],
      "everybody may write to /a",
    ],
    ["a sticky folder", WRITE, [folder("tmp", "drwxrwxrwt"), MISSING], "everybody may write to /tmp"],
    ["a group's", WRITE, [folder("srv", "drwxrwxr-x", "root", "staff")], "the group staff may write to /srv"],
    ["one that only its owner enters", WRITE, [folder("srv", "drwx------"), MISSING], ""],
    ["Ubuntu's", WRITE, [folder("var"), folder("log", "drwxrwxr-x", "root", "syslog"), MISSING], ""],
    [
      "that group's elsewhere",
      WRITE,
      [folder("log", "drwxrwxr-x", "root", "syslog")],
      "the group syslog may write to /log",
    ],
    [
      "a folder behind a link",
      WRITE,
      [
        folder("a"),
        "lrwxrwxrwx root root log -> /x/y",
        folder("  /"),
        folder("  x"),
        folder("  y", undefined, "eve"),
      ],
      "/x/y belongs to eve",
    ],
    [
      "a relative one",
      WRITE,
      [
        folder("a"),
        folder("b"),
        "lrwxrwxrwx root root c -> ../d",
        folder("  .."),
        folder("  d", undefined, "eve"),
      ],
      "/a/d belongs to eve",
    ],
    ["a log of another's in root's folder", WRITE, [folder("a"), folder("log", "-rw-rw-rw-", "eve")], ""],
    [
      "a file of another's that is read",
      READ,
      [folder("a"), folder("env", "-rw-r-----", "eve")],
      "/a/env belongs to eve",
    ],
    [
      "one that a group writes",
      READ,
      [folder("env", "-rw-rw----", "root", "deploy")],
      "the group deploy may write to /env",
    ],
    ["one that a group reads", READ, [folder("env", "-rw-r-----", "root", "deploy")], ""],
    ["a FIFO", READ, [folder("env", "prw-------")], "/env is a FIFO"],
    ["a device, a socket", READ, [folder("null", "crw-rw-rw-"), folder("s", "srw-rw-rw-", "eve")], ""],
    [
      "a program of another's",
      "run directives.Service.ExecStartPre",
      [folder("x", "-rwxr-xr-x", "eve")],
      "/x belongs to eve",
    ],
    ["a name like namei's words", WRITE, ["         drwx-or-so - No such file or directory"], ""],
  ])("%s", async (_, as, lines, problem) => {
    expect(await found(`${as} /some/path`, ...lines)).toBe(problem);
  });

  test("each path gets what is wrong with it, and what to do", async () => {
    const bad = (path: string): string[] => way(path, folder("srv", undefined, "deploy"));
    const [problems] = await check(
      [`${READ} /srv/a b`, `${WRITE} /srv/c`, "own binds /srv/d", "listen binds /srv/e", "ask binds /srv/f"],
      ["/srv/a b", "/srv/c", "/srv/d", "/srv/e", "/srv/f"].map(bad),
    );
    const where = "as root, wherever a link there leads;";
    expect(problems).toEqual([
      `note: /srv belongs to deploy: systemd listens at /srv/e as root, wherever a link there leads, and deploy asks there; nobody can turn /run/web/puma.sock aside ('binds')`,
      `  - /srv belongs to deploy: systemd reads /srv/a b ${where} put it where only root writes, below /etc ('environmentFiles')`,
      `  - /srv belongs to deploy: systemd writes /srv/c ${where} leave it to the journal, use /var/log/web.log, or let Puma open it by --redirect-stdout ('directives.Service.StandardOutput')`,
      `  - /srv belongs to deploy: systemd gives /srv/d to its owner ${where} use /run/web/puma.sock, or a socket without 'user' and 'group' ('binds')`,
    ]);
  });

  test("behind a link of another's nothing is believed, whatever it says", async () => {
    const forged = ["lrwxrwxrwx deploy deploy x -> y", ...way("/run/b"), "srwxrwxrwx root root b"];
    const [, binds] = await check(
      ["ask binds /srv/a", "ask binds /srv/b"],
      [
        [
          ...way("/srv/a", folder("srv", undefined, "deploy"), ...forged),
          ...way("/srv/b", folder("srv", undefined, "deploy")),
        ],
        way("/srv/b", folder("srv", undefined, "deploy")),
      ],
    );
    expect(binds).toBe("");
  });

  test("binds of which root alone decides where they are, those of before among them", async () => {
    const rest = `record='
binds=http 0.0.0.0 1;unix /run/old;
'; record_of=web`;
    const [problems, binds] = await check(
      ["own binds /run/a", "ask binds /srv/b"],
      [
        [
          ...way("/run/a", folder("run"), folder("a", "srw-rw----", "deploy")),
          ...way("/srv/b", folder("srv", undefined, "eve")),
        ],
        way("/run/old", folder("run")),
      ],
      rest,
    );
    expect([problems, binds]).toEqual([[], "/run/a /run/old"]);
  });

  test.each([
    ["StandardOutput=append:/a/b", "write /a/b"],
    ["  StandardError\t= truncate:/a/b", "write /a/b"],
    ["StandardInput=file:/a", "read /a"],
    ["LoadCredential=key:/a b", "read /a b"],
    ["EnvironmentFile=-/a/%H/b", "read /a/"],
    ["OpenFile=/a b:name:read-only", "read /a b"],
    ["OpenFile=/a", "read /a"],
    ["ExecStartPre=+/a/b --c", "run /a/b"],
    ['ExecStopPost = -!"/a/b" /c', "run /a/b"],
    ["ExecReload=+-%h/b", ""],
    ["ExecStartPre=-/a/b +/c", ""],
    ["ExecStartPre=/a!/b", ""],
    ["Environment=A=+/b", ""],
    ["Environment=LD_PRELOAD=/a/b.so", "run /a/b.so"],
    ['Environment=A=/x "LD_PRELOAD=/a/b.so /c" B=1', "run /a/b.so"],
    ["Environment=LD_LIBRARY_PATH=/a:/b", "run /a"],
    ["Environment=MY_LD_PRELOAD=/a/b.so", ""],
    ["Environment=LD_PRELOAD=b.so", ""],
    ["#StandardOutput=append:/a/b", ""],
  ])("%j of a drop-in opens as root: %j", async (line, opened) => {
    const file = join(folderOf({ "a.conf": `[Service]\n${line}` }), "a.conf");
    const facts = `\n[web.service]\nDropInPaths=${file}\n`;
    const script = `facts=${quoted(facts)}; opened_by_drop_ins; printf %s "$found"`;
    const [as = "", path = ""] = opened.split(/ (.*)/);
    expect(await says(shell, `${functions()}\n${script}`)).toBe(
      opened === "" ? "" : `\n${as} ${file} ${path}`,
    );
  });

  test("a bind of Puma's own in a folder that is not there yet is none of them, one of systemd's is", async () => {
    const paths = ["/nowhere/a", "/nowhere/b"];
    const [, binds] = await check(
      ["ask binds /nowhere/a", "own binds /nowhere/b"],
      [paths.flatMap((path) => way(path))],
    );
    expect(binds).toBe("/nowhere/b");
  });

  test("a run that goes back before its checks knows those of before", async () => {
    const namei =
      "case $3 in /run/*) cat <<EOT\n" +
      way("/run/a").join("\n") +
      "\nEOT\n;; *) echo \"f: $3\"; echo 'drwxr-xr-x eve eve srv' ;; esac";
    const before = "record='\nbinds=unix /srv/b;unix /run/a;\n'; record_of=web";
    const script = `${functions()}\n${before}\njudge_binds_before; say "$root_binds$problems"`;
    expect(await says(shell, script, { before: stubs({ namei }) })).toBe(" /run/a\n");
  });

  test("a removal that goes back asks as who ran what comes back", async () => {
    const root = folderOf({
      "var/lib/cdktf-puma/web/before/files/web.service": "[Service]\nUser=deploy\n",
      "var/lib/cdktf-puma/web/before/files/shop.service": "[Service]\nUser=eve\n",
    });
    const script =
      'judge_binds_before; say "$account"; account="" predecessor=shop; judge_binds_before; say "$account"';
    const said = await says(shell, `${functions({}, root)}\n${script}`, {
      before: stubs({ id: 'echo "uid of $2"' }),
    });
    expect(said).toBe("uid of deploy\nuid of eve\n");
  });

  test("managed files beside the units, but for those in folders of root's own", async () => {
    const rest = "own_paths='/nowhere/etc/systemd/system/web.service.d/x.conf /srv/app/puma.rb'";
    const [problems] = await check([], [way("/srv/app/puma.rb", folder("srv", undefined, "deploy"))], rest);
    expect(problems).toEqual([
      "  - /srv belongs to deploy: root puts /srv/app/puma.rb there, wherever a link leads; choose a place where only root writes ('files')",
    ]);
  });

  test("without namei it is a problem, and asks for it", async () => {
    const [problems] = await check([`${READ} /etc/a`, "ask binds /run/b"], [[]]);
    expect(problems).toEqual([
      expect.stringMatching(/^ {2}- namei \(util-linux\) does not tell who may write there: /),
    ]);
  });

  test("without a path no program is started", async () => {
    const [problems] = await check([], [], "namei() { say started; }");
    expect(problems).toEqual([]);
  });
});
