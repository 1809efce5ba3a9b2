import { checkInteger, checkKnown, checkOptional } from "../values/check";
import { Duration } from "../values/duration";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";

const ROLLING = PropPath.of("Rollout.rolling");

/** How many hosts change at a time. */
export interface RollingOptions {
  /** Hosts that change at the same time: a number from 1, or a share of all hosts such as "25%", rounded up. */
  readonly batchSize: number | `${number}%`;
  /**
   * Hosts that change before all others, as a batch of their own, 0 to 1000.
   * @default 0
   */
  readonly canaries?: number;
  /**
   * How long each batch waits after the one before it.
   * @default - not at all
   */
  readonly pause?: Duration;
}

const OPTIONS: Fields<RollingOptions> = { batchSize: true, canaries: true, pause: true };

/**
 * In which order hosts change. A batch that fails stops those behind it, and the next apply goes on there. The order is
 * that of `hosts`; a host that joins or leaves touches no other.
 *
 * @example
 * const rollout = Rollout.rolling({ canaries: 1, batchSize: "25%", pause: Duration.seconds(30) });
 */
export class Rollout {
  /**
   * All hosts at the same time, as far as the engine's `-parallelism` goes.
   * @example
   * Rollout.allAtOnce();
   */
  static allAtOnce(): Rollout {
    return new Rollout({ batchSize: "100%" });
  }

  /**
   * One batch after the other.
   * @param options how large the batches are, and what is between them
   * @throws if a number is none, or out of its range
   * @example
   * Rollout.rolling({ batchSize: 2 });
   */
  static rolling(options: RollingOptions): Rollout {
    checkBatchSize(ROLLING.key("batchSize"), checkOptions(ROLLING, options, OPTIONS).batchSize);
    checkOptional(ROLLING.key("pause"), options.pause, Duration);
    if (options.canaries !== undefined) checkInteger(ROLLING.key("canaries"), options.canaries, 0, 1000);
    return new Rollout(options);
  }

  private constructor(private readonly options: RollingOptions) {}

  /** @internal Seconds that a batch waits after the one before it. */
  get _pause(): number {
    return this.options.pause?.toSeconds() ?? 0;
  }

  /** @internal Cuts a list into batches. */
  _batches<T>(all: readonly T[]): T[][] {
    const { batchSize, canaries = 0 } = this.options;
    const size =
      typeof batchSize === "number"
        ? batchSize
        : Math.max(1, Math.ceil((all.length * parseFloat(batchSize)) / 100));
    const rest = all.slice(canaries);
    const batches = Array.from({ length: Math.ceil(rest.length / size) }, (_, i) =>
      rest.slice(i * size, (i + 1) * size),
    );
    return canaries > 0 ? [all.slice(0, canaries), ...batches] : batches;
  }
}

function checkBatchSize(at: PropPath, size: number | string): void {
  if (typeof checkKnown(at, size) === "number") {
    checkInteger(at, size as number, 1, 100_000);
  } else if (
    typeof size !== "string" ||
    !/^\d+(\.\d+)?%$/.test(size) ||
    parseFloat(size) <= 0 ||
    parseFloat(size) > 100
  ) {
    at.refuse("be a number of hosts, or a share from more than 0% to 100%", size);
  }
}
