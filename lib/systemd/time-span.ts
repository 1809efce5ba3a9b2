/** In nanoseconds. */
export const SECOND = 1e9;

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

/** Milliseconds of a span of time such as `90`, `1min 30s`, `1.5h`; undefined for what is none, and for `infinity`. */
export function milliseconds(text: string): number | undefined {
  const length = nanoseconds(text.trim(), SECOND, Infinity);
  return length === undefined || length === Infinity ? undefined : length / 1e6;
}
