import { checkBoolean } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";

/** Restart modes, as the host is told them. */
export const RESTART_MODES = ["overlap", "hot", "full", "phased", "none"] as const;

/** What becomes of a running Puma. */
export type RestartMode = (typeof RESTART_MODES)[number];

/** Options of `Restart.hot()`, `Restart.full()` and `Restart.phased()`. */
export interface RestartOptions {
  /**
   * Boots and checks the new version on a bind of its own first, where no request of a user meets it. Costs a boot,
   * and memory for two.
   * @default false
   */
  readonly rehearse?: boolean;
}

const OPTIONS: Fields<RestartOptions> = { rehearse: true };

/**
 * How a changed Puma takes the place of the one that runs.
 *
 * @example
 * const restart = Restart.hot({ rehearse: true });
 */
export class Restart {
  /**
   * The new version is rehearsed, then stands in on the sockets while the service is replaced: no request waits for a
   * boot, and a version that does not pass its health check meets none. Wants a `socket`, Puma 5 or newer, and memory
   * for two.
   * @example
   * Restart.overlap();
   */
  static overlap(): Restart {
    return new Restart("overlap", true);
  }

  /**
   * `systemctl restart` of the service. Sockets that systemd holds stay open: requests wait for the boot. The default of
   * a service.
   * @param options whether a new version is rehearsed
   * @throws if `rehearse` is neither true nor false
   * @example
   * Restart.hot({ rehearse: true });
   */
  static hot(options: RestartOptions = {}): Restart {
    return new Restart("hot", rehearses("hot", options));
  }

  /**
   * Socket and service are restarted together. Connections are refused meanwhile.
   * @param options whether a new version is rehearsed
   * @throws if `rehearse` is neither true nor false
   * @example
   * Restart.full();
   */
  static full(options: RestartOptions = {}): Restart {
    return new Restart("full", rehearses("full", options));
  }

  /**
   * A new `release` replaces the workers one after the other (SIGUSR1). A changed unit is a hot restart, and so is a Puma
   * that preloads the application, as from Puma 7 on it does unless told `preload_app! false`.
   * @param options whether a new version is rehearsed
   * @throws if `rehearse` is neither true nor false
   * @example
   * Restart.phased({ rehearse: true });
   */
  static phased(options: RestartOptions = {}): Restart {
    return new Restart("phased", rehearses("phased", options));
  }

  /**
   * What runs goes on as it is until somebody restarts it.
   * @example
   * Restart.none();
   */
  static none(): Restart {
    return new Restart("none", false);
  }

  private constructor(
    private readonly mode: RestartMode,
    private readonly rehearse: boolean,
  ) {}

  /** @internal As the host is told it. */
  get _mode(): RestartMode {
    return this.mode;
  }

  /** @internal Whether a new version is rehearsed. */
  get _rehearse(): boolean {
    return this.rehearse;
  }
}

function rehearses(mode: RestartMode, options: RestartOptions): boolean {
  const at = PropPath.of(`Restart.${mode}`);
  const { rehearse = false } = checkOptions(at, options, OPTIONS);
  return checkBoolean(at.key("rehearse"), rehearse);
}
