import * as commands from "./commands";
import * as limits from "./limits";
import * as names from "./names";
import * as networks from "./networks";
import * as numbers from "./numbers";
import * as paths from "./paths";
import * as sandbox from "./sandbox";
import * as sizes from "./sizes";
import * as times from "./times";
import { anyOf, oneOf, resettable, type ValueType, withSpecifiers } from "./value-type";
import { CHOICES } from "./choices";
import { UNCHECKED, UNCHECKED_NAMES } from "./unchecked";

const { boolean, integer } = numbers;

const ANY: ValueType = { must: "be anything", takes: () => true, emptySince: 0 };

const streams = [
  "inherit",
  "null",
  "tty",
  "journal",
  "kmsg",
  "journal+console",
  "kmsg+console",
  "socket",
  "fd",
];
const outputs = [...streams, "syslog", "syslog+console"];
const inputs = ["null", "tty", "tty-force", "tty-fail", "data", "socket", "fd"];

/** The types, and the directives whose values are of each. A name means the same in every section that has it. */
const TYPES: Readonly<Record<string, readonly [ValueType, string]>> = {
  boolean: [
    boolean,
    `GuessMainPID NonBlocking PermissionsStartOnly RemainAfterExit RootDirectoryStartOnly Accept Broadcast FlushPending FreeBind
    KeepAlive NoDelay PassCredentials PassFileDescriptorsToExec PassPacketInfo PassPIDFD PassSecurity RemoveOnStop ReusePort
    SELinuxContextFromNet Transparent Writable AllowIsolate DefaultDependencies IgnoreOnIsolate RefuseManualStart RefuseManualStop
    StopWhenUnneeded SurviveFinalKillSignal BlockIOAccounting CPUAccounting CPUSchedulingResetOnFork CoredumpReceive IOAccounting
    IPAccounting IgnoreSIGPIPE LockPersonality MemoryAccounting MemoryDenyWriteExecute MemoryZSwapWriteback NoNewPrivileges
    PrivateDevices PrivateIPC PrivateNetwork ProtectClock ProtectKernelLogs ProtectKernelModules ProtectKernelTunables
    RemoveIPC RestrictRealtime RestrictSUIDSGID RootEphemeral SendSIGHUP SendSIGKILL SyslogLevelPrefix TTYReset TTYVHangup
    TTYVTDisallocate TasksAccounting DynamicUser OnFailureIsolate PrivatePIDs PrivateBPF AcceptFileDescriptors
    StateDirectoryAccounting CacheDirectoryAccounting LogsDirectoryAccounting`,
  ],
  "boolean or nothing": [
    resettable(boolean, 257),
    "MemoryKSM BindLogSockets SetLoginEnvironment PrivateMounts",
  ],
  "boolean, or nothing since 252": [resettable(boolean, 252), "MountAPIVFS"],
  seconds: [
    times.seconds,
    `RestartMaxDelaySec RestartRandomizedDelaySec RestartSec RuntimeMaxSec RuntimeRandomizedExtraSec StartLimitInterval
    StartLimitIntervalSec WatchdogSec DeferAcceptSec KeepAliveIntervalSec KeepAliveTimeSec PollLimitIntervalSec
    TriggerLimitIntervalSec LogRateLimitIntervalSec MemoryPressureThresholdSec CPUPressureThresholdSec IOPressureThresholdSec
    TimeoutCleanSec TimeoutStopSec TimeoutSec TimeoutStartSec JobTimeoutSec JobRunningTimeoutSec DeferTriggerMaxSec`,
  ],
  "seconds or nothing": [resettable(times.seconds), "TimeoutAbortSec CPUQuotaPeriodSec"],
  "a second or more": [times.oneSecondOrMore, "ManagedOOMMemoryPressureDurationSec"],
  nanoseconds: [times.nanosecondsType, "TimerSlackNSec"],
  size: [sizes.size, "PipeSize ReceiveBuffer SendBuffer"],
  "size of a message": [sizes.longOrSize, "MessageQueueMessageSize"],
  memory: [
    sizes.memory(1),
    "MemoryHigh MemoryMax MemoryLimit StartupMemoryHigh StartupMemoryMax DefaultStartupMemoryLow",
  ],
  "memory or none": [
    sizes.memory(0),
    `MemoryLow MemoryMin MemorySwapMax MemoryZSwapMax StartupMemoryLow StartupMemorySwapMax StartupMemoryZSwapMax
    DefaultMemoryLow DefaultMemoryMin`,
  ],
  quota: [sizes.quota, "StateDirectoryQuota CacheDirectoryQuota LogsDirectoryQuota"],
  "bandwidth of a device": [
    sizes.deviceBandwidth,
    `IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax`,
  ],
  "old bandwidth of a device": [sizes.oldDeviceBandwidth, "BlockIOReadBandwidth BlockIOWriteBandwidth"],
  "weight of a device": [
    sizes.deviceWith("its weight from 1 to 10000", numbers.weight.takes),
    "IODeviceWeight",
  ],
  "old weight of a device": [
    sizes.deviceWith("its weight from 10 to 1000", integer(10, 1000).takes),
    "BlockIODeviceWeight",
  ],
  "latency of a device": [sizes.deviceWith("a time span", times.isSeconds), "IODeviceLatencyTargetSec"],
  mode: [
    numbers.mode,
    `DirectoryMode SocketMode CacheDirectoryMode ConfigurationDirectoryMode LogsDirectoryMode RuntimeDirectoryMode
    StateDirectoryMode UMask`,
  ],
  signal: [names.signal, "ReloadSignal FinalKillSignal KillSignal RestartKillSignal WatchdogSignal"],
  "limit of a count": [limits.countLimit, "LimitLOCKS LimitNOFILE LimitNPROC LimitRTPRIO LimitSIGPENDING"],
  "limit of a size": [
    limits.sizeLimit,
    "LimitAS LimitCORE LimitDATA LimitFSIZE LimitMEMLOCK LimitMSGQUEUE LimitRSS LimitSTACK",
  ],
  "limit of seconds": [limits.secondsLimit, "LimitCPU"],
  "limit of microseconds": [limits.microsecondsLimit, "LimitRTTIME"],
  "limit of a nice level": [limits.niceLimit, "LimitNICE"],
  "positive number": [
    numbers.unsigned,
    `FileDescriptorStoreMax RestartSteps StartLimitBurst Backlog KeepAliveProbes MaxConnections MaxConnectionsPerSource
    PollLimitBurst TriggerLimitBurst LogRateLimitBurst`,
  ],
  "positive number or nothing": [resettable(numbers.unsigned), "TTYRows TTYColumns"],
  number: [numbers.int, "IPTTL Mark Priority"],
  "long number": [numbers.long, "MessageQueueMaxMessages"],
  "nice level": [resettable(integer(-20, 19)), "Nice"],
  "score of the out-of-memory killer": [resettable(integer(-1000, 1000)), "OOMScoreAdjust"],
  "priority of a scheduler": [integer(0, 99), "CPUSchedulingPriority"],
  "priority of disks": [resettable(integer(0, 7)), "IOSchedulingPriority"],
  "exit code": [resettable(integer(0, 255)), "FailureActionExitStatus SuccessActionExitStatus"],
  weight: [resettable(numbers.weight), "IOWeight StartupIOWeight"],
  "weight or idle": [resettable(numbers.cpuWeight), "CPUWeight StartupCPUWeight"],
  "old weight": [resettable(integer(10, 1000)), "BlockIOWeight StartupBlockIOWeight"],
  shares: [resettable(integer(2, 262_144)), "CPUShares StartupCPUShares"],
  "quota of processors": [resettable(numbers.cpuQuota), "CPUQuota"],
  percentage: [resettable(numbers.percentOfAll), "ManagedOOMMemoryPressureLimit"],
  "whole percentage": [resettable(numbers.wholePercent), "ManagedOOMMemoryPressureLimitPercent"],
  tasks: [
    resettable(
      anyOf(
        'be a whole number of 1 or more, a percentage such as "50%", or infinity',
        integer(1, numbers.UINT64_MAX - 1n),
        numbers.percentOfAll,
        oneOf("infinity"),
      ),
    ),
    "TasksMax",
  ],
  path: [
    paths.absolutePath,
    `RootDirectory RootImage RootVerity RootMStack TTYPath NetworkNamespacePath IPCNamespacePath UserNamespacePath
    USBFunctionDescriptors USBFunctionStrings SourcePath IPEgressFilterPath IPIngressFilterPath
    ListenFIFO ListenSpecial ListenUSBFunction ListenMessageQueue`,
  ],
  "path of a process id": [paths.pidFile, "PIDFile"],
  "path of an environment file": [paths.environmentFile, "EnvironmentFile"],
  "working directory": [paths.workingDirectory, "WorkingDirectory"],
  "path of a condition": [
    paths.conditionPath,
    ["Condition", "Assert"]
      .map((what) =>
        `DirectoryNotEmpty FileIsExecutable FileNotEmpty NeedsUpdate PathExists PathExistsGlob PathIsDirectory PathIsEncrypted
        PathIsMountPoint PathIsReadWrite PathIsSocket PathIsSymbolicLink`.replace(/\b(?=[A-Z]\w+)/g, what),
      )
      .join(" "),
  ],
  paths: [paths.absolutePaths, "RequiresMountsFor WantsMountsFor Symlinks"],
  "paths of the sandbox": [
    paths.namespacePaths,
    `ExecPaths ExtensionDirectories InaccessibleDirectories InaccessiblePaths NoExecPaths ReadOnlyDirectories ReadOnlyPaths
    ReadWriteDirectories ReadWritePaths`,
  ],
  "paths to search": [paths.searchPath, "ExecSearchPath"],
  "paths to bind": [paths.bindPaths, "BindPaths BindReadOnlyPaths"],
  "temporary file systems": [paths.temporaryFileSystems, "TemporaryFileSystem"],
  images: [paths.mountImages, "MountImages"],
  "extension images": [paths.extensionImages, "ExtensionImages"],
  directories: [paths.ownDirectories, "CacheDirectory LogsDirectory RuntimeDirectory StateDirectory"],
  "directories of configuration": [paths.configurationDirectories, "ConfigurationDirectory"],
  "file to open": [paths.openFile, "OpenFile"],
  hash: [paths.rootHash, "RootHash"],
  signature: [paths.rootHashSignature, "RootHashSignature"],
  output: [
    paths.stream(outputs, (version) => ["file:", "append:", ...(version < 252 ? [] : ["truncate:"])]),
    "StandardOutput StandardError",
  ],
  input: [paths.stream(inputs, () => ["file:"]), "StandardInput"],
  units: [
    names.units,
    `After Before BindTo BindsTo Conflicts JoinsNamespaceOf OnFailure OnSuccess PartOf PropagateReloadTo PropagatesReloadTo
    PropagatesStopTo PropagateReloadFrom ReloadPropagatedFrom Requires Requisite StopPropagatedFrom Upholds Wants
    RequiresOverridable RequisiteOverridable`,
  ],
  sockets: [names.socketUnits, "Sockets"],
  service: [names.serviceUnit, "Service"],
  slice: [names.slice, "Slice"],
  account: [names.account, "User Group SocketUser SocketGroup"],
  accounts: [names.accounts, "SupplementaryGroups"],
  assignments: [names.assignments, "Environment"],
  variables: [names.variables, "PassEnvironment"],
  "variables or assignments": [names.variablesOrAssignments, "UnsetEnvironment"],
  "fields of a log": [names.logFields, "LogExtraFields"],
  "namespace of a log": [names.logNamespace, "LogNamespace"],
  "exit codes and signals": [
    names.statuses,
    "RestartForceExitStatus RestartPreventExitStatus SuccessExitStatus",
  ],
  "name of a descriptor": [names.descriptorName, "FileDescriptorName"],
  "name on the bus": [names.busName, "BusName"],
  "control group": [names.subgroup, "DelegateSubgroup"],
  documentation: [names.documentation, "Documentation"],
  "credential to load": [names.loadedCredential, "LoadCredential LoadCredentialEncrypted"],
  credential: [names.setCredential, "SetCredential"],
  "encrypted credential": [names.encryptedCredential, "SetCredentialEncrypted"],
  "credentials to import": [names.importedCredential, "ImportCredential"],
  addresses: [networks.addresses, "IPAddressAllow IPAddressDeny"],
  "ports to bind": [networks.boundPorts, "SocketBindAllow SocketBindDeny"],
  "network interfaces": [networks.networkInterfaces, "RestrictNetworkInterfaces"],
  "network interface": [networks.networkInterface, "BindToDevice BindNetworkInterface"],
  "address of a socket": [networks.socketAddress, "ListenStream ListenDatagram"],
  "address of packets in sequence": [networks.sequenceAddress, "ListenSequentialPacket"],
  netlink: [networks.netlink, "ListenNetlink"],
  "type of service": [networks.typeOfService, "IPTOS"],
  "program in the kernel": [networks.bpfProgram, "BPFProgram"],
  "sets of nftables": [networks.nftSets, "NFTSet"],
  attribute: [networks.extendedAttribute, "XAttrAccept XAttrEntryPoint XAttrListen"],
  "filter of system calls": [sandbox.systemCallFilter, "SystemCallFilter"],
  "system calls": [sandbox.systemCalls, "SystemCallLog"],
  error: [sandbox.errorNumber, "SystemCallErrorNumber"],
  architectures: [sandbox.architectures, "SystemCallArchitectures"],
  personality: [sandbox.personality, "Personality"],
  "address families": [sandbox.addressFamilies, "RestrictAddressFamilies"],
  namespaces: [sandbox.namespaces, "RestrictNamespaces"],
  "namespaces to delegate": [sandbox.delegatedNamespaces, "DelegateNamespaces"],
  "file systems": [sandbox.fileSystems, "RestrictFileSystems"],
  controllers: [sandbox.controllers, "DisableControllers"],
  "controllers to delegate": [sandbox.delegated, "Delegate"],
  processors: [
    sandbox.processors,
    "AllowedCPUs AllowedMemoryNodes StartupAllowedCPUs StartupAllowedMemoryNodes",
  ],
  "processors or numa": [sandbox.processorsOrNuma, "CPUAffinity"],
  nodes: [sandbox.nodes, "NUMAMask"],
  "filter of core dumps": [sandbox.coredumpFilter, "CoredumpFilter"],
  device: [sandbox.deviceAllow, "DeviceAllow"],
  base64: [paths.base64, "StandardInputData"],
  "image policy": [paths.imagePolicy, "RootImagePolicy MountImagePolicy ExtensionImagePolicy"],
  command: [
    commands.command,
    `ExecCondition ExecReload ExecReloadPost ExecStart ExecStartPost ExecStartPre ExecStop ExecStopPost ExecStopPre`,
  ],
  "text with escapes": [withSpecifiers(commands.textWithEscapes), "StandardInputText"],
  ...CHOICES,
  [UNCHECKED]: [ANY, UNCHECKED_NAMES],
};

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(TYPES).flatMap(([type, [, directives]]) =>
    directives.split(/\s+/).flatMap((name) => (name ? [[name, type] as const] : [])),
  ),
);

/** The name of the type of a directive's values. */
export function typeNameOf(directive: string): string | undefined {
  return BY_NAME.get(directive);
}

/** The type of a directive's values; undefined for what is not in the table, such as `X-Team`. */
export function typeOf(directive: string): ValueType | undefined {
  const name = BY_NAME.get(directive);
  return name === undefined ? undefined : TYPES[name]?.[0];
}
