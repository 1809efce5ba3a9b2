/** The script that a run keeps on the host, and what starts it for a removal. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { SETTING_NAMES } from "../../lib/deploy/host-settings";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { runScript } from "../../lib/deploy/run-script";
import { shellSettings } from "../../lib/deploy/shell-settings";
import { Bind } from "../../lib";
import { Service } from "../../lib/puma/service";
import { commandScript, launchScript } from "../../lib/runtime/parts";
import { PropPath } from "../../lib/values/prop-path";
import { type Result } from "../../lab/fleet/run";
import { NO_SUDO } from "./launcher";
import { folderOf, functions, moved, part, sh, type Shell, SHELLS, stubs } from "./shell";

const [STATE, HOME_STATE] = ["var/lib/cdktf-puma/web", ".local/state/cdktf-puma"];
const packed = (text: string): string => gzipSync(text).toString("base64");

describe.each(SHELLS)("under $name, a run", (shell) => {
  /** What a run that brings a script leaves in the service's folder. */
  async function kept(
    script: string,
    files: Record<string, string> = {},
    hash = "new",
  ): Promise<Result & { state: string }> {
    const root = folderOf({ "var/lib/x": "", "run/cdktf-puma/web/step": "", ...files });
    const settings = { PUMA_SCRIPT: script, PUMA_SCRIPT_HASH: hash };
    const result = await sh(shell, `${functions(settings, root)}\nattempt keep_script\nexit $code`);
    return { ...result, state: join(root, STATE) };
  }

  test("keeps its script as root's alone", async () => {
    const { code, state } = await kept(packed("echo a script\n"));
    expect([code, readdirSync(state)]).toEqual([0, ["run.sh"]]);
    expect(readFileSync(join(state, "run.sh"), "utf8")).toBe("echo a script\n");
    expect((statSync(join(state, "run.sh")).mode & 0o777).toString(8)).toBe("600");
  });

  test.each([
    ["is of the same version", "PUMA_SCRIPT_HASH=new\n", "PUMA_SCRIPT_HASH=new\n"],
    ["is of another version, whose run may have failed", "PUMA_SCRIPT_HASH=newer\n", "a script"],
    ["is damaged", "", "a script"],
  ])("looks whether what is there %s", async (_, text, expected) => {
    const { code, stderr, state } = await kept(packed("a script"), { [`${STATE}/run.sh`]: text });
    expect([code, stderr, readFileSync(join(state, "run.sh"), "utf8")]).toEqual([0, "", expected]);
  });

  test("finds its own", async () => {
    const hash = /^PUMA_SCRIPT_HASH=(\w+)\n/.exec(runScript())?.[1];
    const files = { [`${STATE}/run.sh`]: runScript() };
    const { state } = await kept(packed("another"), files, hash);
    expect(readFileSync(join(state, "run.sh"), "utf8")).toBe(runScript());
  });

  test("never puts half of its settings in their place", async () => {
    const root = folderOf({ [`${STATE}/settings`]: "whole", "run/cdktf-puma/web/step": "" });
    const half = "print_settings() {\n  echo half\n  exit 3\n}\nattempt write_settings\nexit $code";
    const { code } = await sh(shell, `${functions({ PUMA_SCRIPT: "one" }, root)}\n${half}`);
    expect([code, readFileSync(join(root, STATE, "settings"), "utf8")]).toEqual([3, "whole"]);
  });

  test("never puts half of one in its place", async () => {
    const whole = packed("echo something long\n".repeat(50));
    const { code, state } = await kept(whole.slice(0, -16), { [`${STATE}/run.sh`]: "old text" });
    expect(code).not.toBe(0);
    expect(readFileSync(join(state, "run.sh"), "utf8")).toBe("old text");
  });
});

/** Settings that no shell takes as they are. */
const SETTINGS = { PUMA_RELEASE: 'it\'s 100% $HOME `id`\n\\n "new"', PUMA_HEALTH_HEADERS: "''" };

