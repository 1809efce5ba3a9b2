import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { canInstall, FLEET_COMMANDS, missingPackages } from "./install";

/** Why no real hosts can boot on this machine, in a sentence; undefined where they can. */
export function whatIsMissing(): string | undefined {
  const reason = system() ?? privileges() ?? commands() ?? namespaces() ?? controlGroups();
  return reason && `Real hosts cannot boot here: ${reason}.`;
}

function system(): string | undefined {
  return process.platform === "linux" ? undefined : `it takes Linux, and this is ${process.platform}`;
}

function privileges(): string | undefined {
  return process.getuid?.() === 0
    ? undefined
    : "it takes root (for mounts, network namespaces and systemd-nspawn)";
}

function commands(): string | undefined {
  const missing = missingPackages(FLEET_COMMANDS);
  if (missing.length === 0 || canInstall()) return undefined;
  return `it takes the Debian packages ${missing.join(" ")}, and there is no apt-get to install them`;
}

function namespaces(): string | undefined {
  const script = "mount -t tmpfs none /tmp && { ! command -v ip || ip link add puma-probe type bridge; }";
  const probe = spawnSync("unshare", ["--mount", "--net", "--pid", "--fork", "sh", "-c", script], {
    encoding: "utf8",
  });
  if (probe.status === 0) return undefined;
  const detail = (probe.error?.message ?? probe.stderr).trim();
  return `this machine does not permit namespaces, mounts or bridges (${detail})`;
}

function controlGroups(): string | undefined {
  const mounts = readFileSync("/proc/self/mounts", "utf8").matchAll(/^\S+ (\S+) cgroup2 /gm);
  const writable = [...mounts].some(([, folder]) => isWritable(folder as string));
  return writable ? undefined : "there is no control group hierarchy of version 2 that may be written to";
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
