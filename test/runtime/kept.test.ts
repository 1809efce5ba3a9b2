/** The script that a run keeps on the host, and its settings. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { SETTING_NAMES } from "../../lib/deploy/host-settings";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { runScript } from "../../lib/deploy/run-script";
import { shellSettings } from "../../lib/deploy/shell-settings";
import { Bind } from "../../lib";
import { Service } from "../../lib/puma/service";
import { commandScript } from "../../lib/runtime/parts";
import { PropPath } from "../../lib/values/prop-path";
import { type Result } from "../../lab/fleet/run";
import { folderOf, functions, moved, sh, type Shell, SHELLS } from "./shell";

const STATE = "var/lib/cdktf-puma/web";
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
    expect(readFileSync(join(state, "../README"), "utf8")).toContain("sudo cdktf-puma status NAME");
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

  test.each(["restart web", "status web", "rollback web", "history web", "cancel web"])(
    "hands '%s' on",
    async (args) => {
      expect(await command(args)).toMatchObject({ code: 0, stdout: `run ${args}\n` });
    },
  );

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

test("what is kept prints its launcher where it is asked to, and knows what a removal is told", async () => {
  const file = join(folderOf(), "run.sh");
  writeFileSync(file, runScript());
  const { stdout } = await sh(SHELLS[0] as Shell, `exec /bin/sh ${file} launcher`);
  expect(stdout).toMatch(/run_alone\(\) \{[^]*launch <\/dev\/null\n$/);
  expect(runScript()).toContain("PUMA_SERVICE=$6\nPUMA_OWNER=$7\n");
});
