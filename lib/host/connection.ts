import { checkLiterals } from "../values/characters";
import { checkObject, checkString, checkTokenString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";

/** Options of `Connection.openssh()`. */
export interface OpensshOptions {
  /**
   * A configuration file of OpenSSH's on the machine that runs the engine (`ssh -F`), which is read in the place of
   * `~/.ssh/config` and `/etc/ssh/ssh_config`. `~` is the home of whoever runs the engine. Terraform tokens are welcome.
   * @default - OpenSSH's own files
   */
  readonly configFile?: string;
  /**
   * Options of ssh_config(5) by their names, such as `{ ProxyCommand: "aws ssm start-session …" }`. What a field of the `Host`
   * says, or the library itself, is an error here. Terraform tokens are welcome as values.
   * @default - those of ssh_config
   */
  readonly options?: Record<string, string>;
}

const OPTIONS: Fields<OpensshOptions> = { configFile: true, options: true };

/** Who carries the script to a host. */
export type ConnectionKind = "engine" | "openssh" | "local";

const OPENSSH = PropPath.of("Connection.openssh");

/** What a field of `Host` says, or the library itself, by the name in ssh_config(5), in small letters. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  user: "'user' of the Host",
  port: "'port' of the Host",
  identityfile: "SshKey.file() as 'key' of the Host",
  certificatefile: "'certificate' of the Host",
  connecttimeout: "'timeout' of the Host",
  ...ownNames("batchmode", "controlmaster", "forwardagent", "forwardx11", "requesttty", "remotecommand"),
  ...ownNames("clearallforwardings", "serveraliveinterval", "serveralivecountmax", "loglevel"),
  ...ownNames("sessiontype", "stdinnull", "forkafterauthentication", "permitlocalcommand", "localcommand"),
};

function ownNames(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, ""]));
}

/**
 * By what an apply reaches a host. Another one changes no host.
 *
 * @example
 * const connection = Connection.openssh();
 */
export class Connection {
  /**
   * The engine's own ssh: it needs no program beside the engine, and knows nothing of ssh_config and known_hosts. It uploads a
   * script, for which the host needs `scp` and a login that prints nothing.
   * @example
   * Connection.engine();
   */
  static engine(): Connection {
    return new Connection("engine");
  }

  /**
   * The `ssh` of the machine that runs the engine: with ssh_config, known_hosts, ProxyJump and ProxyCommand, agents, keys on
   * hardware and certificates, as on a terminal. Nothing is uploaded, and no agent is forwarded. It asks nothing: what needs a
   * password fails.
   * @param options what ssh_config does not say
   * @throws if an option is one that a field of the `Host` or the library says
   * @example
   * Connection.openssh({ configFile: "ssh_config", options: { ProxyCommand: "tsh proxy ssh %r@%h:%p" } });
   */
  static openssh(options: OpensshOptions = {}): Connection {
    const { configFile, options: others = {} } = checkOptions(OPENSSH, options, OPTIONS);
    const at = OPENSSH.key("configFile");
    if (configFile !== undefined) checkLine(at, configFile, "name a file");
    const names = Object.keys(checkObject(OPENSSH.key("options"), others));
    names.forEach((name, i) => {
      const place = OPENSSH.key("options").key(name);
      checkOption(place, name, others[name] as string);
      const same = names.slice(0, i).find((other) => other.toLowerCase() === name.toLowerCase());
      if (same !== undefined) place.fail(`must be left away, as it is ${same}, which is there as well`);
    });
    return new Connection("openssh", { configFile, options: { ...others } });
  }

  /**
   * No connection: the host is the machine that runs the engine.
   * @example
   * Connection.local();
   */
  static local(): Connection {
    return new Connection("local");
  }

  private constructor(
    /** @internal */
    readonly _kind: ConnectionKind,
    /** @internal */
    readonly _options: OpensshOptions = {},
  ) {}

  /** @internal The value of an option of ssh_config(5), however its name is written. */
  _option(name: string): string | undefined {
    const entries = Object.entries(this._options.options ?? {});
    return entries.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  }
}

/** A line that is not empty, of which a token may be a part. */
export function checkLine(at: PropPath, value: string, demand: string): void {
  if (checkTokenString(at, value) === "") at.refuse(demand, value);
  checkLiterals(at, value);
}

function checkOption(at: PropPath, name: string, value: string): void {
  if (isToken(name) || !/^[A-Za-z][A-Za-z0-9]*$/.test(checkString(at, name)))
    at.refuse("be an option of ssh_config(5)", name);
  checkLine(at, value, "have a value");
  const where = SAID_ELSEWHERE[name.toLowerCase()];
  if (where === "") at.fail("must be left away, as the library says it itself");
  if (where !== undefined) at.fail(`must be left away: use ${where}`);
}
