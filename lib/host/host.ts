import { checkBoolean, checkInteger, checkObject, checkOptional, checkTokenString } from "../values/check";
import { Duration } from "../values/duration";
import { type IBooleanToken, isToken } from "../values/marker";
import { checkFields, checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { checkLine, Connection } from "./connection";
import { checkPublicKey, HostKey, keyText } from "./host-key";
import { checkReach, LOCAL_ADDRESS } from "./reach";
import { SshKey } from "./ssh-key";

/** A host that connections to the others pass through. */
export interface BastionOptions {
  /** Name or address. */
  readonly address: string;
  /**
   * Port of its sshd, 1 to 65535.
   * @default 22
   */
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
   * OpenSSH certificate of the key, as the text of its `-cert.pub` file.
   * @default - none
   */
  readonly certificate?: string;
  /**
   * Its pinned public host key, or the authority that has signed it. Terraform before 1.16 and OpenTofu compare the bastion's
   * key with the host's `hostKey` instead (hashicorp/terraform#38318): there only one `HostKey.authority()` of both pins them.
   * @default - any key is taken
   */
  readonly hostKey?: string | HostKey;
}

/** How to reach a host. */
export interface HostOptions {
  /**
   * Name or address to connect to, or for OpenSSH a name in ssh_config. It is the host's identity: a new one tears down the service
   * at the old.
   * @default - "local" for `Connection.local()`; needed otherwise
   */
  readonly address?: string;
  /**
   * What tells this machine from another one at the same address, such as the id of an instance of your cloud: where it is
   * another than at the last apply, all services are installed anew there. Nothing is removed then, as the machine of before is gone.
   * @default - a machine that is rebuilt behind its address is not noticed
   */
  readonly identity?: string;
  /**
   * Whether the services of this host are handed over where they would be removed from it: as it leaves a list, and at `destroy`.
   * They stay as they are, and are no stack's from then on. It has to be applied before that.
   * @default - for each service what its `retain` says
   */
  readonly retain?: boolean;
  /**
   * By what the host is reached. Another one changes no host.
   * @default Connection.engine()
   */
  readonly connection?: Connection;
  /**
   * Port of sshd, 1 to 65535.
   * @default 22
   */
  readonly port?: number;
  /**
   * User to log in as.
   * @default - "root"; for OpenSSH what ssh_config says, or else the user who runs the engine
   */
  readonly user?: string;
  /**
   * How to log in.
   * @default - for OpenSSH what ssh_config and its agent have; needed for the engine's ssh
   */
  readonly key?: SshKey;
  /**
   * OpenSSH certificate of the key, as the text of its `-cert.pub` file.
   * @default - none
   */
  readonly certificate?: string;
  /**
   * Public host key, as `ssh-keyscan -t ecdsa` prints it without the address: `ecdsa-sha2-nistp256 AAAA…`. The engines' ssh
   * client prefers ECDSA and fails on a pinned key of another kind where the server has both. Or the authority that has
   * signed it: `HostKey.authority()`. OpenSSH takes any kind.
   * @default - for OpenSSH what known_hosts has; for the engine's ssh any key is taken, with a warning
   */
  readonly hostKey?: string | HostKey;
  /**
   * A host to connect through.
   * @default - none
   */
  readonly bastion?: BastionOptions;
  /**
   * How long to try to connect.
   * @default - 5 minutes
   */
  readonly timeout?: Duration;
  /**
   * Whether the user becomes root by `sudo`, which must not ask for a password nor limit the commands (`NOPASSWD: ALL` in
   * sudoers(5)): the script runs as root as a whole, so whoever may apply is root on the host.
   * @default - true, unless the user is "root"; where the user is a token, or is not given, that is found out at apply
   */
  readonly sudo?: boolean | IBooleanToken;
  /**
   * Where the engine puts its script: relative to the user's home or absolute, in a folder that no other user may
   * enter. `%RAND%` becomes a number. The folder, and each above it, is the user's who logs in, or root's, and nobody else may
   * write there: who could, would have a script of his run as root. The engine's ssh alone has such a script.
   * @default ".ssh/cdktf-puma-%RAND%.sh"
   */
  readonly scriptPath?: string;
  /**
   * Version of systemd on the host: directives and values that it does not know are then errors at synth.
   * @default - unknown; the host's own systemd checks the units at apply
   */
  readonly systemdVersion?: number;
}

const BASTION_OPTIONS: Fields<BastionOptions> = {
  ...{ address: true, port: true, user: true },
  ...{ key: true, certificate: true, hostKey: true },
};

const HOST_OPTIONS: Fields<HostOptions> = {
  ...BASTION_OPTIONS,
  ...{ identity: true, retain: true, connection: true },
  ...{ bastion: true, timeout: true, sudo: true, scriptPath: true, systemdVersion: true },
};

/**
 * A machine that services run on: a plain value that any number of services can share. Every field but the name and the
 * timeout may be a Terraform token.
 *
 * @example
 * const host = new Host("web1", {
 *   address: "10.0.1.11",
 *   user: "ops",
 *   key: SshKey.file("~/.ssh/id_ed25519"),
 *   hostKey: HostKey.authority("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"),
 * });
 */
export class Host {
  /** How to reach it, as it was given. */
  readonly options: HostOptions;

  /**
   * @param name its name in the stack, in plans and in the records on the host: letters, digits and `. _ -`
   * @param options how to reach it
   * @throws if a field is missing or could not be used
   */
  constructor(
    readonly name: string,
    options: HostOptions,
  ) {
    checkName(name);
    const { at } = this;
    const { connection } = checkOptions(at, options, HOST_OPTIONS);
    checkOptional(at.key("connection"), connection, Connection);
    checkReach(at, options);
    checkLogin(at, { ...options, address: options.address ?? LOCAL_ADDRESS });
    const { key, scriptPath, timeout, sudo, systemdVersion, bastion } = options;
    checkOptional(at.key("key"), key, SshKey);
    checkLife(at, options);
    if (scriptPath !== undefined) checkLine(at.key("scriptPath"), scriptPath, "name a file");
    checkOptional(at.key("timeout"), timeout, Duration);
    if (!isToken(sudo)) checkBoolean(at.key("sudo"), sudo as boolean | undefined);
    checkNumber(at.key("systemdVersion"), systemdVersion, 9999);
    if (bastion !== undefined) checkBastion(at.key("bastion"), bastion);
    this.options = { ...options, ...(bastion && { bastion: { ...bastion } }) };
  }

  /** Name or address to connect to. */
  get address(): string {
    return this.options.address ?? LOCAL_ADDRESS;
  }

  /** User to log in as. Undefined if only ssh_config knows, or whoever runs the engine. */
  get user(): string | undefined {
    return this.options.user ?? (this._isByEngine ? "root" : undefined);
  }

  /** Whether that user needs `sudo`. Undefined if it depends on a user who is not known at synth: root needs none. */
  get sudo(): boolean | IBooleanToken | undefined {
    const { user } = this;
    return this.options.sudo ?? (user === undefined || isToken(user) ? undefined : user !== "root");
  }

  /** @internal */
  get _connection(): Connection {
    return this.options.connection ?? Connection.engine();
  }

  /** @internal Whether the engine reaches it by its own ssh. */
  get _isByEngine(): boolean {
    return this._connection._kind === "engine";
  }

  /** What is not safe, or will not work, in the way that this host is reached. OpenSSH has none of what is told of here. */
  get warnings(): string[] {
    if (!this._isByEngine) return [];
    const { hostKey, bastion } = this.options;
    return [
      ...keyWarnings(this.at.key("hostKey"), hostKey),
      ...agentWarnings(this.at, this.options),
      ...(bastion ? keyWarnings(this.at.key("bastion").key("hostKey"), bastion.hostKey) : []),
      ...(bastion ? bastionWarnings(this.at, keyText(hostKey), keyText(bastion.hostKey)) : []),
    ];
  }

  private get at(): PropPath {
    return PropPath.of("Host", this.name);
  }
}

function checkName(name: string): void {
  const isPlain =
    !isToken(name) && typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name);
  if (isPlain) return;
  const given = isToken(name) ? "a token" : name;
  PropPath.of("Host").key("name").refuse("be 1 to 128 letters, digits and . _ -, known at synth", given);
}

