import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { type Result } from "../../lab/fleet/run";
import { runScript } from "../../lib/deploy/run-script";
import { listScript, part, PARTS } from "../../lib/runtime/parts";
import { launch } from "./launcher";
import { folderOf, functions, moved, quoted, says, sh, SHELLS, stubs } from "./shell";

const servers: Server[] = [];
afterAll(() => servers.forEach((server) => server.close()));

/** A user's runtime folder in which these listen. */
async function runtimeWith(...names: readonly string[]): Promise<string> {
  const folder = folderOf({ "systemd/x": "" });
  for (const name of names) {
    const server = createServer().listen(join(folder, name));
    servers.push(server);
    await once(server, "listening");
  }
  return folder;
}

const PRIVATE = "systemd/private";
const OPS = { id: "case $1 in -u) echo 7 ;; -un) echo ops ;; esac" };

const NO_LINGER =
  "the systemd of ops, and Puma with it, ends when ops logs out and does not start with the machine: " +
  "'sudo loginctl enable-linger ops', or the same without sudo where polkit lets ops";

describe.each(SHELLS)("launched for a user's own systemd under $name", (shell) => {
  const asUser = { become: "user", commands: OPS, stdin: true } as const;

  test("asks that one, as nobody else, and tells the payload", async () => {
    const runtime = await runtimeWith(PRIVATE, "bus");
    const { code, stdout, log } = await launch(shell, { ...asUser, runtime, lingering: ["ops"] });
    expect([code, stdout]).toEqual([
      0,
      "payload: a 192.0.2.1 apply ops from 192.0.2.9 web api web site 600 user\n",
    ]);
    expect(log).toMatch(/^systemd-run --user --wait /);
    expect(log).not.toContain("sudo");
  });

  test("all that is missing is told at once, with what mends it", async () => {
    const runtime = folderOf();
    const { code, stdout, log } = await launch(shell, { ...asUser, runtime, lingering: ["deploy"] });
    expect(code).toBe(1);
    expect(stdout).toBe(
      `FAILED on a: nothing was changed, because of\n  - ${NO_LINGER}\n` +
        `  - no systemd of ops runs, as ${runtime} has none: install libpam-systemd, and see 'systemctl status user@7.service'\n`,
    );
    expect(log).toBe("");
  });

  test("a systemd without a bus starts no run", async () => {
    const runtime = await runtimeWith(PRIVATE);
    const { stdout } = await launch(shell, { ...asUser, runtime, lingering: ["ops"] });
    expect(stdout).toBe(
      `FAILED on a: nothing was changed, because of\n  - ops has no bus at ${runtime}/bus, by which a run is started: ` +
        "install dbus-user-session, then 'systemctl --user start dbus.socket' as ops\n",
    );
  });

  test("root is no such user", async () => {
    const runtime = await runtimeWith(PRIVATE, "bus");
    const { stdout } = await launch(shell, { become: "user", stdin: true, runtime, lingering: ["root"] });
    expect(stdout).toMatch(/^FAILED on a: root has the machine's systemd: log in as another user/);
  });
});

describe.each(SHELLS)("asked on the host, what is kept of a user's service under $name", (shell) => {
  const STATE = "home/.local/state/cdktf-puma/web";

  async function asked(what: string, user: string, settings: string): Promise<Result & { root: string }> {
    const root = folderOf({ "run/systemd/system/x": "", "var/lib/systemd/linger/ops": "" });
    const files = { "run.sh": moved(runScript(), root), record: "host=a\naddress=192.0.2.1\n", settings };
    mkdirSync(join(root, STATE), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, STATE, name), text);
    const runtime = await runtimeWith(PRIVATE, "bus");
    const before = stubs({ id: user, systemctl: "exit 1", "systemd-run": 'echo "systemd-run $*"' });
    const env = { HOME: join(root, "home"), XDG_RUNTIME_DIR: runtime };
    return {
      ...(await sh(shell, `exec /bin/sh ${root}/${STATE}/run.sh ${what} web`, { before, env })),
      root,
    };
  }

  test("restarts it by the user's own systemd", async () => {
    const { code, stdout, root } = await asked("restart", OPS.id, "");
    expect(stdout).toMatch(/^systemd-run --user --wait /);
    expect(stdout).toContain(` ${root}/${STATE}/run.sh a 192.0.2.1 restart ops  web  600 user\n`);
    expect(code).toBe(0);
  });

  test("goes by the settings there", async () => {
    const { code, stdout } = await asked("status", OPS.id, 'echo "settings for $*"\nexit 4\n');
    expect([code, stdout]).toEqual([4, "settings for a 192.0.2.1 status   web   user\n"]);
  });

  test("is none of root's", async () => {
    const { code, stdout } = await asked("restart", "echo 0", "");
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^cdktf-puma: web was not installed whole in \S+\/var\/lib\/cdktf-puma\/web, /),
    ]);
  });
});

