import { posix } from "node:path";
import { stopHelper } from "../layout";
import { type UnitFile } from "../systemd/unit-file";
import { type Service } from "./service";
import { wordsIn } from "./unit-values";

/**
 * What keeps a command of the unit from seeing Puma as a command outside of its sandbox does, or from running at all. Looking at
 * the threads and sockets of another process wants the rights of ptrace(2), which none has over another user namespace, and
 * sockets of the host are in no table of another network. Most sandboxes leave all that as it is: test/e2e/sandboxes.hosts.ts.
 */
const BLINDING = [
  ...["PrivateUsers", "PrivateUsersEx", "UserNamespacePath", "PrivatePIDs", "PIDNamespacePath"],
  ...["PrivateNetwork", "NetworkNamespacePath"],
  ...["InaccessiblePaths", "TemporaryFileSystem", "BindPaths", "BindReadOnlyPaths", "MountImages"],
  ...["ExecPaths", "NoExecPaths", "ExtensionImages", "ExtensionDirectories"],
  ...["AppArmorProfile", "SELinuxContext", "SmackProcessLabel"],
];

/** The command of ExecStop=: as root and outside of the sandbox where that would keep it from seeing Puma. */
export function stopCommand({ name, scope, hardening, directives }: Service): string {
  const given = [...Object.keys(hardening._lines), ...Object.keys(directives.Service ?? {})];
  const isBlind = given.some((directive) => BLINDING.includes(directive));
  return `${isBlind ? "+" : ""}/bin/sh ${stopHelper(name, scope)} $MAINPID`;
}

/** Where a directive's value mounts something. */
const MOUNTS: Readonly<Record<string, (word: string) => string>> = {
  TemporaryFileSystem: (word) => word.replace(/:.*/, ""),
  BindPaths: destination,
  BindReadOnlyPaths: destination,
};

/** Where the helpers of a user's own systemd are. */
const HOMES = /^\/(home(\/[^/]+)?\/*)?$/;

/** Of `[-]SOURCE[:DESTINATION[:OPTIONS]]`. */
function destination(word: string): string {
  const [source = "", where = source] = word.replace(/^-/, "").split(":");
  return where;
}

/**
 * Lets the helpers be seen where the unit mounts something over them, such as a TemporaryFileSystem=/var/lib: systemd does so for
 * a command of root, too.
 */
export function showHelpers(unit: UnitFile, { name, scope }: Service): void {
  const folder = posix.dirname(stopHelper(name, scope));
  const mounted = Object.entries(MOUNTS).flatMap(([directive, pathOf]) =>
    wordsIn(unit, "Service", directive).map(pathOf),
  );
  const isHidden = mounted.some(
    (path) =>
      (scope === "user" && HOMES.test(path)) ||
      (path !== folder && `${folder}/`.startsWith(`${path.replace(/\/+$/, "")}/`)),
  );
  if (isHidden && !mounted.includes(folder)) unit.section("Service").add("BindReadOnlyPaths", `-${folder}`);
}