/** How long it is itself, and what becomes of its services then. */
function checkLife(at: PropPath, { identity, retain }: HostOptions): void {
  if (identity !== undefined) checkLine(at.key("identity"), identity, "tell a machine from others");
  checkBoolean(at.key("retain"), retain);
}

function checkBastion(at: PropPath, bastion: BastionOptions): void {
  checkLogin(at, checkFields(at, checkObject(at, bastion), BASTION_OPTIONS));
  checkOptional(at.key("key"), bastion.key, SshKey);
}

/** What engines do that take a bastion's key for the host's: hashicorp/terraform#38318. */
function bastionWarnings(at: PropPath, hostKey?: string, bastionKey?: string): string[] {
  const engines = "Terraform before 1.16 and OpenTofu";
  const way = "give both the one HostKey.authority() that has signed them";
  if (hostKey === undefined)
    return [`${at.key("bastion")}: has a key that ${engines} cannot check, nor the host's behind it: ${way}`];
  if (hostKey === bastionKey) return [];
  return [
    `${at.key("hostKey")}: is what ${engines} compare the bastion's key with, and then do not connect: ${way}`,
  ];
}

/** What a host and its bastion have in common. */
function checkLogin(at: PropPath, login: BastionOptions): void {
  checkLine(at.key("address"), login.address, "be a name or an address");
  if (login.user !== undefined) checkLine(at.key("user"), login.user, "name a user");
  if (login.certificate !== undefined) checkCertificate(at.key("certificate"), login.certificate);
  checkHostKey(at.key("hostKey"), login.hostKey);
  checkNumber(at.key("port"), login.port, 65535);
}

