import { accountName } from "../systemd/names";
import { type UnitFile } from "../systemd/unit-file";
import { checkBoolean, checkInteger, checkMode, refuse } from "../values/check";
import { type Bind } from "./bind";
import { checkBinds } from "./binds";
import { applyDirectives, type Directives } from "./directives";
import { unitFile } from "./preamble";

/** What systemd.socket(5) can be told about the sockets that it holds for Puma. */
export interface SocketSettings {
  /** The addresses that systemd listens on and passes to Puma. */
  readonly binds: Bind[];
  /**
   * Connections that the kernel queues on each socket; 1 to 65535.
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
   * Owner of the unix sockets.
   * @default - root
   */
  readonly user?: string;
  /**
   * Group of the unix sockets.
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

/** Refuses settings of a socket that could not become a unit. */
export function checkSocket(prop: string, settings: SocketSettings): void {
  checkBinds(`${prop} 'binds'`, settings.binds);
  settings.binds.forEach((bind, i) => {
    const { backlog, umask } = bind.socketOptions;
    const at = `${prop} 'binds[${i}]`;
    if (backlog !== undefined)
      refuse(`${at}.backlog'`, "be said once, as the socket's own 'backlog'", backlog);
    if (umask !== undefined)
      refuse(`${at}.umask'`, "be said as 'mode': systemd makes this socket, not Puma", umask);
  });
  if (settings.backlog !== undefined) checkInteger(`${prop} 'backlog'`, settings.backlog, 1, 65535);
  checkMode(`${prop} 'mode'`, settings.mode);
  checkBoolean(`${prop} 'noDelay'`, settings.noDelay);
  checkBoolean(`${prop} 'reusePort'`, settings.reusePort);
  unixMode(prop, settings);
  checkOptionsOfKind(prop, settings);
}

/** The `.socket` unit; `service` is named in it where the two have different names. */
export function socketUnit(prop: string, settings: SocketSettings, name: string, service: string): UnitFile {
  const unit = unitFile();
  unit.section("Unit").add("Description", "Puma HTTP Server Accept Sockets");
  const section = unit.section("Socket");
  section.add(
    "ListenStream",
    settings.binds.map((bind) => bind.listenStream),
  );
  if (name !== service) section.add("Service", `${service}.service`);
  writeOptionsOfKind(unit, settings);
  section.add("Backlog", String(settings.backlog ?? 1024));
  writeAccess(prop, unit, settings);
  unit.section("Install").add("WantedBy", "sockets.target");
  applyDirectives(prop, unit, "socket", settings.directives);
  return unit;
}

function writeOptionsOfKind(unit: UnitFile, settings: SocketSettings): void {
  const section = unit.section("Socket");
  const schemes = settings.binds.map((bind) => bind.probe.scheme);
  if (schemes.some((scheme) => scheme !== "unix")) {
    section.add("NoDelay", String(settings.noDelay ?? true));
    section.add("ReusePort", String(settings.reusePort ?? true));
  }
  // systemd leaves the file of a unix socket behind otherwise, and a removed service is to leave none.
  if (schemes.includes("unix")) section.add("RemoveOnStop", "true");
}

function writeAccess(prop: string, unit: UnitFile, settings: SocketSettings): void {
  const section = unit.section("Socket");
  const { user, group } = settings;
  if (user !== undefined) section.add("SocketUser", accountName(`${prop} 'user'`, user));
  if (group !== undefined) section.add("SocketGroup", accountName(`${prop} 'group'`, group));
  const mode = unixMode(prop, settings);
  if (mode !== undefined) section.add("SocketMode", mode);
}

/** systemd knows one SocketMode= for all unix sockets of a unit. */
function unixMode(prop: string, settings: SocketSettings): string | undefined {
  const unix = settings.binds.filter((bind) => bind.probe.scheme === "unix");
  const modes = [...new Set(unix.map((bind) => bind.socketOptions.mode))];
  const said = modes.filter((mode) => mode !== undefined);
  if (settings.mode !== undefined && said.length > 0) {
    refuse(
      `${prop} 'mode'`,
      "be said once, on the socket or on its bind",
      `${settings.mode} and ${said.join(", ")}`,
    );
  }
  if (said.length > 0 && modes.length > 1) {
    refuse(`${prop} 'binds'`, "have one mode for all unix binds (SocketMode= is per unit)", modes);
  }
  return settings.mode ?? said[0];
}

function checkOptionsOfKind(prop: string, settings: SocketSettings): void {
  const unix = settings.binds.map((bind) => bind.probe.scheme === "unix");
  const idle = [
    ...(unix.includes(true) ? [] : (["user", "group", "mode"] as const)),
    ...(unix.includes(false) ? [] : (["noDelay", "reusePort"] as const)),
  ];
  for (const name of idle) {
    if (settings[name] === undefined) continue;
    refuse(`${prop} '${name}'`, `go with a ${unix[0] ? "tcp or ssl" : "unix"} bind`, settings[name]);
  }
}
