import { boolean, booleanOr, integer, wholeNumber } from "./numbers";
import { anyOf, oneOf, plainListOf, resettable, type ValueType } from "./value-type";

const action = oneOf(
  "none reboot reboot-force reboot-immediate poweroff poweroff-force poweroff-immediate exit exit-force soft-reboot@257 " +
    "soft-reboot-force@257 kexec@257 kexec-force@257 halt@257 halt-force@257 halt-immediate@257",
);
const job =
  "fail replace replace-irreversibly isolate flush ignore-dependencies ignore-requirements lenient@262 restart-dependencies@257 triggering";
const level = "emerg alert crit err warning notice info debug";
/** One of a set of words, or the kernel's number of it. */
function oneOfOr(words: string, most: number): ValueType {
  const known = oneOf(words);
  return anyOf(`${known.must}, or a number up to ${most}`, known, integer(0, most));
}

/** One of a set of words or numbers, where systemd before 262 takes more numbers. */
function oneOfOrNumber(words: string, most: number): ValueType {
  const [known, before] = [oneOf(words), integer(0, most)];
  return {
    ...known,
    takes: (value, version) =>
      known.takes(value, version) ||
      known.takes(String(wholeNumber(value)), version) ||
      (version < 262 && before.takes(value, version)),
  };
}

/** The names of protocols are taken in any case. */
const protocols = oneOf("udplite sctp mptcp@257");
const protocol: ValueType = {
  ...protocols,
  takes: (value, version) => protocols.takes(value.toLowerCase(), version),
};

/** A name may be given, from systemd 262 on. */
const hostname: ValueType = {
  must: "be true or false, from systemd 262 on also private, and a name behind ':'",
  takes: (value, version) => {
    const [, what = "", name] = /^([^:]*)(:[\w.%-]+)?$/.exec(value) ?? [];
    return boolean.takes(what, version)
      ? name === undefined || version >= 262
      : what === "private" && version >= 262;
  },
  emptySince: 262,
};

const REFRESHED = oneOf("extensions credentials", "be made of");
const refresh = resettable(
  anyOf(
    "be true, false, or made of extensions, credentials",
    boolean,
    plainListOf(REFRESHED.must, REFRESHED.takes),
  ),
);

/** Closed sets of words, each with the first systemd that has it where that is later than 247. */
export const CHOICES: Readonly<Record<string, readonly [ValueType, string]>> = {
  "type of a service": [oneOf("simple exec forking oneshot dbus notify notify-reload@257 idle"), "Type"],
  "type of an exit": [oneOf("main cgroup"), "ExitType"],
  restart: [oneOf("no always on-success on-failure on-abnormal on-abort on-watchdog"), "Restart"],
  "mode of a restart": [oneOf("normal direct debug"), "RestartMode"],
  access: [oneOf("none all exec main"), "NotifyAccess"],
  "policy of the out-of-memory killer": [oneOf("continue stop kill"), "OOMPolicy"],
  "mode of a failure": [oneOf("terminate abort kill"), "TimeoutStartFailureMode TimeoutStopFailureMode"],
  action: [action, "FailureAction SuccessAction StartLimitAction JobTimeoutAction"],
  "mode of collection": [oneOf("inactive inactive-or-failed"), "CollectMode"],
  "mode of a job": [oneOf(job), "OnFailureJobMode OnSuccessJobMode"],
  "mode of a kill": [resettable(oneOf("control-group process mixed none")), "KillMode"],
  "mode of a keyring": [oneOf("inherit private shared"), "KeyringMode"],
  homes: [booleanOr("read-only tmpfs"), "ProtectHome"],
  system: [booleanOr("full strict"), "ProtectSystem"],
  proc: [oneOf("default noaccess invisible ptraceable"), "ProtectProc"],
  "subset of proc": [oneOf("all pid"), "ProcSubset"],
  "temporary files": [booleanOr("connected@257 disconnected@257"), "PrivateTmp"],
  users: [booleanOr("self@257 identity@257 full@262 managed@262"), "PrivateUsers"],
  "control groups": [booleanOr("private@257 strict@257"), "ProtectControlGroups"],
  preservation: [booleanOr("restart"), "RuntimeDirectoryPreserve FileDescriptorStorePreserve"],
  utmp: [oneOf("init login user"), "UtmpMode"],
  devices: [oneOf("auto closed strict"), "DevicePolicy"],
  pressure: [booleanOr("auto skip"), "MemoryPressureWatch CPUPressureWatch IOPressureWatch"],
  partition: [resettable(oneOf("member root isolated")), "CPUSetPartition"],
  "action on memory": [resettable(oneOf("auto kill")), "ManagedOOMSwap ManagedOOMMemoryPressure"],
  "preference on memory": [oneOf("none avoid omit"), "ManagedOOMPreference"],
  "huge pages": [oneOf("inherit disable madvise system"), "MemoryTHP"],
  "policy of nodes": [
    resettable(oneOf("default preferred bind interleave local preferred-many@262 weighted-interleave@262")),
    "NUMAPolicy",
  ],
  propagation: [resettable(oneOf("shared slave private")), "MountFlags"],
  scheduler: [
    resettable(oneOfOrNumber("other batch idle fifo rr ext@262 0 1 2 3 5 6 7", 2 ** 31 - 1)),
    "CPUSchedulingPolicy",
  ],
  "class of disks": [
    resettable(oneOfOrNumber("none realtime best-effort idle 0 1 2 3 4 5 6 7", 8)),
    "IOSchedulingClass",
  ],
  facility: [
    oneOfOr(
      "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp local0 local1 local2 local3 local4 local5 local6 local7",
      127,
    ),
    "SyslogFacility",
  ],
  level: [oneOfOr(level, 7), "SyslogLevel LogLevelMax"],
  "IPv6 alone": [booleanOr("default both ipv6-only"), "BindIPv6Only"],
  protocol: [protocol, "SocketProtocol"],
  timestamps: [booleanOr("us usec µs μs@252 ns nsec"), "Timestamping"],
  hostname: [hostname, "ProtectHostname"],
  refresh: [refresh, "RefreshOnReload"],
  trigger: [booleanOr("patient"), "DeferTrigger"],
};
