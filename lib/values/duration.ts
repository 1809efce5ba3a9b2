import { checkKnown } from "./check";
import { PropPath } from "./prop-path";

/**
 * A span of time, as systemd.time(7) writes it.
 *
 * @example
 * const startTimeout = Duration.minutes(2);
 */
export class Duration {
  /**
   * A span of milliseconds.
   * @param amount a whole number, more than 0
   * @throws if it is not
   * @example
   * Duration.milliseconds(1500);
   */
  static milliseconds(amount: number): Duration {
    return new Duration(PropPath.of("Duration.milliseconds"), amount, 1);
  }

  /**
   * A span of seconds.
   * @param amount more than 0, with fractions down to a millisecond
   * @throws if it is not
   * @example
   * Duration.seconds(90);
   */
  static seconds(amount: number): Duration {
    return new Duration(PropPath.of("Duration.seconds"), amount, 1000);
  }

  /**
   * A span of minutes.
   * @param amount more than 0, with fractions down to a millisecond
   * @throws if it is not
   * @example
   * Duration.minutes(1.5);
   */
  static minutes(amount: number): Duration {
    return new Duration(PropPath.of("Duration.minutes"), amount, 60_000);
  }

  private readonly milliseconds: number;

  private constructor(at: PropPath, amount: number, unit: number) {
    const exact = typeof checkKnown(at, amount) === "number" ? amount * unit : NaN;
    const milliseconds = Math.round(exact);
    // 16.1 seconds are 16100.000000000002 milliseconds: floating-point numbers miss by a few of their last bits.
    const isWhole = Math.abs(exact - milliseconds) <= 4 * Number.EPSILON * exact;
    if (!isWhole || milliseconds < 1 || !Number.isSafeInteger(milliseconds)) {
      at.refuse("be more than 0 and a whole number of milliseconds", amount);
    }
    this.milliseconds = milliseconds;
  }

  /** @internal The two in a row. */
  _plus(other: Duration): Duration {
    return Duration.milliseconds(this.milliseconds + other.milliseconds);
  }

  /** In seconds, rounded up. */
  toSeconds(): number {
    return Math.ceil(this.milliseconds / 1000);
  }

  /** In milliseconds. */
  toMilliseconds(): number {
    return this.milliseconds;
  }

  /** In systemd's notation, in the largest unit that is exact: `2min`, `90s`, `1500ms`. */
  toString(): string {
    if (this.milliseconds % 60_000 === 0) return `${this.milliseconds / 60_000}min`;
    return this.milliseconds % 1000 === 0 ? `${this.milliseconds / 1000}s` : `${this.milliseconds}ms`;
  }
}
