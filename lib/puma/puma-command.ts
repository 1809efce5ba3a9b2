import { absolutePath, known, pathUnder, refuse } from "../values/check";

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
   */
  static binstub(path = "sbin/puma"): PumaCommand {
    return new PumaCommand((directory) => [pathUnder("PumaCommand.binstub 'path'", directory, path)]);
  }

  /** `bundle exec puma`. */
  static bundler(options: BundlerOptions = {}): PumaCommand {
    const { bundle = "/usr/bin/bundle", bundlerVersion } = options;
    const keeps = bundlerVersion === undefined || keepsSockets(bundlerVersion);
    return new PumaCommand((directory, activated) => [
      pathUnder("PumaCommand.bundler 'bundle'", directory, bundle),
      "exec",
      ...(activated && !keeps ? ["--keep-file-descriptors"] : []),
      "puma",
    ]);
  }

  /**
   * Any executable that is or `exec`s Puma.
   * @param path - absolute
   */
  static executable(path: string): PumaCommand {
    absolutePath("PumaCommand.executable 'path'", path);
    return new PumaCommand(() => [path]);
  }

  private constructor(private readonly render: (directory: string, activated: boolean) => string[]) {}

  /** The executable and the arguments before Puma's own. */
  words(workingDirectory: string, socketActivated: boolean): string[] {
    return this.render(workingDirectory, socketActivated);
  }
}

function keepsSockets(version: string): boolean {
  const prop = "PumaCommand.bundler 'bundlerVersion'";
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(known(prop, version));
  if (!match) return refuse(prop, `be a version such as "2.3"`, version);
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 2 || (major === 2 && minor >= 3);
}
