import { checkBoolean, checkList, checkString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { absolutePath, pathUnder, plainText } from "../values/path";
import { PropPath } from "../values/prop-path";
import {
  argumentsOfPuma,
  checkIsPath,
  checkPlainWords,
  checkProgram,
  checkWords,
  type Word,
} from "./command-words";
import { checkShell, withArguments } from "./shell-command";

const BINSTUB = PropPath.of("PumaCommand.binstub");
const BUNDLER = PropPath.of("PumaCommand.bundler");
const EXECUTABLE = PropPath.of("PumaCommand.executable");
const ARGV = PropPath.of("PumaCommand.argv");
const SHELL = PropPath.of("PumaCommand.shell");

/** Which Bundler starts Puma. */
export interface BundlerOptions {
  /**
   * Path of Bundler's executable. Relative ones, such as "bin/bundle", are under workingDirectory.
   * @default "/usr/bin/bundle"
   */
  readonly bundle?: string;
  /**
   * Bundler's version on the hosts. Before 2.3, `bundle exec` closes the sockets that systemd passes unless it is
   * told `--keep-file-descriptors`, a flag that new versions refuse.
   * @default - 2.3 or newer
   */
  readonly bundlerVersion?: string;
}

/** Which shell reads a script. */
export interface ShellOptions {
  /**
   * Absolute path of the shell. What rvm and chruby have to be loaded with is written for bash.
   * @default "/bin/bash"
   */
  readonly shell?: string;
  /**
   * Whether it is a login shell, which reads /etc/profile and the profile of the service's user first: Debian's sets PATH anew,
   * and an edit of that file can keep Puma from starting.
   * @default false
   */
  readonly login?: boolean;
}

const BUNDLER_OPTIONS: Fields<BundlerOptions> = { bundle: true, bundlerVersion: true };
const SHELL_OPTIONS: Fields<ShellOptions> = { shell: true, login: true };

type Render = (directory: string, isSocketActivated: boolean) => string[];

/**
 * How Puma is started. The process that systemd starts has to become Puma: a wrapper must `exec`.
 *
 * @example
 * const command = PumaCommand.argv(["/home/deploy/.rbenv/bin/rbenv", "exec", "bundle", "exec", "puma"]);
 */
export class PumaCommand {
  /**
   * A binstub, as `bundle binstubs puma --path ./sbin` writes it.
   * @param path relative ones are under workingDirectory. It is "sbin/puma" unless given.
   * @throws if it is not the path of a file, but a command or a name
   * @example
   * PumaCommand.binstub("bin/puma");
   */
  static binstub(path = "sbin/puma"): PumaCommand {
    return new PumaCommand(programUnder(BINSTUB.key("path"), path, "bin/puma"));
  }

  /**
   * `bundle exec puma`.
   * @param options which Bundler
   * @throws if `bundle` is not the path of a file, or `bundlerVersion` is no version
   * @example
   * PumaCommand.bundler({ bundlerVersion: "2.1" });
   */
  static bundler(options: BundlerOptions = {}): PumaCommand {
    const { bundle = "/usr/bin/bundle", bundlerVersion } = checkOptions(BUNDLER, options, BUNDLER_OPTIONS);
    const keeps = bundlerVersion === undefined || keepsSockets(bundlerVersion);
    const program = programUnder(BUNDLER.key("bundle"), bundle, "/usr/bin/bundle");
    return new PumaCommand((directory, isSocketActivated) => [
      ...program(directory),
      "exec",
      ...(isSocketActivated && !keeps ? ["--keep-file-descriptors"] : []),
      "puma",
    ]);
  }

  /**
   * Any executable that is or `exec`s Puma, and hands its arguments on to it.
   * @param path absolute
   * @throws if it is not absolute, or a command of several words
   * @example
   * PumaCommand.executable("/usr/local/bin/start-puma");
   */
  static executable(path: string): PumaCommand {
    const at = EXECUTABLE.key("path");
    checkProgram(at, checkString(at, path));
    absolutePath(at, path);
    return new PumaCommand(() => [path], true);
  }

  /**
   * A command of several words, such as that of a Ruby version manager. Puma's own arguments follow them. With a socket, a
   * Bundler before 2.3 wants `--keep-file-descriptors` behind its `exec`.
   * @param words the program first, by its path. A relative one is under workingDirectory. No shell reads them.
   * @throws if the program is not a path, a word wants a shell, or the command is not Puma's or has arguments of Puma in it
   * @example
   * PumaCommand.argv(["/usr/bin/mise", "exec", "--", "bundle", "exec", "puma"]);
   */
  static argv(words: string[]): PumaCommand {
    const at = ARGV.key("words");
    const given = checkList(at, words).map((word, i): Word => [at.index(i), plainText(at.index(i), word)]);
    const [program, ...others] = [...words];
    if (program === undefined) return at.fail("must have a program in it");
    const first = programUnder(at.index(0), program, `/usr/bin/${program}`);
    checkPlainWords(given);
    checkWords(given);
    for (const [place, word] of argumentsOfPuma(given)) place.refuse("be left to 'args'", word);
    return new PumaCommand((directory) => [...first(directory), ...others], true);
  }

  /**
   * A script of a shell, of one line or more, whose last command begins with `exec` and becomes Puma. Puma's arguments are its
   * `"$@"`, which is added to that command where it is not there.
   * @param script what the shell reads. systemd reads nothing in it: `$` and `%` are the shell's.
   * @param options which shell
   * @throws if the last command does not `exec`, or stands in a pipeline, behind `||` or before `&`, or if it is not Puma's, or
   * has arguments of Puma in it that are props
   * @example
   * PumaCommand.shell("source /home/deploy/.rvm/scripts/rvm && exec bundle exec puma");
   */
  static shell(script: string, options: ShellOptions = {}): PumaCommand {
    const { shell = "/bin/bash", login = false } = checkOptions(SHELL, options, SHELL_OPTIONS);
    checkShell(SHELL.key("shell"), absolutePath(SHELL.key("shell"), shell));
    checkBoolean(SHELL.key("login"), login);
    const whole = withArguments(SHELL.key("script"), shell, script);
    // The last word is what the shell calls itself in its messages.
    return new PumaCommand(() => [shell, login ? "-lc" : "-c", whole, "puma"], true);
  }

  private constructor(
    private readonly render: Render,
    /** @internal Whether it may be a script, or call one, which sets variables that synth does not see. */
    readonly _mayBeAScript = false,
  ) {}

  /** @internal The executable and the arguments before Puma's own. */
  _argv(workingDirectory: string, isSocketActivated: boolean): string[] {
    return this.render(workingDirectory, isSocketActivated);
  }
}

/** A path that is checked at once, though only its service knows the directory. */
function programUnder(at: PropPath, path: string, example: string): (directory: string) => string[] {
  checkProgram(at, checkString(at, path));
  checkIsPath(at, path, example);
  pathUnder(at, "/", path);
  return (directory) => [pathUnder(at, directory, path)];
}

function keepsSockets(version: string): boolean {
  const at = BUNDLER.key("bundlerVersion");
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(checkString(at, version));
  if (!match) return at.refuse(`be a version such as "2.3"`, version);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 2 || (major === 2 && minor >= 3);
}