test.each(SHELLS)(
  "the list under $name tells what the user has beside what the machine has",
  async (shell) => {
    const of = (folder: string): string => `${folder}/cdktf-puma/web/record`;
    const record = (owner: string): string => `owner=${owner}\nhost=a\naddress=192.0.2.1\n`;
    const root = folderOf({
      [of("var/lib")]: record("blog"),
      [of("home/.local/state")]: record("own"),
      "home/.local/state/cdktf-puma/api/handed-over": record("own"),
    });
    const before = stubs({ systemctl: 'echo "asked $*"', date: "echo now" });
    const env = { HOME: join(root, "home") };
    const rows = (await says(shell, moved(listScript(), root), { before, env })).split("\n");
    const row = (...fields: string[]): string => ["cdktf-puma", ...fields].join("\t");
    expect(rows).toEqual([
      "",
      row("web", "blog", "a", "192.0.2.1", "now", "asked --system is-active -- web.service", "system"),
      row("api", "", "a", "192.0.2.1", "now", "asked --user is-active -- api.service", "user"),
      row("web", "own", "a", "192.0.2.1", "now", "asked --user is-active -- web.service", "user"),
      "",
    ]);
  },
);

test("no part asks systemd in another way than by manager.sh", () => {
  const others = PARTS.filter((name) => name !== "manager").map((name) =>
    part(name).replace(/^\s*#.*$/gm, ""),
  );
  const asked =
    /(?<!command -v )(?<![\w"'-])systemd-(run|analyze) |timeout [^|;\n]*\b(systemctl|journalctl) |command (systemctl|journalctl)/;
  for (const text of others) expect(text).not.toMatch(asked);
  expect(part("manager")).toMatch(asked);
});

const SAYS = 'echo "${0##*/} $*"';
const COMMANDS = { systemctl: SAYS, "systemd-run": SAYS, "systemd-analyze": SAYS, journalctl: SAYS };

describe.each(SHELLS)("a run in a user's own systemd under $name", (shell) => {
  const env = { HOME: "/home/ops", XDG_RUNTIME_DIR: "/run/user/7" };
  const inScope = (scope: string, script: string, settings = {}): Promise<string> => {
    const prelude = functions({ PUMA_SCOPE: scope, ...settings });
    const before = stubs({ ...COMMANDS, ...OPS });
    return says(shell, `${prelude}\n${script}`, { env, before });
  };

  test.each([
    ["systemctl show web.service", "systemctl --user show web.service"],
    ["systemctl_within 5 stop -- web.service", "systemctl --user stop -- web.service"],
    ["systemd_run --wait true", "systemd-run --user --wait true"],
    ["systemd_analyze verify x", "systemd-analyze --user verify x"],
    [
      "journalctl -q _SYSTEMD_UNIT=web.service + UNIT=web.service _UID=0 _PID=5",
      "journalctl --user -q _SYSTEMD_USER_UNIT=web.service + USER_UNIT=web.service _UID=7 _PID=5",
    ],
    ["journalctl --quiet --sync", "journalctl --quiet --sync"],
  ])("%s", async (words, asked) => {
    expect(await inScope("user", words)).toBe(`${asked}\n`);
    const plain = words.replace(/^systemctl_within 5/, "systemctl").replace(/^systemd_/, "systemd-");
    expect(await inScope("system", words)).toBe(`${plain}\n`);
  });

  test("has its places below the user's own", async () => {
    const places =
      'say "$ETC $RUN_UNITS $STATE $STAGE $BACKUPS $(own_folder standin)"; place %h/a/b; say "$found"';
    expect(await inScope("user", places)).toBe(
      "/home/ops/.config/systemd/user /run/user/7/systemd/user /home/ops/.local/state/cdktf-puma/web /run/user/7/cdktf-puma/web " +
        "/home/ops/.local/state/cdktf-puma-backups /run/user/7/cdktf-puma-web-standin\n/home/ops/a/b\n",
    );
  });

  test("trusts what is the user's own or root's, and nothing of others'", async () => {
    const judged = [
      ["drwxr-xr-x root root", ""],
      ["drwxr-xr-x ops ops", ""],
      ["drwxrwxr-x ops ops", ""],
      ["drwxrwxr-x ops www-data", "the group www-data may write to /p"],
      ["drwxrwxrwx ops ops", "everybody may write to /p"],
      ["drwxr-xr-x deploy ops", "/p belongs to deploy"],
    ] as const;
    const script = judged.map(([words]) => `judge_place read ${words} /p; say "$found"`).join("\n");
    expect(await inScope("user", script)).toBe(judged.map(([, told]) => `${told}\n`).join(""));
    expect(await inScope("system", `judge_place read drwxrwxr-x root root /p; say "$found"`)).toBe(
      "the group root may write to /p\n",
    );
  });

  test("knows the units of the user's own systemd from those of the machine's", async () => {
    const top = "0::/user.slice/user-7.slice/user@7.service";
    const groups = {
      "1/cgroup": "0::/init.scope\n",
      "run/cgroup": `9:name=systemd:/\n${top}/app.slice/cdktf-puma-web.service\n`,
      "5/cgroup": `${top}/app.slice/web.service\n`,
      "6/cgroup": `${top}/init.scope\n`,
      "8/cgroup": "0::/system.slice/web.service\n",
    };
    const root = folderOf(groups);
    const prelude = functions({ PUMA_SCOPE: "user" })
      .replaceAll('"/proc/$1/cgroup"', `"${root}/$1/cgroup"`)
      .replaceAll('group_of "$$"', "group_of run");
    const script = `${prelude}
      for process in 5 6 8; do unit_of_process "$process"; say "$process:$found"; done
      unit_of_socket 77 web.socket "77 6" ''; say "$found"`;
    expect(await says(shell, script, { env, before: stubs(OPS) })).toBe(
      "5:web.service\n6:init.scope\n8:\nsystemd\n",
    );
  });

  test.each([
    ["memory pids", "MemoryMax", ""],
    [
      "pids",
      "MemoryMax",
      "MemoryMax= would not be in force: the controller 'memory' is not left to the systemd of ops; as root,",
    ],
    [
      "memory pids",
      "CPUQuota",
      "CPUQuota= would not be in force: the controller 'cpu' is not left to the systemd of ops; as root,",
    ],
    ["", "Nice", ""],
  ])("with the controllers '%s' %s= is told of: %s", async (controllers, directive, told) => {
    const script = `group_of_manager() { found=0::/x; }
      text_of() { printf %s ${quoted(controllers)}; }
      values_of() { found=''; [ "$1" != ${directive} ] || found=' 1'; }
      check_controllers; say "$problems"`;
    const problems = await inScope("user", script);
    expect(
      problems
        .trim()
        .split(/(?<=as root,)/)[0]
        ?.replace(/^- /, ""),
    ).toBe(told);
  });
});
