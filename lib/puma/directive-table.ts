import { ROLE_VARIABLE } from "../layout";
import { type UnitFile } from "../systemd/unit-file";
import { isYes } from "./unit-values";

/**
 * What brings a changed line of a unit into effect: systemd's reload of its files, a restart of the service, or that the socket
 * is closed and opened, by which its service restarts too.
 */
export type Effect = "reload" | "restart" | "reopen";

/** What a directive is to this library. One that the table does not name may be given raw. */
export interface DirectiveRole {
  /** What to use instead of a raw directive. */
  readonly use?: string;
  /** Why there is nothing to use instead, and the directive has to be left away. */
  readonly leaveAway?: string;
  /** The units and values for which `use` or `leaveAway` holds; all of them if it is not given. */
  readonly breaks?: (unit: UnitFile, values: readonly string[]) => boolean;
  /** Whether the library puts a value into this list that has to stay. */
  readonly onlyAdded?: boolean;
  /**
   * That systemd takes up a new value by a reload.
   * @default - what the section asks for: a restart in [Service], closing and opening in [Socket], a reload elsewhere
   */
  readonly effect?: "reload";
}

type Roles = Readonly<Record<string, DirectiveRole>>;

/** The roles of directives that may be given raw, and that systemd takes up by a reload. */
function takenUp(...names: string[]): Roles {
  return Object.fromEntries(names.map((name) => [name, { effect: "reload" }]));
}

/*
 * Tried on systemd 247, 252, 257 and 262: a service that runs, an edit, a reload, and then what systemd did with it.
 * `systemctl show` is no proof: it has new values of what a process keeps from its start, too.
 *
 * What the kernel allows the control group was looked up there. Debian's 257 alone writes it not at the reload, but as another
 * unit in the same slice starts: the host's script starts one (change.sh). Left out is what there was no way to see, such as
 * limits of single disks, and RuntimeMaxSec=, which ends at once a Puma that has run for longer.
 */
const TAKEN_UP = takenUp(
  // What systemd does as Puma ends, and when it starts it again.
  ...["RestartPreventExitStatus", "RestartForceExitStatus", "RestartSteps", "RestartMaxDelaySec"],
  ...["RestartKillSignal", "WatchdogSignal", "SendSIGHUP", "RuntimeDirectoryPreserve"],
  ...["TimeoutAbortSec", "TimeoutStartFailureMode", "TimeoutStopFailureMode"],
  // What the kernel allows Puma's control group (systemd.resource-control(5)), or does with it.
  ...[
    "CPUWeight",
    "CPUQuota",
    "CPUQuotaPeriodSec",
    "AllowedCPUs",
    "AllowedMemoryNodes",
    "IOWeight",
    "TasksMax",
  ],
  ...["MemoryMin", "MemoryLow", "MemoryHigh", "MemoryMax", "MemorySwapMax", "OOMPolicy"],
);

/**
 * The variables by which Puma and the library's commands are told what they have to know: of a candidate's role, of systemd's
 * sockets and watchdog, and of the process that a command is about.
 */
export const TOLD_BY: readonly string[] = [
  ...[ROLE_VARIABLE, "CDKTF_PUMA_CONTROL"],
  ...["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID"],
  ...["MAINPID", "SERVICE_RESULT"],
];

const NAMES_TOLD = new RegExp(`\\b(${TOLD_BY.join("|")})\\b`);

/** A list of variables that are taken away from, or handed to, all that a unit runs. */
const NAMES_OF_VARIABLES: DirectiveRole = {
  use: `names other than ${TOLD_BY.join(", ")}: by these Puma and the library's commands are told what they have to know`,
  breaks: (_, values) => values.some((value) => NAMES_TOLD.test(value)),
};

type Breaks = NonNullable<DirectiveRole["breaks"]>;

const NO = /^(no|n|false|f|off|0)?$/i;

/** Breaks it unless every value says what is so anyhow. */
const unless =
  (isSo: RegExp): Breaks =>
  (_, values) =>
    values.some((value) => !isSo.test(value));