describe.each(SHELLS)("under $name, the settings", (shell) => {
  const whole = (): string => runScript().replace(/main <\/dev\/null\n$/, "");
  const given = (): string => {
    const names = SETTING_NAMES.map((name) => `${name}=''\n`).join("");
    const files = "PUMA_FILES='/etc/a 600 root:root restart :c2VjcmV0\n/etc/b 644 root:root none :Cg=='\n";
    return `${names}${files}${shellSettings(SETTINGS)}PUMA_RUN_TIMEOUT=7\nset -- a b apply me web\n${whole()}`;
  };

  test("come back as they were, without what is in files", async () => {
    const { stdout: settings } = await sh(shell, `${given()}\nprint_settings`);
    const names = Object.keys(SETTINGS);
    const back = await sh(
      shell,
      `${settings}\nprintf '%s|' "$PUMA_FILES" ${names.map((n) => `"$${n}"`).join(" ")}`,
    );
    expect(back.stdout).toBe(
      ["/etc/a 600 root:root restart :\n/etc/b 644 root:root none :", ...Object.values(SETTINGS), ""].join(
        "|",
      ),
    );
    expect(settings).not.toContain("c2VjcmV0");
    expect((await sh(shell, `${settings}\nPUMA_USER=other\necho on`)).stdout).toBe("");
  });
});

const HOME = { HOME: "/home/ops", XDG_RUNTIME_DIR: "/run/user/7" };

describe.each(SHELLS)("under $name, the settings of an installation", (shell) => {
  const says = async (scope?: "user"): Promise<string> => {
    const [at, identity] = [PropPath.of("PumaService", "web"), { name: "web", stack: "blog" }];
    const props = { workingDirectory: "/srv", ...(scope && { scope }) };
    const service = Service.resolve(at, identity, props, { binds: [Bind.tcp(1)] });
    const bundle = Bundle.of(service, DeployStrategy.resolve(service, {}), new Map(), "blog");
    const script = bundle.toShell().replace(/main <\/dev\/null\n$/, "print_settings\n");
    const { code, stdout } = await sh(shell, script, { args: ["a", "b", "apply", "me", "web"], env: HOME });
    expect(code).toBe(0);
    return stdout;
  };

  test("are printed whole in each scope, though that of the machine is left away", async () => {
    expect(await says()).toContain("\nPUMA_SCOPE=''\n");
    expect(await says("user")).toContain("\nPUMA_SCOPE='user'\n");
  });
});

describe.each(SHELLS)("under $name, the command", (shell) => {
  const command = (args: string): Promise<Result> => {
    const root = folderOf({ [`${STATE}/run.sh`]: 'echo "run $*"' });
    return sh(shell, `set -- ${args}\n${moved(commandScript(), root)}`);
  };

  test.each(["restart web", "status web"])("hands '%s' on", async (args) => {
    expect(await command(args)).toMatchObject({ code: 0, stdout: `run ${args}\n` });
  });

  test.each(["", "web", "restart", "restart web now", "'restart web'", "remove web", "'' web"])(
    "takes two words: not %s",
    async (args) => {
      expect(await command(args)).toMatchObject({ code: 2, stdout: "" });
    },
  );

  test.each(["../web", "web/../web", "-x", "''", "'web '", "other", "."])(
    "takes a name: not %s",
    async (name) => {
      expect(await command(`restart ${name}`)).toMatchObject({ code: 1, stdout: "" });
    },
  );
});

const OPS = { id: "case $1 in -u) echo 7 ;; -un) echo ops ;; esac" };
const SUDO = 'echo "sudo $2 $3" >>"$LOG"; shift; exec "$@"';
/** Runs what it is given, as systemd-run does. */
const WITHIN = `case $* in *'\${'*) exit 9 ;; esac; echo "systemd-run $*" >>"$LOG"; while [ "$1" != /bin/sh ]; do shift; done; exec "$@"`;
const BUSY = "echo 'Failed to start transient service unit: Unit x.service already exists.' >&2; exit 1";

