import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./run";

/** A Debian release that hosts can run: Debian 11, 12, 13 and 14. */
export type Release = "bullseye" | "bookworm" | "trixie" | "forky";

/** All releases, oldest first. */
export const RELEASES: readonly Release[] = ["bullseye", "bookworm", "trixie", "forky"];

const IMAGE = join(__dirname, "image");
const PACKAGES = [
  ...["systemd", "systemd-sysv", "dbus", "libpam-systemd", "dbus-user-session"],
  ...["openssh-server", "openssh-client", "sudo", "openssl"],
  ...["puma", "ruby", "ruby-bundler"],
  ...["busybox", "curl", "dash", "iproute2", "procps"],
];

/** Where the tests keep what takes long to make. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "cdktf-puma");
}

/** Makes TARGET by a command that is given the folder to make; once, even where several processes ask for it. */
export async function buildOnce(target: string, command: string[]): Promise<void> {
  await run(join(__dirname, "build-once.sh"), [target, ...command]);
}

/**
 * The folder of a release's root file system, with further Debian packages, built and cached where there is none of today's
 * recipe.
 */
export async function rootFileSystem(release: Release, further: readonly string[] = []): Promise<string> {
  const packages = [...packagesOf(release), ...further].join(",");
  const target = join(cacheFolder(), `rootfs-${release}-${await recipeHash(packages)}`);
  if (existsSync(target)) return target;
  process.stderr.write(`Building the root file system of ${release}, once\n`);
  await buildOnce(target, [join(IMAGE, "build.sh"), release, await debianMirror(), packages]);
  return target;
}

function packagesOf(release: Release): string[] {
  const hasRackup = release === "trixie" || release === "forky";
  return hasRackup ? [...PACKAGES, "ruby-rackup"] : PACKAGES;
}

async function recipeHash(packages: string): Promise<string> {
  const hash = createHash("sha256").update(packages);
  const entries = await readdir(IMAGE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort())
    hash.update(`\0${file.slice(IMAGE.length)}\0`).update(await readFile(file));
  return hash.digest("hex").slice(0, 12);
}

/** The mirror that this machine uses itself; it may list other vendors' archives, which carry no Debian. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
  ]);
  const own = stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  return own ?? "http://deb.debian.org/debian";
}
