import { isIP, isIPv6, SocketAddress } from "node:net";
import { type Answering, type Probe } from "../remote/probe";
import { absolutePath, integer, known, pathUnder, refuse } from "../values/check";

/** What a bind says to Puma itself, where systemd does not hold its socket. */
export interface BacklogOption {
  /**
   * Connections that the kernel queues for this bind; 1 to 65535. With a `PumaSocket`, set its `backlog` instead.
   * @default - Puma's own: 1024
   */
  readonly backlog?: number;
}

export interface TcpBindOptions extends BacklogOption {
  /**
   * A literal IPv4 or IPv6 address of the host. Names are refused: Puma matches its binds with systemd's
   * sockets letter by letter, so `localhost` would never match.
   * @default "0.0.0.0"
   */
  readonly address?: string;
}

export interface SslBindOptions extends TcpBindOptions {
  /** Path of the private key, readable by the service's user; relative ones are under workingDirectory. */
  readonly key: string;
  /** Path of the certificate (with its chain); relative ones are under workingDirectory. */
  readonly cert: string;
  /**
   * Path of the authorities that client certificates are checked against.
   * @default - none
   */
  readonly ca?: string;
  /**
   * Whether clients show a certificate (Puma's `verify_mode`). `peer` and `force_peer` need `ca`. With `force_peer`
   * a deploy can see no more of this bind than that it is held.
   * @default "none"
   */
  readonly verifyMode?: "none" | "peer" | "force_peer";
}

export interface UnixBindOptions extends BacklogOption {
  /**
   * Access mode in octal, such as "0660". With a `PumaSocket`, set it here or on the socket, not on both.
   * @default - without a PumaSocket by the service's umask, with one systemd's: 0666
   */
  readonly mode?: string;
  /**
   * Puma's umask while it makes the socket, in octal. With a `PumaSocket` use `mode`.
   * @default - the service's
   */
  readonly umask?: string;
}

interface Shape {
  readonly listenStream: string;
  readonly probe: Probe;
  readonly options: BacklogOption & { readonly mode?: string; readonly umask?: string };
  readonly files?: (directory: string) => string[];
  readonly flag: (directory: string, heldBySystemd: boolean) => string;
  readonly mutual?: boolean;
}

/** An address that Puma listens on. One bind yields Puma's `-b` flag and systemd's `ListenStream=`, so the two always match. */
export class Bind implements Answering {
  /**
   * Plain HTTP over TCP.
   * @param port - 1 to 65535
   */
  static tcp(port: number, options: TcpBindOptions = {}): Bind {
    const { authority, probe } = endpoint("Bind.tcp", "http", port, options);
    checkBacklog("Bind.tcp", options);
    return new Bind({
      listenStream: authority,
      probe,
      options,
      flag: (_, held) => `tcp://${authority}${query(held ? {} : { backlog: options.backlog })}`,
    });
  }

  /**
   * HTTPS, ended by Puma.
   * @param port - 1 to 65535
   */
  static ssl(port: number, options: SslBindOptions): Bind {
    const { authority, probe } = endpoint("Bind.ssl", "https", port, options);
    checkBacklog("Bind.ssl", options);
    checkTls(options);
    const files = (directory: string): string[] => Object.values(tlsFiles(options, directory));
    return new Bind({
      listenStream: authority,
      probe,
      options,
      files,
      mutual: options.verifyMode === "force_peer",
      flag: (directory, held) =>
        `ssl://${authority}${query({
          ...tlsFiles(options, directory),
          verify_mode: options.verifyMode,
          backlog: held ? undefined : options.backlog,
        })}`,
    });
  }

  /**
   * HTTP over a unix socket, for a proxy on the same host.
   * @param path - absolute; at most 107 bytes of letters, digits and `/ . _ - @ + : ,` (unix(7); Puma reads it as an URI)
   */
  static unix(path: string, options: UnixBindOptions = {}): Bind {
    absolutePath("Bind.unix 'path'", path);
    if (path.length > 107) refuse("Bind.unix 'path'", "be at most 107 bytes long", path);
    if (!/^[\w/.@+:,-]*[\w.@+:,-]$/.test(path)) {
      refuse("Bind.unix 'path'", "name a file in letters, digits and / . _ - @ + : ,", path);
    }
    if (/\/(\.{0,2})\//.test(path) || /\/\.{1,2}$/.test(path)) {
      refuse("Bind.unix 'path'", "be without '//', '.' and '..'", path);
    }
    checkBacklog("Bind.unix", options);
    checkOctal("Bind.unix 'mode'", options.mode);
    checkOctal("Bind.unix 'umask'", options.umask);
    const { mode, umask, backlog } = options;
    return new Bind({
      listenStream: path,
      probe: { scheme: "unix", path },
      options,
      flag: (_, held) => `unix://${path}${query(held ? {} : { umask, mode, backlog })}`,
    });
  }

