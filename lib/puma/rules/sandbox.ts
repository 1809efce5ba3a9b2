import { posix } from "node:path";
import { type Mount, type MountedAs, mountsOf } from "./mounts";
import { type Need, type NeededAs, needsOf } from "./needs";
import { valuesIn } from "../unit-values";
import { isHardened, serviceIn, type Written, type WrittenUnit } from "./rule";
import { withoutVar } from "../../values/path";

const DOES: Readonly<Record<NeededAs, string>> = {
  read: "Puma would not find it",
  write: "Puma could not write it",
  found: "nobody but Puma would find it",
};

/** Throws if a unit hides from Puma, or closes to it, what other lines of the same unit need. */
export function checkSandbox(written: Written): void {
  const unit = serviceIn(written);
  const mounts = unit && mountsOf(unit, written.service.name);
  if (unit === undefined || mounts === undefined) return;
  for (const need of needsOf(written)) {
    const obstacle = obstacleTo(need, mounts);
    if (obstacle === undefined) continue;
    const isInRelease = covers(written.service.workingDirectory, need.path);
    if (obstacle.as === "read-only" && isInRelease && mounts.some(isShared)) continue;
    if (obstacle.as === "empty" && need.as === "write" && mayMakeFolders(unit)) continue;
    const { path, line } = obstacle;
    const whose = isHardened(unit, line.replace(/=.*/, "")) ? " of 'hardening'" : "";
    const why = obstacle.as === "read-only" ? "Puma could not write there" : DOES[need.as];
    need.at.refuse(
      `not be below ${path}, as ${line}${whose} stands in the unit: ${why}; ${adviceOn(need, obstacle)}`,
      need.path,
    );
  }
}

/** The line that is in the way; a line about a folder further down wins, but for what is inaccessible. */
function obstacleTo(need: Need, mounts: readonly Mount[]): Mount | undefined {
  const longest = (...kinds: MountedAs[]): Mount | undefined =>
    mounts
      .filter(({ as, path }) => kinds.includes(as) && covers(path, need.path))
      .sort((a, b) => depth(b.path) - depth(a.path))[0];
  const inaccessible = longest("inaccessible");
  if (inaccessible) return inaccessible;
  const empty = longest("empty");
  const bound = longest("bound");
  const isBound = empty && bound && depth(bound.path) >= depth(empty.path);
  if (empty && !isBound && !canWriteAtTop(need, empty)) return empty;
  const [closed, open] = [longest("read-only"), longest("writable", "empty")];
  const isClosed = closed && (!open || depth(closed.path) > depth(open.path));
  return isClosed && need.as !== "read" ? closed : undefined;
}

/** Whether a command that runs before Puma may make the folders that Puma writes to. */
function mayMakeFolders({ unit }: WrittenUnit): boolean {
  return valuesIn(unit, "Service", "ExecStartPre").length > 0;
}

/** Whether it is a writable folder to which a link in a release may lead, as those to `shared` do that Capistrano makes. */
function isShared({ as, line }: Mount): boolean {
  return as === "writable" && /^(ReadWrite|BindPaths|StateDirectory|CacheDirectory|LogsDirectory)/.test(line);
}

/** Whether a file is to be written into a new folder itself, where it is Puma's alone. */
function canWriteAtTop(need: Need, { path }: Mount): boolean {
  return need.as === "write" && posix.dirname(posix.normalize(need.path)) === path;
}

function adviceOn({ as, path }: Need, obstacle: Mount): string {
  const folder = as === "read" ? path : posix.dirname(path);
  const { line } = obstacle;
  if (line.startsWith("PrivateTmp=")) return "use a folder in /run or /srv";
  if (obstacle.as === "read-only") return opening(folder);
  if (obstacle.as === "empty") return `add ${as === "read" ? "BindReadOnlyPaths" : "BindPaths"}=${folder}`;
  if (!line.startsWith("ProtectHome="))
    return "leave that path out there, or use TemporaryFileSystem= and BindPaths=";
  return as === "read"
    ? "use ProtectHome=read-only"
    : `use ProtectHome=read-only and add ReadWritePaths=${folder}`;
}

/** What is in /run is gone with each boot, and a unit that names a path that is not there does not start. */
function opening(folder: string): string {
  const [, name] = /^\/run\/(.+)/.exec(withoutVar(folder)) ?? [];
  return name === undefined
    ? `add ReadWritePaths=${folder}`
    : `add RuntimeDirectory=${name}, which systemd makes at each start`;
}

function covers(folder: string, path: string): boolean {
  // It is a link, to what systemd mounts.
  const [outer, inner] = [folder, path].map((one) => withoutVar(posix.normalize(`${one}/`)));
  return inner.startsWith(outer);
}

function depth(path: string): number {
  return posix.normalize(`${path}/`).length;
}