/** One line, which ends with a line break where it comes from a file. */
function checkCertificate(at: PropPath, text: string): void {
  checkLine(at, checkTokenString(at, text).trimEnd(), "be a certificate's text");
}

function checkNumber(at: PropPath, value: number | undefined, max: number): void {
  if (value !== undefined && !isToken(value)) checkInteger(at, value, 1, max);
}

function checkHostKey(at: PropPath, key: string | HostKey | undefined): void {
  if (key !== undefined && !(key instanceof HostKey)) checkPublicKey(at, key);
}

/** The engine forwards an agent to the host, whichever of the two keys comes from it. */
function agentWarnings(at: PropPath, { key, hostKey, bastion }: HostOptions): string[] {
  const keys: [PropPath, SshKey | undefined][] = [
    [at.key("key"), key],
    [at.key("bastion").key("key"), bastion?.key],
  ];
  const [place] = keys.find(([, one]) => one?._source.agent || one?._teardown._source.agent) ?? [];
  if (place === undefined || hostKey !== undefined) return [];
  return [
    `${place}: is an agent's, which the engine forwards to whoever answers at the host's address, who can then log in elsewhere ` +
      "with its keys: pin 'hostKey', or use SshKey.file(), an agent for this key alone, or ssh-add -c",
  ];
}

function keyWarnings(at: PropPath, key: string | HostKey | undefined): string[] {
  if (key === undefined) {
    return [
      `${at}: is missing, so whoever answers at its address is trusted; pin what 'ssh-keyscan -t ecdsa' prints`,
    ];
  }
  if (key instanceof HostKey || isToken(key) || /^ecdsa-sha2-/.test(key)) return [];
  const kind = key.split(" ")[0];
  return [
    `${at}: is of the kind ${kind}; where the server also has an ECDSA key the engine will fail with ` +
      `"knownhosts: key mismatch": pin what 'ssh-keyscan -t ecdsa' prints`,
  ];
}