/** Starts a removal on a host, as the engine does. */
async function load(
  shell: Shell,
  files: Record<string, string>,
  options: {
    become?: string;
    commands?: Record<string, string>;
    action?: string;
  } = {},
): Promise<Result & { log: string; root: string }> {
  const root = folderOf({ "var/lib/x": "", "run/systemd/system/x": "", log: "" });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), moved(text, root));
  }
  const LOG = join(root, "log");
  const script = [
    `set -eu -- a 192.0.2.1 ${options.become ?? "root"} '' 0 stdin`,
    `PUMA_SERVICE=web PUMA_ACTION=${options.action ?? "remove"} PUMA_LOCK_TIMEOUT=30 PUMA_RUN_TIMEOUT=60 PUMA_SETTINGS='' PUMA_SCRIPT='' PUMA_OWNER=blog/qa`,
    part("load", root),
  ].join("\n");
  const before = stubs({ sudo: SUDO, "systemd-run": 'echo "systemd-run $*" >>"$LOG"', ...options.commands });
  const result = await sh(shell, script, { before, env: { LOG, FOLDER: join(root, STATE) } });
  return { ...result, log: readFileSync(LOG, "utf8"), root };
}

describe.each(SHELLS)("under $name, a removal", (shell) => {
  const whole = (): Record<string, string> => ({ [`${STATE}/run.sh`]: runScript() });

  test("hands over to the launcher that is kept, and that to the script", async () => {
    const { code, stdout, log, root } = await load(shell, whole());
    expect([code, stdout]).toEqual([0, ""]);
    const args = `a 192.0.2.1 remove root  web blog/qa 30`;
    expect(log).toMatch(/^systemd-run --wait --pipe --collect --unit=cdktf-puma-web.service /);
    expect(log).toContain("--property=RuntimeMaxSec=90 ");
    expect(log).toContain("--description=cdktf-puma remove of web on a by root /bin/sh -c ");
    expect(log).toContain(` ${root}/${STATE}/run.sh ${args}\n`);
  });

  test("has its exit code", async () => {
    const commands = { "systemd-run": "echo so; exit 7" };
    expect(await load(shell, whole(), { commands })).toMatchObject({ code: 7, stdout: "so\n" });
  });

  const RUN = 'while [ "$1" != /bin/sh ]; do shift; done';

  test("starts that as it is", async () => {
    const launcher = `cat <<'END'\n${launchScript()}END\n`;
    const kept = `if [ "$*" = launcher ]; then\n${launcher}else\necho "$# $*"\nexit 7\nfi\n`;
    const commands = { "systemd-run": `${RUN}; exec "$@"` };
    const { code, stdout } = await load(shell, { [`${STATE}/run.sh`]: kept }, { commands });
    expect([code, stdout]).toEqual([7, "8 a 192.0.2.1 remove root  web blog/qa 30\n"]);
  });

  test.each([
    ["remove", 0],
    ["restart", 1],
  ])("whose turn to %s comes when another has taken all away says so", async (action, expected) => {
    const commands = { "systemd-run": `${RUN}; rm "$4"; exec "$@"` };
    const { code, stdout } = await load(shell, whole(), { commands, action });
    expect([code, stdout]).toEqual([expected, "nothing of web is here\n"]);
  });

  test("leaves what was handed over alone, and its secrets", async () => {
    const secret = `${STATE}/secrets/1/environment`;
    const files = { [`${STATE}/handed-over`]: "format=1\n", [secret]: "A=b\n" };
    const { code, stdout, root } = await load(shell, files);
    expect([code, stdout]).toEqual([0, "web was handed over: left alone\n"]);
    expect(readFileSync(join(root, secret), "utf8")).toBe("A=b\n");
  });

  test("becomes root by sudo to look, and to run", async () => {
    const { code, log } = await load(shell, whole(), { become: "sudo", commands: OPS });
    expect(code).toBe(0);
    expect(log).toMatch(/^sudo \/bin\/sh -c\nsudo systemd-run --wait\nsystemd-run /);
    const auto = await load(shell, whole(), { become: "auto", commands: OPS });
    expect(auto.log).toMatch(/^sudo \/bin\/sh -c\nsudo systemd-run --wait\nsystemd-run /);
    expect((await load(shell, whole(), { become: "auto" })).log).not.toContain("sudo");
  });

  test("that cannot become root says so, and takes nothing for gone", async () => {
    const commands = { ...OPS, sudo: NO_SUDO };
    expect(await load(shell, {}, { become: "sudo", commands })).toMatchObject({
      code: 1,
      stdout:
        "FAILED on a: ops cannot become root by sudo without a password: sudo: a password is required\n",
    });
  });

  test("has nothing to do where nothing is", async () => {
    const { code, stdout, log } = await load(shell, {});
    expect([code, stdout, log]).toEqual([0, "nothing of web is here\n", ""]);
  });

  test("takes away what came before an installation that never began, under the lock, and looks once more", async () => {
    const files = { [`${STATE}/secrets/1/environment`]: "", [`${STATE}/last`]: "", [`${STATE}/tasks`]: "" };
    const { code, stdout, log, root } = await load(shell, files, { commands: { "systemd-run": WITHIN } });
    expect([code, stdout, existsSync(join(root, STATE, ".."))]).toEqual([
      0,
      "nothing of web is here\n",
      false,
    ]);
    expect(log).toMatch(
      /^systemd-run --quiet --wait --pipe --collect --unit=cdktf-puma-web.service \/bin\/sh -c/,
    );
  });

  test("waits for an apply that is bringing something, and then removes what that has installed", async () => {
    const files = { [`${STATE}/secrets/1/environment`]: "" };
    const begins = `if [ ! -s "$LOG" ]; then echo >>"$LOG"; ${BUSY}; fi
      echo "echo 'echo launched'" >"$FOLDER/run.sh"; ${WITHIN}`;
    const commands = { "systemd-run": begins, sleep: "exit 0" };
    const { code, stdout, root } = await load(shell, files, { commands });
    expect([code, stdout, existsSync(join(root, STATE, "secrets"))]).toEqual([0, "launched\n", true]);
  });

  test("tells why it cannot take that away, and waits no longer than it is told", async () => {
    const files = { [`${STATE}/last`]: "" };
    const broken = { "systemd-run": "echo 'rm: read-only' >&2; exit 1" };
    const told = await load(shell, files, { commands: broken });
    expect([told.code, told.stdout.replace(/\/\S*\/var/, "/var")]).toEqual([
      1,
      "FAILED on a: /var/lib/cdktf-puma/web cannot be removed: rm: read-only\n",
    ]);
    const { code, stdout, log } = await load(shell, files, {
      commands: { "systemd-run": BUSY, sleep: 'echo "sleep $*" >>"$LOG"' },
    });
    expect([code, stdout]).toEqual([1, expect.stringContaining("another run did not end within 30s: ")]);
    expect(log).toBe("sleep 1\n".repeat(30));
  });

  test.each(["record", "before/units"])("fails where an older version kept nothing: %s", async (file) => {
    expect(await load(shell, { [`${STATE}/${file}`]: "format=1\n" })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        "FAILED on a: an older version of cdktf-puma has installed web, and kept nothing",
      ),
    });
  });

  test("fails where what is kept cannot be run", async () => {
    const { code, stdout } = await load(shell, { [`${STATE}/run.sh`]: "exit 3\n" });
    expect([code, stdout.replace(/\/\S*\/var/, "/var")]).toEqual([
      1,
      "FAILED on a: what removes web is kept in /var/lib/cdktf-puma/web/run.sh, which cannot be read\n",
    ]);
  });
});

test("what is kept prints its launcher where it is asked to, and knows what a removal is told", async () => {
  const file = join(folderOf(), "run.sh");
  writeFileSync(file, runScript());
  const { stdout } = await sh(SHELLS[0] as Shell, `exec /bin/sh ${file} launcher`);
  expect(stdout).toMatch(/run_alone\(\) \{[^]*launch <\/dev\/null\n$/);
  expect(runScript()).toContain("PUMA_SERVICE=$6\nPUMA_OWNER=$7\n");
});
