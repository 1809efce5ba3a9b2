import { integer, refuse } from "../values/check";
import { type Duration } from "../values/duration";
import { isToken } from "../values/token";
import { type SshKey } from "./ssh-key";

/** A host that connections to the others pass through. */
export interface Bastion {
  /** Name or address. */
  readonly address: string;
  /** @default 22 */
  readonly port?: number;
  /**
   * User to log in as.
   * @default - the host's
   */
  readonly user?: string;
  /**
   * Its key.
   * @default - the host's
   */
  readonly key?: SshKey;
  /**
   * Its pinned public host key.
   * @default - any key is taken
   */
  readonly hostKey?: string;
}

export interface HostOptions {
  /** Name or address that the engine connects to. It is the host's identity: a new one tears down the service at the old. */
  readonly address: string;
  /**
   * Port of sshd; 1 to 65535.
   * @default 22
   */
  readonly port?: number;
  /**
   * User to log in as.
   * @default "root"
   */
  readonly user?: string;
  /** How to log in. */
  readonly key: SshKey;
  /**
   * OpenSSH certificate of the key, as the text of its `-cert.pub` file.
   * @default - none
   */
  readonly certificate?: string;
  /**
   * Public host key, as `ssh-keyscan -t ecdsa` prints it without the address: `ecdsa-sha2-nistp256 AAAA…`. The engines' ssh
   * client prefers ECDSA and fails on a pinned key of another kind where the server has both.
   * @default - any key is taken, with a warning
   */
  readonly hostKey?: string;
  /**
   * A host to connect through.
   * @default - none
   */
  readonly bastion?: Bastion;
  /**
   * How long a connection may take to come about.
   * @default - the engine's: 5 minutes
   */
  readonly timeout?: Duration;
  /**
   * Whether the user becomes root by `sudo`, which must not ask for a password.
   * @default - true, unless the user is "root"
   */
  readonly sudo?: boolean;
  /**
   * Where the engine puts its script: relative to the user's home or absolute, in a folder that no other user may
   * enter; `%RAND%` becomes a number.
   * @default ".ssh/cdktf-puma-%RAND%.sh"
   */
  readonly scriptPath?: string;
  /**
   * Version of systemd on the host: directives that it does not know are then errors at synth.
   * @default - unknown; the host's own systemd checks the units at apply
   */
  readonly systemdVersion?: number;
}

/** A machine that services run on: a plain value, to be passed to as many services as one likes. Every field but the name may be a token. */
export class Host {
  /**
   * @param name - its name in the stack, in plans and in the records on the host: letters, digits and `. _ -`
   * @param options - how to reach it
   */
  constructor(
    readonly name: string,
    readonly options: HostOptions,
  ) {
    if (isToken(name) || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) {
      refuse(
        "Host 'name'",
        "be 1 to 128 letters, digits and . _ -, known at synth",
        isToken(name) ? "a token" : name,
      );
    }
    const at = `Host '${name}'`;
    if (options.user === "") refuse(`${at} 'user'`, "name a user", options.user);
    checkHostKey(`${at} 'hostKey'`, options.hostKey);
    checkHostKey(`${at} 'bastion.hostKey'`, options.bastion?.hostKey);
    if (options.address === "") refuse(`${at} 'address'`, "be a name or an address", options.address);
    checkPort(`${at} 'port'`, options.port);
    checkPort(`${at} 'bastion.port'`, options.bastion?.port);
    if (options.systemdVersion !== undefined && !isToken(options.systemdVersion)) {
      integer(`${at} 'systemdVersion'`, options.systemdVersion, 1, 9999);
    }
  }

  /** User to log in as. */
  get user(): string {
    return this.options.user ?? "root";
  }

  /** Whether that user needs `sudo`. */
  get sudo(): boolean {
    return this.options.sudo ?? this.user !== "root";
  }

  /** What a careful operator would be told about how this host is reached. */
  get warnings(): string[] {
    const { hostKey, bastion } = this.options;
    return [
      ...keyWarnings(`Host '${this.name}' 'hostKey'`, hostKey),
      ...(bastion ? keyWarnings(`Host '${this.name}' 'bastion.hostKey'`, bastion.hostKey) : []),
    ];
  }
}

function checkPort(prop: string, port: number | undefined): void {
  if (port !== undefined && !isToken(port)) integer(prop, port, 1, 65535);
}

function checkHostKey(prop: string, key: string | undefined): void {
  if (key === undefined || isToken(key)) return;
  if (!/^(ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( [^\n]*)?$/.test(key)) {
    refuse(
      prop,
      "be a kind and a key, such as 'ecdsa-sha2-nistp256 AAAA…', without the address before them",
      key,
    );
  }
}

function keyWarnings(prop: string, key: string | undefined): string[] {
  if (key === undefined) {
    return [
      `${prop}: is missing, so whoever answers at its address is trusted; pin what 'ssh-keyscan -t ecdsa' prints`,
    ];
  }
  if (isToken(key) || /^ecdsa-sha2-/.test(key)) return [];
  const kind = key.split(" ")[0];
  return [
    `${prop}: is of the kind ${kind}; where the server also has an ECDSA key the engine will fail with ` +
      `"knownhosts: key mismatch": pin what 'ssh-keyscan -t ecdsa' prints`,
  ];
}
