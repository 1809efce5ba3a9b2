import { checkObject, refuse, checkString } from "../values/check";
import { absolutePath, pathUnder } from "../values/path";

/** Which Bundler starts Puma. */
export interface BundlerOptions {
  /**
   * Path of Bundler's executable; relative ones, such as "bin/bundle", are under workingDirectory.
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

/** How Puma is started. The process that systemd starts has to become Puma: a wrapper must `exec`. */
export class PumaCommand {
  /**
   * A binstub, as `bundle binstubs puma --path ./sbin` writes it.
   * @param path - relative ones are under workingDirectory; "sbin/puma" unless given
   * @throws where it names no file
   */
  static binstub(path = "sbin/puma"): PumaCommand {
    return new PumaCommand(underDirectory("PumaCommand.binstub 'path'", path));
  }

  /**
   * `bundle exec puma`.
   * @throws where `bundle` names no file, or `bundlerVersion` is no version
   */
  static bundler(options: BundlerOptions = {}): PumaCommand {
    const { bundle = "/usr/bin/bundle", bundlerVersion } = checkObject(
      "PumaCommand.bundler 'options'",
      options,
    );
    const keeps = bundlerVersion === undefined || keepsSockets(bundlerVersion);
    const executable = underDirectory("PumaCommand.bundler 'bundle'", bundle);
    return new PumaCommand((directory, activated) => [
      ...executable(directory),
      "exec",
      ...(activated && !keeps ? ["--keep-file-descriptors"] : []),
      "puma",
    ]);
  }

  /**
   * Any executable that is or `exec`s Puma.
   * @param path - absolute
   * @throws where it is not absolute
   */
  static executable(path: string): PumaCommand {
    absolutePath("PumaCommand.executable 'path'", path);
    return new PumaCommand(() => [path]);
  }

  private constructor(private readonly render: (directory: string, activated: boolean) => string[]) {}

  /** @internal The executable and the arguments before Puma's own. */
  words(workingDirectory: string, socketActivated: boolean): string[] {
    return this.render(workingDirectory, socketActivated);
  }
}

/** A path that is checked at once, though only its service knows the directory. */
function underDirectory(prop: string, path: string): (directory: string) => string[] {
  pathUnder(prop, "/", path);
  return (directory) => [pathUnder(prop, directory, path)];
}

function keepsSockets(version: string): boolean {
  const prop = "PumaCommand.bundler 'bundlerVersion'";
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(checkString(prop, version));
  if (!match) return refuse(prop, `be a version such as "2.3"`, version);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 2 || (major === 2 && minor >= 3);
}
