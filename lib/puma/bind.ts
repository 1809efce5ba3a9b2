import { checkBoolean, checkInteger, checkMode } from "../values/check";
import { checkOptions } from "../values/fields";
import { absolutePath, LONGEST_SOCKET_PATH, withoutVar } from "../values/path";
import { PropPath } from "../values/prop-path";
import {
  type BindOptions,
  SSL_OPTIONS,
  type SslBindOptions,
  TCP_OPTIONS,
  type TcpBindOptions,
  UNIX_OPTIONS,
  type UnixBindOptions,
} from "./bind-options";
import { endpoint } from "./endpoint";
import { type Probe } from "./probe";
import { checkTls, type Since, sinceOf, SSL, tlsFiles, tlsQuery } from "./ssl";

const TCP = PropPath.of("Bind.tcp");
const UNIX = PropPath.of("Bind.unix");

/** What a bind says of its socket, which systemd makes where there is a `PumaSocket`. */
type SocketOptions = BindOptions & {
  readonly lowLatency?: boolean;
  readonly mode?: string;
  readonly umask?: string;
};

/** What the kinds of bind differ in. */
interface Shape {
  readonly listenStream: string;
  readonly probe: Probe;
  readonly options: SocketOptions;
  readonly tlsFiles?: (directory: string) => Record<string, string>;
  readonly flag: (directory: string, isSocketActivated: boolean) => string;
  readonly mutual?: boolean;
  readonly since?: readonly Since[];
}

/**
 * An address that Puma listens on. One bind yields Puma's `-b` flag and systemd's `ListenStream=`, so the two always match.
 *
 * @example
 * const binds = [Bind.tcp(9292), Bind.unix("/run/blog/puma.sock")];
 */
export class Bind {
  /**
   * Plain HTTP over TCP.
   * @param port 1 to 65535
   * @param options its address, and what the kernel queues
   * @throws if Puma could not bind it, or would bind another address than systemd
   * @example
   * Bind.tcp(9292, { address: "127.0.0.1" });
   */
  static tcp(port: number, options: TcpBindOptions = {}): Bind {
    const { authority, probe } = endpoint(TCP, "http", port, checkOptions(TCP, options, TCP_OPTIONS));
    checkSocketOptions(TCP, options);
    return new Bind({
      listenStream: authority,
      probe,
      options,
      flag: (_, isSocketActivated) =>
        `tcp://${authority}${query(isSocketActivated ? {} : socketQuery(options, true))}`,
    });
  }

  /**
   * HTTPS, ended by Puma.
   * @param port 1 to 65535
   * @param options its key and certificate, its address, and what the kernel queues
   * @throws if Puma could not bind it, a file has no plain path, `verifyMode` has no authorities, or Puma would not take an option
   * @example
   * Bind.ssl(9293, { key: "/etc/blog/key.pem", cert: "/etc/blog/cert.pem", noTlsv1: true, noTlsv11: true });
   */
  static ssl(port: number, options: SslBindOptions): Bind {
    const { authority, probe } = endpoint(SSL, "https", port, checkOptions(SSL, options, SSL_OPTIONS));
    checkSocketOptions(SSL, options);
    checkTls(options);
    return new Bind({
      listenStream: authority,
      probe,
      options,
      tlsFiles: (directory) => tlsFiles(options, directory),
      mutual: options.verifyMode === "force_peer",
      since: sinceOf(options),
      flag: (directory, isSocketActivated) =>
        `ssl://${authority}${query({
          ...tlsQuery(options, directory),
          // Puma's default over ssl, unlike over tcp.
          ...(isSocketActivated ? {} : socketQuery(options, false)),
        })}`,
    });
  }

