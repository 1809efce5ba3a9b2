import { type UnitFile } from "../systemd/unit-file";

/** What a directive is to this library. One that the table does not name may be given raw, and a change of it restarts Puma. */
export interface DirectiveRole {
  /** What to use instead of a raw directive. */
  readonly use?: string;
  /** Why there is nothing to use instead, and the directive has to be left away. */
  readonly leaveAway?: string;
  /** The units and values for which `use` or `leaveAway` holds; all of them if it is not given. */
  readonly breaks?: (unit: UnitFile, values: readonly string[]) => boolean;
  /** Whether the library puts a value into this list that has to stay. */
  readonly onlyAdded?: boolean;
}

/** What a directive of [Service] is to this library. */
export interface ServiceDirectiveRole extends DirectiveRole {
  /**
   * What brings a new value into effect: a restart of the unit, or systemd's reload of its configuration.
   * @default "restart"
   */
  readonly effect?: "restart" | "reload";
}

type Roles<Role> = Readonly<Record<string, Role>>;

const SERVICE: Roles<ServiceDirectiveRole> = {
  Type: { use: "'pumaVersion' or 'notify'" },
  ExecStart: { use: "'command' and 'args'" },
  ExecStop: { leaveAway: "the library's ExecStop= ends stops that hang", effect: "reload" },
  ExecStopPost: { effect: "reload" },
  ExecReload: { effect: "reload" },
  Sockets: { use: "'socket'" },
  User: { use: "'user'" },
  Group: { use: "'group'" },
  WorkingDirectory: { use: "'workingDirectory'" },
  Environment: { use: "'environment'" },
  EnvironmentFile: { use: "'environmentFiles'" },
  TimeoutStartSec: { use: "'startTimeout'", effect: "reload" },
  TimeoutStopSec: { effect: "reload" },
  TimeoutSec: { use: "'startTimeout' and TimeoutStopSec=", effect: "reload" },
  WatchdogSec: { use: "'watchdog'" },
  Restart: { effect: "reload" },
  RestartSec: { effect: "reload" },
  SuccessExitStatus: { onlyAdded: true, effect: "reload" },
  KillMode: {
    use: "another KillMode=: what a stop leaves behind would hold the binds",
    breaks: (_, values) => values.includes("none"),
    effect: "reload",
  },
  KillSignal: { effect: "reload" },
  SendSIGKILL: { effect: "reload" },
  NotifyAccess: {
    leaveAway: "Puma itself tells systemd that it is ready",
    breaks: (unit) => unit.section("Service").get("Type").includes("notify"),
  },
  RemainAfterExit: { leaveAway: "a Puma that ended would count as one that runs" },
  PIDFile: { leaveAway: "Puma runs in the foreground" },
  RootDirectory: { leaveAway: "the library checks the host's own files" },
  RootImage: { leaveAway: "the library checks the host's own files" },
};

const SOCKET: Roles<DirectiveRole> = {
  ListenStream: { use: "'binds'" },
  ListenDatagram: { use: "'binds'" },
  ListenSequentialPacket: { use: "'binds'" },
  ListenFIFO: { use: "'binds'" },
  ListenSpecial: { use: "'binds'" },
  ListenMessageQueue: { use: "'binds'" },
  ListenNetlink: { use: "'binds'" },
  ListenUSBFunction: { use: "'binds'" },
  Service: { use: "'name' of the PumaService" },
  Accept: { leaveAway: "Puma accepts the connections" },
  Backlog: { use: "'backlog'" },
  NoDelay: { use: "'noDelay'" },
  ReusePort: { use: "'reusePort'" },
  SocketUser: { use: "'user'" },
  SocketGroup: { use: "'group'" },
  SocketMode: { use: "'mode'" },
  RemoveOnStop: {
    leaveAway: "a removed service leaves no unix socket",
    breaks: (unit) => unit.section("Socket").get("RemoveOnStop").length > 0,
  },
};

const UNIT: Roles<DirectiveRole> = { Requires: { onlyAdded: true } };

/** The table, by section. The host compares by names alone, so an `effect` in [Socket] would have none. */
export const ROLES = { Unit: UNIT, Service: SERVICE, Socket: SOCKET } as const;

/** What a directive of a section is to this library. */
export function roleOf(section: string, name: string): DirectiveRole {
  const roles: Roles<Roles<DirectiveRole>> = ROLES;
  return roles[section]?.[name] ?? {};
}

/** The names of the directives that systemd takes up without a restart, in a service and in a socket alike. */
export function reloadOnlyDirectives(): string[] {
  return Object.entries(SERVICE).flatMap(([name, { effect }]) => (effect === "reload" ? [name] : []));
}
