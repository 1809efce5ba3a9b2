import { checkLiterals } from "../values/characters";
import { checkInstance, checkTokenString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";

const FILE = PropPath.of("SshKey.file");
const SENSITIVE = PropPath.of("SshKey.sensitive");

/** A private key as the engine's connections take it. */
export interface KeySource {
  readonly agent: boolean;
  /** Path on the machine that runs the engine. */
  readonly file?: string;
  /** The key itself: a Terraform token. */
  readonly content?: string;
}

/** Options of `SshKey.sensitive()`. */
export interface SensitiveKeyOptions {
  /** How a removal, which may not refer to variables, reaches the host: `SshKey.agent()` or `SshKey.file()`. */
  readonly teardown: SshKey;
}

const OPTIONS: Fields<SensitiveKeyOptions> = { teardown: true };

/**
 * How the engine logs in to a host.
 *
 * @example
 * const key = SshKey.file("~/.ssh/id_ed25519");
 */
export class SshKey {
  /**
   * The keys of the ssh agent (`SSH_AUTH_SOCK`) of whoever runs the engine. The engine forwards the agent to the host, also where
   * only a bastion's key comes from it, and cannot be told not to: while an apply is connected, whoever is root there can log in
   * with your keys wherever they are let in, and where no `hostKey` is pinned, so can whoever answers at the address. Ways out:
   * `SshKey.file()`, which forwards nothing; an agent that holds the key for these hosts alone; a key that was added by
   * `ssh-add -c`, so that the agent asks before each use.
   * @example
   * SshKey.agent();
   */
  static agent(): SshKey {
    return new SshKey({ agent: true });
  }

  /**
   * A key file of the machine that runs the engine, read there at each apply. Its content never reaches the configuration or
   * the state. A key with a passphrase is refused by the engine: use the agent.
   * @param path of the private key. `~` is the home of whoever runs the engine. Terraform tokens are welcome.
   * @throws if it names no file
   * @example
   * SshKey.file("~/.ssh/id_ed25519");
   */
  static file(path: string): SshKey {
    const at = FILE.key("path");
    if (checkTokenString(at, path) === "") at.refuse("name a file", path);
    checkLiterals(at, path);
    return new SshKey({ agent: false, file: path });
  }

  /**
   * A key that only the engine knows, such as a sensitive or ephemeral variable.
   * @param token its Terraform token, never the key itself
   * @param options how removals reach the host
   * @throws if the key itself is given, or if a removal could not use the `teardown`
   * @example
   * const variable = new TerraformVariable(stack, "key", { sensitive: true });
   * SshKey.sensitive(variable.stringValue, { teardown: SshKey.agent() });
   */
  static sensitive(token: string, options: SensitiveKeyOptions): SshKey {
    if (!isToken(token)) {
      // Not its value: that would be a key.
      SENSITIVE.key("token").fail("must be a Terraform token, such as a sensitive variable, got a string");
    }
    const { teardown } = checkOptions(SENSITIVE, options, OPTIONS);
    const at = SENSITIVE.key("teardown");
    if (checkInstance(at, teardown, SshKey)._source.content !== undefined) {
      at.fail("must be SshKey.agent() or SshKey.file(), got SshKey.sensitive()");
    }
    return new SshKey({ agent: false, content: token }, teardown);
  }

  private constructor(
    /** @internal */
    readonly _source: KeySource,
    private readonly other?: SshKey,
  ) {}

  /** @internal The key that removals use. */
  get _teardown(): SshKey {
    return this.other ?? this;
  }
}