/** A limit of starts, unless it says that there is none. */
function startLimit(none: RegExp): DirectiveRole {
  return {
    leaveAway:
      "a Puma that meets a limit of starts stays down until somebody starts it, and a socket that it has refuses all connections then. " +
      "Without one systemd waits longer each time, and 'alarm' tells of a Puma that crashes",
    breaks: unless(none),
  };
}

const START_LIMITS: Roles = {
  StartLimitInterval: startLimit(/^0+ ?[a-z]*$/),
  StartLimitBurst: startLimit(/^0+$/),
  StartLimitAction: startLimit(/^(none)?$/),
};

const SERVICE: Roles = {
  ...TAKEN_UP,
  ...START_LIMITS,
  Type: { use: "'pumaVersion' or 'notify', or for Puma 4 'daemon'" },
  ExecStart: { use: "'command' and 'args'" },
  ExecStop: { leaveAway: "the library's ExecStop= ends stops that hang", effect: "reload" },
  ExecStopPost: { onlyAdded: true, effect: "reload" },
  ExecReload: { effect: "reload" },
  Sockets: { use: "'socket' or 'sockets'" },
  User: { use: "'user'" },
  Group: { use: "'group'" },
  DynamicUser: {
    use: "'user', an account that is on the host: the library checks as that user, and asks as it, what Puma may and says",
    breaks: unless(NO),
  },
  WorkingDirectory: { use: "'workingDirectory'" },
  Environment: { use: "'environment'" },
  EnvironmentFile: { use: "'environmentFiles'" },
  PassEnvironment: NAMES_OF_VARIABLES,
  UnsetEnvironment: NAMES_OF_VARIABLES,
  TimeoutStartSec: { use: "'startTimeout'", effect: "reload" },
  TimeoutStopSec: { effect: "reload" },
  TimeoutSec: { use: "'startTimeout' and TimeoutStopSec=", effect: "reload" },
  WatchdogSec: { use: "'watchdog'" },
  Restart: { effect: "reload" },
  RestartSec: { effect: "reload" },
  RestartMode: {
    use: "RestartMode=normal: without a limit of starts, whoever starts a Puma that does not boot would wait for ever",
    breaks: (_, values) => values.includes("direct"),
    effect: "reload",
  },
  SuccessExitStatus: { onlyAdded: true, effect: "reload" },
  KillMode: {
    use: "another KillMode=: what a stop leaves behind would hold the binds, and go on answering",
    breaks: (_, values) => values.some((value) => ["none", "process"].includes(value)),
    effect: "reload",
  },
  KillSignal: { effect: "reload" },
  FinalKillSignal: {
    use: "SIGKILL, or KillSignal= and TimeoutStopSec= for an end that Puma may heed: what heeds no other signal would go on answering",
    breaks: unless(/^((SIG)?KILL|9)?$/),
    effect: "reload",
  },
  SendSIGKILL: { effect: "reload" },
  NotifyAccess: {
    leaveAway: "Puma itself tells systemd that it is ready",
    breaks: (unit, values) =>
      unit.section("Service").get("Type").includes("notify") && unless(/^main$/)(unit, values),
  },
  RemainAfterExit: { leaveAway: "a Puma that ended would count as one that runs", breaks: unless(NO) },
  ExitType: {
    leaveAway: "a Puma that ended and left a process behind would count as one that runs",
    breaks: unless(/^(main)?$/),
  },
  PIDFile: { leaveAway: "Puma runs in the foreground, or 'daemon' names the file" },
  RuntimeDirectory: { onlyAdded: true },
  // Beside those of 'secrets'.
  LoadCredential: { onlyAdded: true },
  LoadCredentialEncrypted: { onlyAdded: true },
  RootDirectory: { leaveAway: "the library checks the host's own files" },
  RootImage: { leaveAway: "the library checks the host's own files" },
};

