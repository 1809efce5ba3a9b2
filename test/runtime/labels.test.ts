/** SELinux, of which no kernel was at hand: stand-ins for what it and its commands say. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderOf, functions, quoted, says, SHELLS } from "./shell";

const UNIT = `[Service]
ExecStartPre=-+/srv/blog/bin/prepare "x"
ExecStart="/srv/blog/current/bin/puma" -C config/puma.rb
ExecStart=/srv/blog/current/bin/puma
ExecStop=/bin/sh /var/lib/stop.sh
`;
const problem = (path: string, label: string): string =>
  `\n  - SELinux does not let systemd execute ${path}, whose label is ${label}: give it the type bin_t ` +
  "('semanage fcontext' and 'restorecon'), or begin the command with a program in /usr/bin ('command')";
const OF_VAR = "unconfined_u:object_r:var_t:s0";

describe.each(SHELLS)("under $name", (shell) => {
  /** What the preflight finds where SELinux is so, files have this label, and the policy allows these permissions. */
  async function findings(enforce: string | undefined, label: string, policy: string): Promise<string> {
    const root = folderOf({
      ...(enforce !== undefined && { "sys/fs/selinux/enforce": enforce }),
      "sys/fs/selinux/class/file/index": "6\n",
      "sys/fs/selinux/class/file/perms/execute": "12\n",
      "run/cdktf-puma/web/new/x": "",
      puma: "",
    });
    const script = `mkdir -p "$STAGE/new$ETC"
      printf %s ${quoted(UNIT.replaceAll("/srv/blog/current/bin", root))} >"$STAGE/new$ETC/web.service"
      stat() { [ "$5" = ${root}/puma ] || return 0; echo ${label}; }
      ask_policy() { [ "\${1#* }" = "${label} 6" ] && ${policy}; }
      check_labels
      printf %s "$problems"`;
    return (await says(shell, `${functions({}, root)}\n${script}`)).replaceAll(root, "");
  }

  test.each<[string, string | undefined, string, string, string]>([
    ["there is none", undefined, OF_VAR, "printf 0", ""],
    ["it only warns", "0", OF_VAR, "printf 0", ""],
    ["its policy allows it", "1", OF_VAR, "printf 800", ""],
    ["its policy allows it, and more", "1", OF_VAR, "printf 2ffff", ""],
    ["its policy does not", "1", OF_VAR, "printf 7ff", problem("/puma", OF_VAR)],
    [
      "its policy does not allow a label of another's",
      "1",
      "a:b:own_t:s0",
      "printf 0",
      problem("/puma", "a:b:own_t:s0"),
    ],
    ["it cannot be asked", "1", OF_VAR, "return 1", problem("/puma", OF_VAR)],
    ["it says anything else", "1", OF_VAR, "printf x", problem("/puma", OF_VAR)],
    ["it cannot be asked of what it may allow", "1", "system_u:object_r:bin_t:s0", "return 1", ""],
    ["files have no label", "1", "''", "printf 0", ""],
  ])("where %s", async (_, enforce, label, policy, told) => {
    expect(await findings(enforce, label, policy)).toBe(told);
  });

  test("all that the unit executes is looked at, each file once", async () => {
    const root = folderOf();
    const script = `mkdir -p "$STAGE/new$ETC"
      printf %s ${quoted(UNIT)} >"$STAGE/new$ETC/web.service"
      executed_paths`;
    expect(await says(shell, `${functions({}, root)}\n${script}`)).toBe(
      "/bin/sh\n/srv/blog/bin/prepare\n/srv/blog/current/bin/puma\n",
    );
  });

  /** What goes back to its place, and how often it has another name. */
  async function wentBack(hasLabels: boolean, restorecon: string): Promise<[string, number]> {
    const root = folderOf({ ...(hasLabels && { "sys/fs/selinux/enforce": "0" }), log: "" });
    const etc = join(root, "etc/systemd/system");
    mkdirSync(etc, { recursive: true });
    mkdirSync(join(root, "var/lib/cdktf-puma/web/before/files"), { recursive: true });
    writeFileSync(join(root, "var/lib/cdktf-puma/web/before/files/web.service"), "old");
    const script = `restorecon() { echo "$*" >>${root}/log; ${restorecon}; }
      stage_kept "$ETC/web.service"; restore "$ETC/web.service"`;
    await says(shell, `${functions({}, root)}\n${script}`);
    expect(readFileSync(join(etc, "web.service"), "utf8")).toBe("old");
    expect(existsSync(join(etc, "web.service.cdktf-puma"))).toBe(false);
    return [
      readFileSync(join(root, "log"), "utf8").replaceAll(etc, ""),
      statSync(join(etc, "web.service")).nlink,
    ];
  }

  test("what goes back by a second name gets the label of its place", async () => {
    expect(await wentBack(true, ":")).toEqual(["/web.service.cdktf-puma\n", 2]);
  });

  test("where that cannot be, it is a copy, which has it by itself", async () => {
    expect(await wentBack(true, "return 1")).toEqual(["/web.service.cdktf-puma\n", 1]);
  });

  test("without SELinux no program is started for that", async () => {
    expect(await wentBack(false, ":")).toEqual(["", 2]);
  });
});
