import { nanoseconds, SECOND } from "../time-span";
import { type ValueType } from "./value-type";

/** A span of time that systemd counts in microseconds. It knows no nanoseconds there. */
function timeSpan(perDefault: number, least = 0): ValueType["takes"] {
  return (value, version) => {
    const length = nanoseconds(value, perDefault, version);
    if (length === undefined || /\d\s*ns/.test(value)) return false;
    return length >= least && (length === Infinity || length / 1e3 < 2 ** 64);
  };
}

const SPAN = 'a time span such as "90s", "5min 20s" or "infinity"';

export const isSeconds = timeSpan(SECOND);
export const isMicroseconds = timeSpan(1e3);

/** Seconds, where no other unit is given. */
export const seconds: ValueType = { must: `be ${SPAN}`, takes: isSeconds };

/** Nanoseconds, where no other unit is given. */
export const nanosecondsType: ValueType = {
  must: 'be a time span such as "50us", of nanoseconds where it says no unit',
  takes: (value, version) => {
    const length = nanoseconds(value, 1, version);
    return length !== undefined && (length === Infinity || length < 2 ** 64);
  },
};

/** At least a second, and not for ever. */
export const oneSecondOrMore: ValueType = {
  must: 'be a time span of a second or more such as "30s"',
  takes: (value, version) => value !== "infinity" && timeSpan(SECOND, SECOND)(value, version),
  emptySince: 0,
};
