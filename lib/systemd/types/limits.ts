import { nanoseconds } from "../time-span";
import { bytesOf } from "./sizes";
import { isWithin, UINT64_MAX, wholeNumber } from "./numbers";
import { isMicroseconds, isSeconds } from "./times";
import { type ValueType } from "./value-type";

/** What one side of a limit is, as a number; undefined where systemd does not take it. */
type Side = (text: string, version: number) => number | undefined;

/** A limit of the kernel's for a process: `SOFT:HARD`, or one for both. */
function limit(what: string, side: Side): ValueType {
  return {
    must: `be ${what}, infinity, or two of them as SOFT:HARD, of which the first is not the higher`,
    takes: (value, version) => {
      const [soft, hard, ...more] = value.split(":").map((text) => amount(side, text, version));
      if (soft === undefined || more.length > 0) return false;
      return value.includes(":") ? hard !== undefined && soft <= hard : true;
    },
  };
}

function amount(side: Side, text: string, version: number): number | undefined {
  return text === "infinity" ? Infinity : side(text, version);
}

const count: Side = (text) => (isWithin(text, 0n, UINT64_MAX - 1n) ? Number(wholeNumber(text)) : undefined);

/** A nice level has its sign; without one it is the limit as the kernel counts it, 20 less the level. */
const nice: Side = (text) => {
  if (/^[+-]/.test(text)) return isWithin(text, -20n, 19n) ? 20 - Number(text) : undefined;
  return isWithin(text, 0n, 40n) ? Number(wholeNumber(text)) : undefined;
};

export const countLimit = limit("a whole number", count);
export const sizeLimit = limit('a size in bytes such as "512M"', (text) => bytesOf(text));
export const secondsLimit = limit('a time span such as "90s"', (text, version) =>
  isSeconds(text, version) ? nanoseconds(text, 1e9, version) : undefined,
);
export const microsecondsLimit = limit('a time span such as "50ms"', (text, version) =>
  isMicroseconds(text, version) ? nanoseconds(text, 1e3, version) : undefined,
);
const niceOrLimit = limit('a nice level such as "-5" or "+5", or a whole number from 0 to 40', nice);

/** Where "infinity" is none of the levels. */
export const niceLimit: ValueType = {
  ...niceOrLimit,
  takes: (value, version) => value !== "infinity" && niceOrLimit.takes(value, version),
};
