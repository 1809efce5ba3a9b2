import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run";

/** The commands that the tests need, each with the Debian package that has it. */
const PACKAGE_OF = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  ip: "iproute2",
  nsenter: "util-linux",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  shellcheck: "shellcheck",
  shfmt: "shfmt",
  dash: "dash",
  busybox: "busybox",
};

/** A command that {@link ensurePackages} can bring. */
export type KnownCommand = keyof typeof PACKAGE_OF;

/** What real hosts take. */
export const FLEET_COMMANDS: KnownCommand[] = ["systemd-nspawn", "mmdebstrap", "ip", "nsenter", "ssh-keygen"];

/** The packages of those commands that this machine lacks. */
export function missingPackages(commands: KnownCommand[]): string[] {
  return [
    ...new Set(commands.filter((command) => !isCommand(command)).map((command) => PACKAGE_OF[command])),
  ];
}

/** Whether a command is on the PATH, or where root would find it. */
export function isCommand(name: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => existsSync(join(folder, name)));
}

/** Whether packages can be installed here: by root, on Debian or what is made from it. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && isCommand("apt-get");
}

/** Installs Debian packages, and says so before it does. */
export async function installPackages(names: string[]): Promise<void> {
  process.stderr.write(`Installing Debian packages: ${names.join(" ")}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "--quiet"], { env });
  // Another apt may be at work, as on a machine that has just booted.
  const wait = ["-o", "DPkg::Lock::Timeout=120"];
  await run("apt-get", [...wait, "install", "--yes", "--quiet", "--no-install-recommends", ...names], {
    env,
  });
}

/** Installs what is missing of these commands, where that can be done; elsewhere whatIsMissing() has the last word. */
export async function ensurePackages(commands = FLEET_COMMANDS): Promise<void> {
  const missing = missingPackages(commands);
  if (missing.length > 0 && canInstall()) await installPackages(missing);
}
