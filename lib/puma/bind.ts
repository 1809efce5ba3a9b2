import { type Answering, type Probe } from "./probe";
import { checkObject, checkInteger, checkMode, checkOneOf, refuse } from "../values/check";
import { absolutePath, pathUnder } from "../values/path";
import {
  type BacklogOption,
  type SslBindOptions,
  type TcpBindOptions,
  type UnixBindOptions,
} from "./bind-options";
import { endpoint } from "./endpoint";

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
   * @throws where Puma could not bind it, or would bind another address than systemd
   */
  static tcp(port: number, options: TcpBindOptions = {}): Bind {
    const { authority, probe } = endpoint(
      "Bind.tcp",
      "http",
      port,
      checkObject("Bind.tcp 'options'", options),
    );
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
   * @throws where Puma could not bind it, a file has no plain path, or `verifyMode` has no authorities
   */
  static ssl(port: number, options: SslBindOptions): Bind {
    checkObject("Bind.ssl 'options'", options);
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
   * @throws where Puma and systemd would not take the path, or a mode, for the same
   */
  static unix(path: string, options: UnixBindOptions = {}): Bind {
    checkSocketPath("Bind.unix 'path'", path);
    checkBacklog("Bind.unix", checkObject("Bind.unix 'options'", options));
    checkMode("Bind.unix 'mode'", options.mode);
    checkMode("Bind.unix 'umask'", options.umask);
    const { mode, backlog } = options;
    // Puma reads it by Ruby's Integer(), which takes a number without a leading 0 for a decimal one.
    const umask = options.umask?.padStart(4, "0");
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

  /** @internal Whether only clients with a certificate are answered. */
  get wantsClientCertificate(): boolean {
    return this.shape.mutual ?? false;
  }

  /** @internal What this bind says of its socket; with a `PumaSocket` only `mode` has a place. */
  get socketOptions(): { readonly backlog?: number; readonly mode?: string; readonly umask?: string } {
    const { backlog, mode, umask } = this.shape.options;
    return { backlog, mode, umask };
  }

  /** @internal The files that Puma reads for this bind. */
  files(workingDirectory: string): string[] {
    return this.shape.files?.(workingDirectory) ?? [];
  }

  /** @internal Puma's `-b` flag. Where systemd holds the socket, its options are systemd's. */
  flag(workingDirectory: string, heldBySystemd: boolean): string {
    return this.shape.flag(workingDirectory, heldBySystemd);
  }
}

function checkSocketPath(prop: string, path: string): void {
  absolutePath(prop, path);
  if (path.length > 107) refuse(prop, "be at most 107 bytes long", path);
  if (!/^[\w/.@+:,-]*[\w.@+:,-]$/.test(path)) {
    refuse(prop, "name a file in letters, digits and / . _ - @ + : ,", path);
  }
  if (/\/(\.{0,2})\//.test(path) || /\/\.{1,2}$/.test(path)) {
    refuse(prop, "be without '//', '.' and '..'", path);
  }
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
  checkOneOf("Bind.ssl 'verifyMode'", verifyMode, ["none", "peer", "force_peer"]);
  if (verifyMode !== "none" && ca === undefined) {
    refuse("Bind.ssl 'ca'", `be given where 'verifyMode' is "${verifyMode}"`, ca);
  }
}

function checkBacklog(factory: string, options: BacklogOption): void {
  if (options.backlog !== undefined) checkInteger(`${factory} 'backlog'`, options.backlog, 1, 65535);
}

function query(options: Record<string, string | number | undefined>): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const text = given.map(
    ([name, value]) => `${name}=${encodeURI(String(value)).replace(/[&+#?=]/g, encodeURIComponent)}`,
  );
  return text.length > 0 ? `?${text.join("&")}` : "";
}
