import { checkObject, checkString } from "../values/check";
import { absolutePath, pathUnder } from "../values/path";
import { PropPath } from "../values/prop-path";

const BINSTUB = PropPath.of("PumaCommand.binstub");
const BUNDLER = PropPath.of("PumaCommand.bundler");
const EXECUTABLE = PropPath.of("PumaCommand.executable");

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

/**
 * How Puma is started. The process that systemd starts has to become Puma: a wrapper must `exec`.
 *
 * @example
 * const command = PumaCommand.bundler({ bundle: "/home/deploy/.rbenv/shims/bundle" });
 */
export class PumaCommand {
  /**
   * A binstub, as `bundle binstubs puma --path ./sbin` writes it.
   * @param path relative ones are under workingDirectory. It is "sbin/puma" unless given.
   * @throws if it names no file
   * @example
   * PumaCommand.binstub("bin/puma");
   */
  static binstub(path = "sbin/puma"): PumaCommand {
    return new PumaCommand(underDirectory(BINSTUB.key("path"), path));
  }

  /**
   * `bundle exec puma`.
   * @param options which Bundler
   * @throws if `bundle` names no file, or `bundlerVersion` is no version
   * @example
   * PumaCommand.bundler({ bundlerVersion: "2.1" });
   */
  static bundler(options: BundlerOptions = {}): PumaCommand {
    const { bundle = "/usr/bin/bundle", bundlerVersion } = checkObject(BUNDLER.key("options"), options);
    const keeps = bundlerVersion === undefined || keepsSockets(bundlerVersion);
    const executable = underDirectory(BUNDLER.key("bundle"), bundle);
    return new PumaCommand((directory, isSocketActivated) => [
      ...executable(directory),
      "exec",
      ...(isSocketActivated && !keeps ? ["--keep-file-descriptors"] : []),
      "puma",
    ]);
  }

  /**
   * Any executable that is or `exec`s Puma.
   * @param path absolute
   * @throws if it is not absolute
   * @example
   * PumaCommand.executable("/usr/local/bin/start-puma");
   */
  static executable(path: string): PumaCommand {
    absolutePath(EXECUTABLE.key("path"), path);
    return new PumaCommand(() => [path]);
  }

  private constructor(private readonly render: (directory: string, isSocketActivated: boolean) => string[]) {}

  /** @internal The executable and the arguments before Puma's own. */
  _argv(workingDirectory: string, isSocketActivated: boolean): string[] {
    return this.render(workingDirectory, isSocketActivated);
  }
}

/** A path that is checked at once, though only its service knows the directory. */
function underDirectory(at: PropPath, path: string): (directory: string) => string[] {
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
