import { type ValueType } from "./value-type";

const SECOND = 1e9;

/** Nanoseconds in each unit, under all the names that systemd.time(7) gives it. */
const UNITS = {
  "nsec ns": 1,
  "usec us µs μs": 1e3,
  "msec ms": 1e6,
  "seconds second sec s": SECOND,
  "minutes minute min m": 60 * SECOND,
  "hours hour hr h": 3600 * SECOND,
  "days day d": 86_400 * SECOND,
  "weeks week w": 604_800 * SECOND,
  "months month M": 2_629_800 * SECOND,
  "years year y": 31_557_600 * SECOND,
} as const;

const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries(UNITS).flatMap(([names, length]) => names.split(" ").map((name) => [name, length] as const)),
);

// The longest comes first, since systemd compares no further than a name goes: "5min20s" is two amounts.
const NAMES = [...LENGTHS.keys()].sort((a, b) => b.length - a.length).join("|");
const AMOUNT = new RegExp(`\\s*(\\+?\\d+(?:\\.\\d+)?|\\.\\d+)\\s*(${NAMES})?`, "y");

/** Nanoseconds of a span of time such as `90`, `5min 20s`; undefined where it is none. */
export function nanoseconds(text: string, perDefault: number, version: number): number | undefined {
  if (text === "infinity") return Infinity;
  if (text === "") return undefined;
  let sum = 0;
  AMOUNT.lastIndex = 0;
  while (AMOUNT.lastIndex < text.length) {
    const [, amount, unit = ""] = AMOUNT.exec(text) ?? [];
    // The Greek letter, beside the sign for a millionth.
    if (amount === undefined || (unit === "μs" && version < 252)) return undefined;
    sum += Number(amount) * (LENGTHS.get(unit) ?? perDefault);
  }
  return sum;
}

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
