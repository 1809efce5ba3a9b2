import { valuesIn, wordsIn } from "../unit-values";
import { directiveAt, serviceIn, type Written, type WrittenUnit } from "./rule";

/*
 * What the systemd of a user does not do, tried on 247, 252, 257 and 262. Most of it is taken without a word, and not in force.
 */

const NO = /^(no|n|false|f|off|0|inherit)?$/i;

/** By mounts and other namespaces, which a user may only make in a namespace of users of his own. From 257 on systemd makes one by itself. */
const IN_NAMESPACES = [
  ...["ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateNetwork", "PrivateIPC"],
  ...["PrivateMounts", "PrivatePIDs", "MountImages", "ExtensionImages", "ExtensionDirectories"],
  ...["ReadOnlyPaths", "ReadWritePaths", "InaccessiblePaths", "ExecPaths", "NoExecPaths"],
  ...["ReadOnlyDirectories", "ReadWriteDirectories", "InaccessibleDirectories"],
  ...["TemporaryFileSystem", "BindPaths", "BindReadOnlyPaths", "CapabilityBoundingSet"],
  ...["ProtectControlGroups", "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs"],
];

type Row = readonly [names: readonly string[], why: string, isMeant?: (value: string) => boolean];

const OF_ROOT: readonly Row[] = [
  [["AmbientCapabilities", "SecureBits"], "no user can be given rights of root's"],
  [["SupplementaryGroups"], "the groups are those that the user has as he logs in"],
  [["PAMName"], "the user's systemd has been through PAM"],
  [["ProtectProc", "ProcSubset"], "systemd takes it, and /proc stays as it is"],
  [
    [
      ...["IPAddressAllow", "IPAddressDeny", "IPIngressFilterPath", "IPEgressFilterPath", "BPFProgram"],
      ...["SocketBindAllow", "SocketBindDeny", "RestrictNetworkInterfaces", "RestrictFileSystems"],
      ...["DeviceAllow", "DevicePolicy"],
    ],
    "systemd takes it, and it is not in force, as only root may load BPF programs",
  ],
  [
    ["NetworkNamespacePath", "IPCNamespacePath", "UserNamespacePath", "PIDNamespacePath"],
    "only root may join one",
  ],
  [["LogNamespace"], "only the machine's systemd has some"],
  [["CPUSchedulingPolicy"], "only root may ask for it", (value) => /^(fifo|rr)$/i.test(value)],
  [["IOSchedulingClass"], "only root may ask for it", (value) => /^(realtime|1)$/i.test(value)],
  [["Nice", "OOMScoreAdjust"], "only root may go below what is there", (value) => Number(value) < 0],
];

/** Units that only the machine's systemd has. */
const OF_MACHINE =
  /^((multi-user|graphical|network|network-online|network-pre|nss-lookup|nss-user-lookup|sysinit|local-fs|remote-fs|time-sync|time-set|cloud-init|cloud-config)\.target|(systemd-|cloud-|networking|NetworkManager).*\.service)$/;

const TIES = [
  ...["Wants", "Requires", "Requisite", "BindsTo", "PartOf", "Upholds", "After", "Before", "Conflicts"],
];
const TIES_OF_BOOT = ["WantedBy", "RequiredBy", "UpheldBy"];

/** Throws if a unit of a user's own systemd asks for what that does not do. */
export function checkUserScope(written: Written): void {
  if (written.service.scope !== "user") return;
  for (const unit of written.units) checkTies(unit);
  for (const { unit, file, at } of written.units.filter((one) => one !== serviceIn(written))) {
    for (const name of ["SocketUser", "SocketGroup"])
      if (valuesIn(unit, "Socket", name).length > 0)
        at.key(name === "SocketUser" ? "user" : "group").fail(
          `must be left away where 'scope' is "user": ${file} is the user's who logs in; say who may connect by 'mode'`,
        );
  }
  const service = serviceIn(written);
  if (service === undefined) return;
  for (const [names, why, isMeant = (value: string) => !NO.test(value)] of OF_ROOT) {
    const [name, value] = firstOf(service, names, isMeant);
    if (name !== undefined) refuse(service, name, `be left away where 'scope' is "user": ${why}`, value);
  }
  checkNamespaces(service);
}

function checkNamespaces(service: WrittenUnit): void {
  const isYes = (value: string): boolean => !NO.test(value);
  if (firstOf(service, ["PrivateUsers"], isYes)[0] !== undefined) return;
  const [name, value] = firstOf(service, IN_NAMESPACES, isMade);
  if (name === undefined) return;
  const why = "without it a systemd before 257 takes it, and it is not in force";
  refuse(service, name, `stand beside PrivateUsers=true where 'scope' is "user": ${why}`, value);
}

/** An empty set of capabilities is meant, an empty list of paths is none. */
function isMade(value: string, name: string): boolean {
  return name === "CapabilityBoundingSet" || !NO.test(value);
}

function firstOf(
  { unit }: WrittenUnit,
  names: readonly string[],
  isMeant: (value: string, name: string) => boolean,
): [name?: string, value?: string] {
  for (const name of names) {
    const values = unit.section("Service").get(name);
    const value = values.find((one) => isMeant(one, name));
    if (value !== undefined) return [name, value];
  }
  return [];
}

function refuse(unit: WrittenUnit, name: string, limit: string, value: unknown): never {
  return directiveAt(unit, "Service", name).refuse(limit, value);
}

function checkTies(unit: WrittenUnit): void {
  checkNames(unit, "Unit", TIES, "the systemd of a user knows no units of the machine");
  checkNames(unit, "Install", TIES_OF_BOOT, "the systemd of a user starts default.target");
}

function checkNames(written: WrittenUnit, section: string, names: readonly string[], why: string): void {
  for (const name of names) {
    const found = wordsIn(written.unit, section, name).find((word) => OF_MACHINE.test(word));
    if (found === undefined) continue;
    directiveAt(written, section, name).refuse(`not name ${found} where 'scope' is "user": ${why}`, found);
  }
}
