import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { shellQuoted } from "../../deploy/shell-settings";
import { type Reach, type SshLogin } from "../fleet/reach";

/** What the words of a call differ in. */
export interface SshOptions {
  /** Whether the host gives a terminal. */
  readonly isInteractive?: boolean;
  /** Seconds that a connection may take. */
  readonly connectTimeout: number;
}

/** As an apply has it (transport.sh): nobody is asked, nothing forwarded, and no command here is run beside. */
const QUIET = {
  BatchMode: "yes",
  ControlMaster: "no",
  ClearAllForwardings: "yes",
  RemoteCommand: "none",
  PermitLocalCommand: "no",
  LogLevel: "ERROR",
  ServerAliveInterval: "5",
  ServerAliveCountMax: "3",
} as const;

/** Calls OpenSSH as stacks declare it. What it has to find in files is in a folder of its own, until it is closed. */
export class OpenSsh {
  private folder?: string;
  private files = 0;

  /** The words of a call, without what the host is to run. */
  words(reach: Reach, { isInteractive = false, connectTimeout }: SshOptions): string[] {
    const options = { ...QUIET, ConnectTimeout: String(connectTimeout) };
    const own = (login: SshLogin): string[] => [
      ...["-a", "-x"],
      ...asOptions(options),
      ...this.login(login, reach.configFile),
    ];
    const proxy =
      reach.bastion && `ProxyCommand=${proxyCommand(["-T", ...own(reach.bastion)], reach.bastion.address)}`;
    return [
      ...["ssh", isInteractive ? "-tt" : "-T", ...own(reach)],
      ...[...reach.options, ...(proxy === undefined ? [] : [proxy])].flatMap((option) => ["-o", option]),
      ...["--", reach.address],
    ];
  }

  /** Removes its files. */
  close(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  private login(login: SshLogin, configFile: string | undefined): string[] {
    const { user, port, keyFile, certificate } = login;
    return [
      ...given("-l", user),
      ...given("-p", port),
      ...given("-F", configFile && expanded(configFile)),
      ...given("-i", keyFile && expanded(keyFile)),
      ...(keyFile === undefined ? [] : ["-o", "IdentitiesOnly=yes"]),
      ...given("-o", certificate && `CertificateFile=${this.write(certificate)}`),
      ...this.known(login),
    ];
  }

  /** A pinned key counts, and none that was taken otherwise. */
  private known({ hostKey, isAuthority }: SshLogin): string[] {
    if (hostKey === undefined) return [];
    return asOptions({
      UserKnownHostsFile: this.write(`${isAuthority ? "@cert-authority " : ""}* ${hostKey}`),
      GlobalKnownHostsFile: "/dev/null",
      StrictHostKeyChecking: "yes",
      UpdateHostKeys: "no",
      ControlPath: "none",
    });
  }

  private write(line: string): string {
    this.folder ??= mkdtempSync(join(tmpdir(), "cdktf-puma-"));
    const path = join(this.folder, String((this.files += 1)));
    writeFileSync(path, `${line.trimEnd()}\n`, { mode: 0o600 });
    return path;
  }
}

function given(option: string, value: string | undefined): string[] {
  return value === undefined ? [] : [option, value];
}

function asOptions(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** As the engine's `pathexpand`. */
function expanded(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

/** For a shell, by which OpenSSH starts it: `%` is its own there. */
function proxyCommand(words: readonly string[], address: string): string {
  const quoted = words.map((word) => shellQuoted(word).replaceAll("%", "%%"));
  return `ssh ${quoted.join(" ")} -W '[%h]:%p' -- ${shellQuoted(address)}`;
}
