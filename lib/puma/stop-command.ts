import { stopHelper } from "../layout";
import { type Service } from "./service";

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
  ...["SystemCallFilter", "AppArmorProfile", "SELinuxContext", "SmackProcessLabel"],
];

/** The command of ExecStop=: as root and outside of the sandbox where that would keep it from seeing Puma. */
export function stopCommand({ name, directives }: Service): string {
  const given = Object.keys(directives.Service ?? {});
  const isBlind = given.some((directive) => BLINDING.includes(directive));
  return `${isBlind ? "+" : ""}/bin/sh ${stopHelper(name)} $MAINPID`;
}
