import { checkString } from "../values/check";
import { type PropPath } from "../values/prop-path";

/** What a version of Puma can do under systemd. Sources: Puma's History.md at each version named. */
export class PumaVersion {
  /**
   * @param version `major.minor` or `major.minor.patch`, as `puma --version` prints it
   * @throws if it is something else
   */
  static parse(at: PropPath, version: string): PumaVersion {
    const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(checkString(at, version));
    if (!match) return at.refuse(`be a version such as "6.6"`, version);
    return new PumaVersion(Number(match[1]), Number(match[2]));
  }

  private constructor(
    private readonly major: number,
    private readonly minor: number,
  ) {}

  /** Tells systemd when it is ready and alive, without the `sd_notify` gem (6.1; MRI only). */
  get notifies(): boolean {
    return this.since(6, 1);
  }

  /** Tells systemd when it is ready, with the `sd_notify` gem at least (5.1). */
  get canNotify(): boolean {
    return this.since(5, 1);
  }

  /** Whether this is at least `major.minor`. */
  since(major: number, minor: number): boolean {
    return this.major > major || (this.major === major && this.minor >= minor);
  }
}

/** The version that a service was given, if it was. */
export function versionOf(at: PropPath, version: string | undefined): PumaVersion | undefined {
  return version === undefined ? undefined : PumaVersion.parse(at.key("pumaVersion"), version);
}
