import {
  checkObject,
  checkBoolean,
  checkInstance,
  checkInteger,
  checkOptional,
  refuse,
  checkTokenString,
} from "../values/check";
import { Duration } from "../values/duration";
import { checkLiterals } from "../values/text";
import { type BooleanToken, differs, isToken, withTextTokens } from "../values/token";
import { SshKey } from "./ssh-key";

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
   * OpenSSH certificate of the key, as the text of its `-cert.pub` file.
   * @default - none
   */
  readonly certificate?: string;
  /**
   * Its pinned public host key. Terraform 1.11 and OpenTofu 1.12 compare the bastion's key with the host's `hostKey`
   * instead, so there neither of the two can be pinned (hashicorp/terraform#38318 mended it in March 2026).
   * @default - any key is taken
   */
  readonly hostKey?: string;
}

/** How the engine reaches a host. */
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
   * @default - true, unless the user is "root"; where the user is a token, the engine decides
   */
  readonly sudo?: boolean | BooleanToken;
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

/**
 * A machine that services run on: a plain value, to be passed to as many services as one likes. Every field but the name
 * and the timeout may be a Terraform token.
 */
export class Host {
  /** How to reach it, as it was given. */
  readonly options: HostOptions;

  /**
   * @param name - its name in the stack, in plans and in the records on the host: letters, digits and `. _ -`
   * @param options - how to reach it
   * @throws where a field is missing or could not be used
   */
  constructor(
    readonly name: string,
    options: HostOptions,
  ) {
    checkName(name);
    const at = `Host '${name}'`;
    checkLogin((field) => `${at} '${field}'`, checkObject(`${at} 'options'`, options));
    checkInstance(`${at} 'key'`, options.key, SshKey);
    const { scriptPath } = options;
    if (scriptPath !== undefined) checkLine(`${at} 'scriptPath'`, scriptPath, "name a file");
    checkOptional(`${at} 'timeout'`, options.timeout, Duration);
    if (!isToken(options.sudo)) checkBoolean(`${at} 'sudo'`, options.sudo as boolean | undefined);
    checkNumber(`${at} 'systemdVersion'`, options.systemdVersion, 9999);
    if (options.bastion !== undefined) checkBastion(at, options.bastion);
    const { bastion } = options;
    this.options = { ...withTokens(options), ...(bastion && { bastion: withTokens(bastion) }) };
  }

  /** User to log in as. */
  get user(): string {
    return this.options.user ?? "root";
  }

  /** Whether that user needs `sudo`; a token where only the engine knows. */
  get sudo(): boolean | BooleanToken {
    const { sudo } = this.options;
    if (sudo !== undefined) return sudo;
    return isToken(this.user) ? differs(this.user, "root") : this.user !== "root";
  }

  /** What a careful operator would be told about how this host is reached. */
  get warnings(): string[] {
    const { hostKey, bastion } = this.options;
    return [
      ...keyWarnings(`Host '${this.name}' 'hostKey'`, hostKey),
      ...(bastion ? keyWarnings(`Host '${this.name}' 'bastion.hostKey'`, bastion.hostKey) : []),
      ...(bastion ? bastionWarnings(`Host '${this.name}'`, hostKey, bastion.hostKey) : []),
    ];
  }
}

function checkName(name: string): void {
  const isPlain =
    !isToken(name) && typeof name === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name);
  if (isPlain) return;
  const given = isToken(name) ? "a token" : name;
  refuse("Host 'name'", "be 1 to 128 letters, digits and . _ -, known at synth", given);
}

function checkBastion(at: string, bastion: Bastion): void {
  checkLogin((field) => `${at} 'bastion.${field}'`, checkObject(`${at} 'bastion'`, bastion));
  checkOptional(`${at} 'bastion.key'`, bastion.key, SshKey);
}

/** What engines do that confuse a bastion's key with the host's: hashicorp/terraform#38318. */
function bastionWarnings(at: string, hostKey?: string, bastionKey?: string): string[] {
  const engines = "engines from before March 2026, such as Terraform 1.11 and OpenTofu 1.12";
  if (hostKey !== undefined && hostKey !== bastionKey)
    return [`${at} 'hostKey': is what ${engines}, compare the bastion's key with: they will not connect`];
  if (hostKey !== undefined) return [];
  return [
    `${at} 'bastion': has a key that ${engines}, cannot check, nor the host's behind it: pin both with newer ones`,
  ];
}

/** What a host and its bastion have in common. */
function checkLogin(at: (field: string) => string, login: Bastion): void {
  checkLine(at("address"), login.address, "be a name or an address");
  if (login.user !== undefined) checkLine(at("user"), login.user, "name a user");
  if (login.certificate !== undefined) checkCertificate(at("certificate"), login.certificate);
  checkHostKey(at("hostKey"), login.hostKey);
  checkNumber(at("port"), login.port, 65535);
}

function checkLine(prop: string, value: string, demand: string): void {
  if (checkTokenString(prop, value) === "") refuse(prop, demand, value);
  checkLiterals(prop, value);
}

/** One line, which ends with a line break where it comes from a file. */
function checkCertificate(prop: string, text: string): void {
  checkLine(prop, checkTokenString(prop, text).trimEnd(), "be a certificate's text");
}

function checkNumber(prop: string, value: number | undefined, max: number): void {
  if (value !== undefined && !isToken(value)) checkInteger(prop, value, 1, max);
}

/** The same fields, with tokens of numbers as those of texts. */
function withTokens<T extends object>(fields: T): T {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    typeof value === "string" ? withTextTokens(value) : value,
  ]);
  return Object.fromEntries(entries);
}

function checkHostKey(prop: string, key: string | undefined): void {
  if (key === undefined || isToken(checkTokenString(prop, key))) return;
  checkLiterals(prop, key);
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