  private constructor(private readonly shape: Shape) {}

  /** As systemd.socket(5) writes it in `ListenStream=`. */
  get listenStream(): string {
    return this.shape.listenStream;
  }

  /** How to ask whether Puma is behind this bind. */
  get probe(): Probe {
    return this.shape.probe;
  }

  /** Whether only clients with a certificate are answered. */
  get wantsClientCertificate(): boolean {
    return this.shape.mutual ?? false;
  }

  /** What this bind says of its socket; with a `PumaSocket` only `mode` has a place. */
  get socketOptions(): { readonly backlog?: number; readonly mode?: string; readonly umask?: string } {
    const { backlog, mode, umask } = this.shape.options;
    return { backlog, mode, umask };
  }

  /** The files that Puma reads for this bind. */
  files(workingDirectory: string): string[] {
    return this.shape.files?.(workingDirectory) ?? [];
  }

  /** Puma's `-b` flag. Where systemd holds the socket, its options are systemd's. */
  flag(workingDirectory: string, heldBySystemd: boolean): string {
    return this.shape.flag(workingDirectory, heldBySystemd);
  }
}

/** Refuses two binds of which the second could never be bound. */
export function checkBinds(prop: string, binds: readonly Bind[]): void {
  if (binds.length === 0) refuse(prop, "hold at least one bind", binds);
  binds.forEach((bind, i) => {
    const twin = binds.slice(0, i).find((earlier) => overlap(earlier.probe, bind.probe));
    if (twin) refuse(`${prop}[${i}]`, `not repeat or overlap ${twin.listenStream}`, bind.listenStream);
  });
}

/** Refuses binds that another service on the same host has. */
export function checkMeeting(
  prop: string,
  binds: readonly Bind[],
  other: string,
  theirs: readonly Bind[],
): void {
  for (const bind of binds) {
    if (theirs.some((their) => overlap(their.probe, bind.probe))) {
      refuse(prop, `not repeat or overlap those of ${other}`, bind.listenStream);
    }
  }
}

function overlap(a: Probe, b: Probe): boolean {
  if (a.scheme === "unix" || b.scheme === "unix") {
    return a.scheme === "unix" && b.scheme === "unix" && a.path === b.path;
  }
  return a.port === b.port && (covers(a.address, b.address) || covers(b.address, a.address));
}

/** Whether who listens on `a` also takes what comes for `b`. Linux lets `::` take IPv4 too. */
function covers(a: string, b: string): boolean {
  return a === b || a === "::" || (a === "0.0.0.0" && !isIPv6(b));
}

function endpoint(
  factory: string,
  scheme: "http" | "https",
  port: number,
  options: TcpBindOptions,
): { authority: string; probe: Probe } {
  integer(`${factory} 'port'`, port, 1, 65535);
  const given = known(`${factory} 'address'`, options.address ?? "0.0.0.0");
  if (isIP(given) === 0 || given.includes("%")) {
    refuse(
      `${factory} 'address'`,
      "be a literal IPv4 or IPv6 address (Puma never matches a name with a socket)",
      given,
    );
  }
  // Puma compares with what the kernel calls the socket, which is the shortest form of an IPv6 address.
  const address = isIPv6(given) ? new SocketAddress({ address: given, family: "ipv6" }).address : given;
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  return { authority, probe: { scheme, address, port } };
}

function tlsFiles(options: SslBindOptions, directory: string): Record<string, string> {
  const files = { key: options.key, cert: options.cert, ...(options.ca !== undefined && { ca: options.ca }) };
  return Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, pathUnder(`Bind.ssl '${name}'`, directory, path)]),
  );
}

function checkTls(options: SslBindOptions): void {
  tlsFiles(options, "/");
  const { verifyMode = "none", ca } = options;
  if (!["none", "peer", "force_peer"].includes(verifyMode)) {
    refuse("Bind.ssl 'verifyMode'", `be "none", "peer" or "force_peer"`, verifyMode);
  }
  if (verifyMode !== "none" && ca === undefined) {
    refuse("Bind.ssl 'ca'", `be given where 'verifyMode' is "${verifyMode}"`, ca);
  }
}

function checkBacklog(factory: string, options: BacklogOption): void {
  if (options.backlog !== undefined) integer(`${factory} 'backlog'`, options.backlog, 1, 65535);
}

/** Refuses what is not an access mode in octal. */
export function checkOctal(prop: string, mode: string | undefined): void {
  if (mode !== undefined && !/^0?[0-7]{3}$/.test(known(prop, mode))) {
    refuse(prop, `be an access mode in octal such as "0660"`, mode);
  }
}

function query(options: Record<string, string | number | undefined>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const text = given.map(
    ([name, value]) => `${name}=${encodeURI(String(value)).replace(/[&+#?=]/g, encodeURIComponent)}`,
  );
  return text.length > 0 ? `?${text.join("&")}` : "";
}
