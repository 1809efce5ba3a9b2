import { checkBoolean, checkList, checkString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";

/** Options of `Secret.fromCommand()`. */
export interface CommandSecretOptions {
  /**
   * Whether the line break that the command prints at its end belongs to the secret.
   * @default false: one is taken away, as most commands print one more than there is
   */
  readonly keepsNewline?: boolean;
}

const OPTIONS: Fields<CommandSecretOptions> = { keepsNewline: true };

const FROM_COMMAND = PropPath.of("Secret.fromCommand");

/**
 * A secret that no Terraform value holds.
 *
 * @example
 * const secret = Secret.fromCommand(["op", "read", "op://prod/blog/secret-key-base"]);
 */
export class Secret {
  /**
   * What a command prints, which is run where the engine runs: once for each host, and only when the version changes. It stands in
   * no plan, no state, no log, no environment and no file there. What it prints on its standard error is not shown. The hosts have
   * to be reached by `Connection.openssh()` or `Connection.local()`.
   * @param words the command and its arguments, known at synth, without a shell
   * @param options what else is to be said
   * @throws if there is no command, or a word holds NUL
   * @example
   * Secret.fromCommand(["vault", "kv", "get", "-field=key", "secret/blog"]);
   */
  static fromCommand(words: string[], options: CommandSecretOptions = {}): Secret {
    const at = FROM_COMMAND.key("words");
    const { keepsNewline = false } = checkOptions(FROM_COMMAND, options, OPTIONS);
    checkBoolean(FROM_COMMAND.key("keepsNewline"), keepsNewline);
    checkList(at, words).forEach((word, i) => {
      if (/\0/.test(checkString(at.index(i), word))) at.index(i).refuse("not contain NUL", word);
    });
    if (!words[0]) at.refuse("begin with a command", words);
    return new Secret([...words], keepsNewline);
  }

  private constructor(
    /** @internal */
    readonly _words: readonly string[],
    /** @internal */
    readonly _keepsNewline: boolean,
  ) {}
}