  /**
   * HTTP over a unix socket, for a proxy on the same host.
   * @param path absolute, at most 107 bytes of letters, digits and `/ . _ - @ + : ,` (unix(7); Puma reads it as an URI)
   * @param options who may connect, and what the kernel queues
   * @throws if Puma and systemd would read the path or a mode in two ways
   * @example
   * Bind.unix("/run/blog/puma.sock", { mode: "0660" });
   */
  static unix(path: string, options: UnixBindOptions = {}): Bind {
    checkSocketPath(UNIX.key("path"), path);
    checkBacklog(UNIX, checkOptions(UNIX, options, UNIX_OPTIONS));
    checkMode(UNIX.key("mode"), options.mode);
    checkMode(UNIX.key("umask"), options.umask);
    const { mode, backlog } = options;
    // Puma reads it by Ruby's Integer(), which takes a number without a leading 0 for a decimal one.
    const umask = options.umask?.padStart(4, "0");
    return new Bind({
      listenStream: path,
      probe: { scheme: "unix", path },
      options,
      flag: (_, isSocketActivated) =>
        `unix://${path}${query(isSocketActivated ? {} : { umask, mode, backlog })}`,
    });
  }

  private constructor(private readonly shape: Shape) {}

  /** As systemd.socket(5) writes it in `ListenStream=`. */
  get listenStream(): string {
    return this.shape.listenStream;
  }

  /** @internal How to ask whether Puma answers at this bind. */
  get _probe(): Probe {
    return this.shape.probe;
  }

  /** @internal The same as systemd listens there: it takes /var/run for /run, and tells Puma so. */
  get _ofSystemd(): Bind {
    const { probe, options } = this.shape;
    if (probe.scheme !== "unix") return this;
    const path = withoutVar(probe.path);
    return path === probe.path ? this : Bind.unix(path, options);
  }

  /** @internal Whether Puma answers only clients that have a certificate. */
  get _wantsClientCertificate(): boolean {
    return this.shape.mutual ?? false;
  }

  /** @internal The options of this bind that a `PumaSocket` has too: only `mode` may be given there. */
  get _socketOptions(): SocketOptions {
    const { backlog, lowLatency, mode, umask } = this.shape.options;
    return { backlog, lowLatency, mode, umask };
  }

  /** @internal Those of its options that Puma did not always have. */
  get _since(): readonly Since[] {
    return this.shape.since ?? [];
  }

  /** @internal The files that Puma reads for this bind. */
  _files(workingDirectory: string): string[] {
    return Object.values(this._tlsFiles(workingDirectory));
  }

  /** @internal Those by which it ends TLS; none where it does not. */
  _tlsFiles(workingDirectory: string): Readonly<Record<string, string>> {
    return this.shape.tlsFiles?.(workingDirectory) ?? {};
  }

  /** @internal Puma's `-b` flag; without the socket's options if systemd passes the socket. */
  _flag(workingDirectory: string, isSocketActivated: boolean): string {
    return this.shape.flag(workingDirectory, isSocketActivated);
  }
}

function checkSocketPath(at: PropPath, path: string): void {
  absolutePath(at, path);
  if (path.length > LONGEST_SOCKET_PATH) at.refuse(`be at most ${LONGEST_SOCKET_PATH} bytes long`, path);
  if (!/^[\w/.@+:,-]*[\w.@+:,-]$/.test(path)) {
    at.refuse("name a file in letters, digits and / . _ - @ + : ,", path);
  }
  if (/\/(\.{0,2})\//.test(path) || /\/\.{1,2}$/.test(path)) {
    at.refuse("be without '//', '.' and '..'", path);
  }
}

function checkSocketOptions(at: PropPath, options: TcpBindOptions): void {
  checkBacklog(at, options);
  checkBoolean(at.key("lowLatency"), options.lowLatency);
}

function checkBacklog(at: PropPath, options: BindOptions): void {
  if (options.backlog !== undefined) checkInteger(at.key("backlog"), options.backlog, 1, 65535);
}

/** What Puma is told of the socket that it makes; `lowLatency` only where it is as given here. */
function socketQuery(
  { lowLatency, backlog }: TcpBindOptions,
  told: boolean,
): Record<string, string | number | undefined> {
  return { low_latency: lowLatency === told ? String(told) : undefined, backlog };
}

function query(options: Record<string, string | number | undefined>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const pairs = given.map(
    ([name, value]) => `${name}=${encodeURI(String(value)).replace(/[&+#?=]/g, encodeURIComponent)}`,
  );
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}
