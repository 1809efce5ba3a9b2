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
  /**
   * Sends small packets at once (TCP_NODELAY). With a `PumaSocket`, set its `noDelay` instead.
   * @default - Puma's own: not over tcp, at once over ssl
   */
  readonly lowLatency?: boolean;
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
  /**
   * How client certificates are checked (`verification_flags`), such as "CRL_CHECK". Puma 5.2 or newer.
   * @default - OpenSSL's own
   */
  readonly verificationFlags?: string[];
  /**
   * Program that prints the key's password, with its arguments (`key_password_command`): `/bin/cat /etc/blog/key.pass`. Puma runs it
   * as its own user, at each start. It stands in the unit, which every user of the host can read, so it is no place for the
   * password itself. Puma 6.3 or newer.
   * @default - the key has no password
   */
  readonly keyPasswordCommand?: string;
  /**
   * Ciphers up to TLS 1.2, as openssl-ciphers(1) has them (`ssl_cipher_filter`).
   * @default - Puma's own
   */
  readonly sslCipherFilter?: string;
  /**
   * Ciphers of TLS 1.3 (`ssl_ciphersuites`), such as "TLS_AES_256_GCM_SHA384". Puma 6.5 or newer.
   * @default - OpenSSL's own
   */
  readonly sslCiphersuites?: string;
  /**
   * Refuses TLS 1.0 (`no_tlsv1`).
   * @default false
   */
  readonly noTlsv1?: boolean;
  /**
   * Refuses TLS 1.0 and 1.1 (`no_tlsv1_1`).
   * @default false
   */
  readonly noTlsv11?: boolean;
  /**
   * Lets clients take up a session again (`reuse`): "dflt", or how many sessions are kept, and for how many seconds: "20000",
   * "20000,300", ",300". Puma 6.0 or newer.
   * @default "off"
   */
  readonly reuse?: string;
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
export const TCP_OPTIONS: Fields<TcpBindOptions> = { address: true, backlog: true, lowLatency: true };

/** The names of the options of `Bind.ssl()`. */
export const SSL_OPTIONS: Fields<SslBindOptions> = {
  ...TCP_OPTIONS,
  key: true,
  cert: true,
  ...{ ca: true, verifyMode: true, verificationFlags: true, keyPasswordCommand: true },
  ...{ sslCipherFilter: true, sslCiphersuites: true, noTlsv1: true, noTlsv11: true, reuse: true },
};

/** The names of the options of `Bind.unix()`. */
export const UNIX_OPTIONS: Fields<UnixBindOptions> = { mode: true, umask: true, backlog: true };