const SOCKET: Roles = {
  ...takenUp("ExecStopPre", "ExecStopPost", "TimeoutSec", "KillMode", "KillSignal", "SendSIGKILL"),
  ...takenUp("TriggerLimitIntervalSec", "TriggerLimitBurst"),
  ListenStream: { use: "'binds'" },
  ListenDatagram: { use: "'binds'" },
  ListenSequentialPacket: { use: "'binds'" },
  ListenFIFO: { use: "'binds'" },
  ListenSpecial: { use: "'binds'" },
  ListenMessageQueue: { use: "'binds'" },
  ListenNetlink: { use: "'binds'" },
  ListenUSBFunction: { use: "'binds'" },
  Service: { use: "'name' of the PumaService" },
  Accept: { leaveAway: "Puma accepts the connections", breaks: unless(NO) },
  Backlog: { use: "'backlog'", breaks: (_, values) => values.some((value) => !(Number(value) > 65535)) },
  NoDelay: { use: "'noDelay'" },
  ReusePort: { use: "'reusePort'" },
  DeferAcceptSec: { use: "'deferAccept'" },
  SocketUser: { use: "'user'" },
  SocketGroup: { use: "'group'" },
  SocketMode: { use: "'mode'" },
  RemoveOnStop: {
    leaveAway: "a removed service leaves no unix socket",
    breaks: (unit, values) => unit.section("Socket").get("RemoveOnStop").length > 0 && !values.every(isYes),
    effect: "reload",
  },
};

/**
 * What a service's unit says of its own process alone, as patterns of names in [Service]: which one that is, how it starts and
 * ends, and what it holds. All else is its surroundings, in which is run what is run for the application: a version command, a
 * health check. The folder in /run is systemd's to remove when a unit ends, so that one stays the service's.
 */
export const LEFT_TO_PUMA: readonly string[] = [
  ...[
    "Type",
    "ExitType",
    "Exec(Start|Stop)(Pre|Post)?",
    "ExecCondition",
    "ExecReload(Post)?",
    "ReloadSignal",
  ],
  ...["Restart.*", "RemainAfterExit", "GuessMainPID", "PIDFile", "BusName", "SuccessExitStatus"],
  ...["Timeout.*", "RuntimeMaxSec", "RuntimeRandomizedExtraSec", "Watchdog.*"],
  ...["StartLimit.*", "FailureAction", "RebootArgument"],
  ...["KillMode", "KillSignal", "FinalKillSignal", "SendSIGKILL", "SendSIGHUP", "Delegate.*"],
  ...["NotifyAccess", "Sockets", "NonBlocking", "OpenFile", "FileDescriptorStore.*", "USBFunction.*"],
  ...[
    "Standard(Input|Output|Error).*",
    "Syslog.*",
    "Log.*",
    "TTY.*",
    "RuntimeDirectory.*",
    "RootDirectoryStartOnly",
  ],
];

const BY_HAND: DirectiveRole = {
  leaveAway: "an apply starts, stops and restarts it by hand",
  breaks: unless(NO),
};

const UNIT: Roles = {
  ...START_LIMITS,
  StartLimitIntervalSec: startLimit(/^0+ ?[a-z]*$/),
  Requires: { onlyAdded: true },
  RefuseManualStart: BY_HAND,
  RefuseManualStop: BY_HAND,
};

/** The table, by section. */
export const ROLES: Readonly<Record<"Unit" | "Service" | "Socket", Roles>> = {
  Unit: UNIT,
  Service: SERVICE,
  Socket: SOCKET,
};

/** What a directive of a section is to this library. */
export function roleOf(section: string, name: string): DirectiveRole {
  const roles: Readonly<Record<string, Roles>> = ROLES;
  return roles[section]?.[name] ?? {};
}

/**
 * What brings a changed line into effect. In sections of any other name nothing has to restart: systemd takes them up by its
 * reload, or ignores them, as it does directives that begin with `X-` (systemd.syntax(7)).
 */
export function effectOf(section: string, name: string): Effect {
  const { effect } = roleOf(section, name);
  if (effect !== undefined || name.startsWith("X-")) return "reload";
  return section === "Service" ? "restart" : section === "Socket" ? "reopen" : "reload";
}

/** The directives of [Service] and [Socket] that systemd takes up by a reload, each with its section: `Service.Restart`. */
export function reloadOnlyDirectives(): string[] {
  return Object.entries(ROLES).flatMap(([section, roles]) =>
    Object.keys(roles).flatMap((name) =>
      section !== "Unit" && effectOf(section, name) === "reload" ? [`${section}.${name}`] : [],
    ),
  );
}
