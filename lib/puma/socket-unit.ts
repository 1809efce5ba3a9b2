import { accountName } from "../systemd/names";
import { type UnitFile } from "../systemd/unit-file";
import { checkBoolean, checkInteger, checkMode } from "../values/check";
import { type Fields } from "../values/fields";
import { type PropPath } from "../values/prop-path";
import { type Bind } from "./bind";
import { checkBinds } from "./binds";
import { applyDirectives, type Directives } from "./directives";
import { newUnit } from "./new-unit";
import { type ServiceIdentity } from "./service";

/** How systemd listens for Puma: see systemd.socket(5). */
export interface SocketUnitProps {
  /** The addresses that systemd listens on and passes to Puma. */
  readonly binds: Bind[];
  /**
   * Connections that the kernel queues on each socket, 1 to 65535.
   * @default 1024, Puma's own
   */
  readonly backlog?: number;
  /**
   * Sends small packets at once (TCP_NODELAY).
   * @default true, as Puma does
   */
  readonly noDelay?: boolean;
  /**
   * Lets several sockets bind the same TCP port (SO_REUSEPORT).
   * @default true, as in Puma's guide
   */
  readonly reusePort?: boolean;
  /**
   * Hands a connection to Puma when its first bytes have arrived (`DeferAcceptSec=1`, TCP_DEFER_ACCEPT of tcp(7)): a Puma
   * that stops closes none that it has accepted and not yet read, so a restart loses no new connection over tcp. Over ssl
   * it loses fewer: one in the middle of its handshake is closed all the same.
   * @default true
   */
  readonly deferAccept?: boolean;
  /**
   * Owner of the unix sockets, to whom systemd gives them as root: in a folder that another user than root may write to, such
   * as the application's, it is an error. In /run systemd makes the folder: `/run/blog/puma.sock`.
   * @default - root
   */
  readonly user?: string;
  /**
   * Group of the unix sockets. What is said of `user` holds for it.
   * @default - root, or the owner's
   */
  readonly group?: string;
  /**
   * Access mode of the unix sockets, in octal.
   * @default - the binds' `mode`, or systemd's: 0666
   */
  readonly mode?: string;
  /**
   * Anything else, by section (`Unit`, `Socket`, `Install`) and under systemd's names. A value replaces what the
   * library writes, a list is added to it, and "" resets it.
   * @default - none
   */
  readonly directives?: Directives;
}

/** The names of all that. */
export const SOCKET_UNIT_PROPS: Fields<SocketUnitProps> = {
  ...{ binds: true, backlog: true, noDelay: true, reusePort: true, deferAccept: true },
  ...{ user: true, group: true, mode: true, directives: true },
};

/** Throws if the settings of a socket could not become a unit. */
export function checkSocket(at: PropPath, settings: SocketUnitProps): void {
  checkBinds(at.key("binds"), settings.binds);
  settings.binds.forEach((bind, i) => checkSocketOptions(at.key("binds").index(i), bind));
  checkBacklog(at, settings);
  checkMode(at.key("mode"), settings.mode);
  checkBoolean(at.key("noDelay"), settings.noDelay);
  checkBoolean(at.key("reusePort"), settings.reusePort);
  checkBoolean(at.key("deferAccept"), settings.deferAccept);
  unixMode(at, settings);
  checkOptionsOfKind(at, settings);
}

function checkBacklog(at: PropPath, { backlog, directives }: SocketUnitProps): void {
  if (backlog === undefined) return;
  checkInteger(at.key("backlog"), backlog, 1, 65535);
  const { Backlog: raw } = directives?.Socket ?? {};
  if (raw !== undefined)
    at.key("directives").key("Socket").key("Backlog").refuse("not stand beside 'backlog'", raw);
}

function checkSocketOptions(at: PropPath, bind: Bind): void {
  const { backlog, lowLatency, umask } = bind._socketOptions;
  if (backlog !== undefined) at.key("backlog").refuse("be given as the socket's own 'backlog'", backlog);
  if (lowLatency !== undefined)
    at.key("lowLatency").refuse("be given as the socket's own 'noDelay'", lowLatency);
  if (umask !== undefined)
    at.key("umask").refuse("be given as 'mode': systemd makes this socket, not Puma", umask);
}

/** The `.socket` unit; the service is named in it as its own where the two have different names. */
export function socketUnit(
  at: PropPath,
  settings: SocketUnitProps,
  name: string,
  service: ServiceIdentity,
): UnitFile {
  const unit = newUnit(service, "Puma HTTP Server Accept Sockets");
  const section = unit.section("Socket");
  section.add(
    "ListenStream",
    settings.binds.map((bind) => bind.listenStream),
  );
  if (name !== service.name) section.add("Service", `${service.name}.service`);
  writeOptionsOfKind(unit, settings);
  section.add("Backlog", String(settings.backlog ?? 1024));
  writeAccess(at, unit, settings);
  unit.section("Install").add("WantedBy", "sockets.target");
  applyDirectives(at, unit, "socket", settings.directives);
  return unit;
}

function writeOptionsOfKind(unit: UnitFile, settings: SocketUnitProps): void {
  const section = unit.section("Socket");
  const schemes = settings.binds.map((bind) => bind._probe.scheme);
  if (schemes.some((scheme) => scheme !== "unix")) {
    section.add("NoDelay", String(settings.noDelay ?? true));
    section.add("ReusePort", String(settings.reusePort ?? true));
    if (settings.deferAccept ?? true) section.add("DeferAcceptSec", "1");
  }
  // systemd leaves the file of a unix socket behind otherwise, and a removed service is to leave none.
  if (schemes.includes("unix")) section.add("RemoveOnStop", "true");
}

function writeAccess(at: PropPath, unit: UnitFile, settings: SocketUnitProps): void {
  const section = unit.section("Socket");
  const { user, group } = settings;
  if (user !== undefined) section.add("SocketUser", accountName(at.key("user"), user));
  if (group !== undefined) section.add("SocketGroup", accountName(at.key("group"), group));
  const mode = unixMode(at, settings);
  if (mode !== undefined) section.add("SocketMode", mode);
}

/** systemd knows one SocketMode= for all unix sockets of a unit. */
function unixMode(at: PropPath, settings: SocketUnitProps): string | undefined {
  const unix = settings.binds.filter((bind) => bind._probe.scheme === "unix");
  const modes = [...new Set(unix.map((bind) => bind._socketOptions.mode))];
  const given = modes.filter((mode) => mode !== undefined);
  if (settings.mode !== undefined && given.length > 0) {
    at.key("mode").refuse(`not be combined with a bind's 'mode': ${given.join(", ")}`, settings.mode);
  }
  if (given.length > 0 && modes.length > 1) {
    at.key("binds").refuse("have one mode for all unix binds (SocketMode= is per unit)", modes);
  }
  return settings.mode ?? given[0];
}

function checkOptionsOfKind(at: PropPath, settings: SocketUnitProps): void {
  const unix = settings.binds.map((bind) => bind._probe.scheme === "unix");
  const idle = [
    ...(unix.includes(true) ? [] : (["user", "group", "mode"] as const)),
    ...(unix.includes(false) ? [] : (["noDelay", "reusePort", "deferAccept"] as const)),
  ];
  for (const name of idle) {
    if (settings[name] === undefined) continue;
    at.key(name).refuse(`go with a ${unix[0] ? "tcp or ssl" : "unix"} bind`, settings[name]);
  }
}
