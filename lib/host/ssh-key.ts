import { checkObject, checkInstance, refuse, checkTokenString } from "../values/check";
import { checkLiterals } from "../values/text";
import { isToken, withTextTokens } from "../values/token";

/** A private key as the engine's connections take it. */
export interface KeySource {
  readonly agent: boolean;
  /** Path on the machine that runs the engine. */
  readonly file?: string;
  /** The key itself: a Terraform token. */
  readonly content?: string;
}

/** How the engine proves to a host who it is. */
export class SshKey {
  /** The keys of the ssh agent (`SSH_AUTH_SOCK`) of whoever runs the engine. */
  static agent(): SshKey {
    return new SshKey({ agent: true });
  }

  /**
   * A key file of the machine that runs the engine, read there at each apply; its content never reaches the configuration or
   * the state. A key with a passphrase is refused by the engine: use the agent.
   * @throws where it names no file
   */
  static file(path: string): SshKey {
    if (checkTokenString("SshKey.file 'path'", path) === "")
      refuse("SshKey.file 'path'", "name a file", path);
    checkLiterals("SshKey.file 'path'", path);
    return new SshKey({ agent: false, file: withTextTokens(path) });
  }

  /**
   * A key that only the engine knows, such as a sensitive or ephemeral variable.
   * @param token - its Terraform token, never the key itself
   * @param options - `teardown`: how a removal, which may not refer to variables, reaches the host
   * @throws where the key itself is given, or a removal could not use the `teardown`
   */
  static sensitive(token: string, options: { readonly teardown: SshKey }): SshKey {
    if (!isToken(token)) {
      throw new Error(
        "SshKey.sensitive 'token': must be a Terraform token, such as a sensitive variable, got a text",
      );
    }
    const { teardown } = checkObject("SshKey.sensitive 'options'", options);
    if (checkInstance("SshKey.sensitive 'teardown'", teardown, SshKey).source.content !== undefined) {
      throw new Error(
        "SshKey.sensitive 'teardown': must be SshKey.agent() or SshKey.file(), got SshKey.sensitive()",
      );
    }
    return new SshKey({ agent: false, content: token }, teardown);
  }

  private constructor(
    /** @internal */
    readonly source: KeySource,
    private readonly other?: SshKey,
  ) {}

  /** @internal The key that removals use. */
  get teardown(): SshKey {
    return this.other ?? this;
  }
}
