import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run, type Result } from "../../lab/fleet/run";
import { hostScript } from "../../lib/runtime/parts";

const RUNTIME = join(__dirname, "../../lib/runtime");

/**
 * A POSIX shell, with the commands that its users have beside it: Debian's own, or busybox's applets. What busybox has
 * none of (systemctl, systemd-run, runuser, getent, curl) and where its setpriv knows no --reuid, stand-ins or
 * tests under dash alone take its place; that of find, which knows no -lname, Debian's own takes.
 */
export interface Shell {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly path: string;
}

/** A folder that goes away with the test file, though what a script has left running may still write there. */
export const scratch = mkdtempSync(join(tmpdir(), "cdktf-puma-shell-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 }));

const REAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const DASH: Shell = { name: "dash", command: ["/bin/dash"], path: REAL_PATH };

/** Looks for no applet by itself, as Debian builds it: so a folder of links is all that it has. */
export const BUSYBOX: Shell = { name: "busybox", command: ["/bin/busybox", "sh"], path: applets() };

export const SHELLS: readonly Shell[] = [DASH, BUSYBOX];

function applets(): string {
  const folder = join(scratch, "applets");
  mkdirSync(folder);
  const { stdout } = spawnSync("busybox", ["--list"], { encoding: "utf8" });
  for (const applet of stdout.trim().split("\n")) {
    symlinkSync(applet === "find" ? "/usr/bin/find" : "/bin/busybox", join(folder, applet));
  }
  return folder;
}

let folders = 0;

/** A new folder with these files in it. */
export function folderOf(files: Readonly<Record<string, string>> = {}): string {
  const folder = join(scratch, `${++folders}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A new folder of commands that are shell scripts of a line or a few, to be found before all others. */
export function stubs(scripts: Readonly<Record<string, string>>): string {
  const files = Object.entries(scripts).map(([name, script]) => [name, `#!/bin/dash\n${script}\n`]);
  const folder = folderOf(Object.fromEntries(files));
  for (const name of Object.keys(scripts)) chmodSync(join(folder, name), 0o755);
  return folder;
}

/** Folders of a host under another root. */
export function moved(text: string, root: string): string {
  return text.replace(
    /\/(var\/lib\/cdktf-puma|var\/lib\/systemd\/linger|var\/backups|etc\/systemd\/system|sys\/fs\/selinux|run\/cdktf-puma|run\/systemd\/system)/g,
    `${root}$&`,
  );
}

/** One part, as a script of its own. */
export function part(name: string, root = "/nowhere"): string {
  return moved(readFileSync(join(RUNTIME, `${name}.sh`), "utf8"), root);
}

/** What stands before the host script's one call: settings, of which those that are not given are empty, and all functions. */
export function functions(settings: Readonly<Record<string, string>> = {}, root = "/nowhere"): string {
  const script = hostScript();
  const own = ["PUMA_HOST", "PUMA_ADDRESS", "PUMA_ACTION", "PUMA_WHO", "PUMA_SIBLINGS", "PUMA_LOCK_TIMEOUT"];
  const names = [...new Set(script.match(/\bPUMA_[A-Z_]+/g))].filter((name) => !own.includes(name));
  const given: Record<string, string> = { PUMA_SERVICE: "web", PUMA_OWNER: "site", ...settings };
  const lines = names.map((name) => `${name}=${quoted(given[name] ?? "")}`);
  const rest = moved(script.replace(/main <\/dev\/null\n$/, ""), root);
  return [...lines, `readonly ${names.join(" ")}`, "set -- a 192.0.2.1 apply me web", rest].join("\n");
}

/** What a shell is given beside its script. */
export interface Setting {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A folder that is searched for commands before the shell's own. */
  readonly before?: string;
}

/** Runs a script, from a file as the whole is too long for an argument. It is not waited for in a blocking way: tests may serve it. */
export async function sh(shell: Shell, script: string, setting: Setting = {}): Promise<Result> {
  const { args = [], env = {}, cwd = scratch, before } = setting;
  const [command, ...words] = shell.command;
  const PATH = before === undefined ? shell.path : `${before}:${shell.path}`;
  return run(command, [...words, join(folderOf({ sh: script }), "sh"), ...args], {
    cwd,
    env: { PATH, LC_ALL: "C", ...env },
    allowFailure: true,
  });
}

/** What a script prints, to which all of its commands have to succeed. */
export async function says(shell: Shell, script: string, setting: Setting = {}): Promise<string> {
  const { code, stdout, stderr } = await sh(shell, `set -eu\n${script}`, setting);
  if (code !== 0 || stderr !== "") throw new Error(`exit code ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** A text as one word of the shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
