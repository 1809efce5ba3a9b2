import { type Fields } from "../values/fields";

/** The option of every bind. */
export interface BindOptions {
  /**
   * Connections that the kernel queues for this bind, 1 to 65535. With a `PumaSocket`, set its `backlog` instead.
   * @default - Puma's own: 1024
   */
  readonly backlog?: number;
}

/** Options of `Bind.tcp()`. */
export interface TcpBindOptions extends BindOptions {
  /**
   * A literal IPv4 or IPv6 address of the host. Names are refused: Puma matches its binds with systemd's
   * sockets letter by letter, so `localhost` would never match.
   * @default "0.0.0.0"
   */
  readonly address?: string;
}

/** Options of `Bind.ssl()`. */
export interface SslBindOptions extends TcpBindOptions {
  /** Path of the private key, readable by the service's user. Relative ones are under workingDirectory. */
  readonly key: string;
  /** Path of the certificate (with its chain). Relative ones are under workingDirectory. */
  readonly cert: string;
  /**
   * Path of the authorities that client certificates are checked against.
   * @default - none
   */
  readonly ca?: string;
  /**
   * Whether clients show a certificate (Puma's `verify_mode`). `peer` and `force_peer` need `ca`. With `force_peer`
   * a deploy can see no more of this bind than that somebody listens on it.
   * @default "none"
   */
  readonly verifyMode?: "none" | "peer" | "force_peer";
}

/** Options of `Bind.unix()`. */
export interface UnixBindOptions extends BindOptions {
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

/** The names of the options of `Bind.tcp()`. */
export const TCP_OPTIONS: Fields<TcpBindOptions> = { address: true, backlog: true };

/** The names of the options of `Bind.ssl()`. */
export const SSL_OPTIONS: Fields<SslBindOptions> = {
  ...TCP_OPTIONS,
  key: true,
  cert: true,
  ca: true,
  verifyMode: true,
};

/** The names of the options of `Bind.unix()`. */
export const UNIX_OPTIONS: Fields<UnixBindOptions> = { mode: true, umask: true, backlog: true };
