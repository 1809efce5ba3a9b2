import { long, share } from "./numbers";
import { type ValueType, wordsOf } from "./value-type";

const SUFFIXES = "EPTGMKB";

/** Amounts in descending units, `1G 500M`, the last in bytes: each number with its unit, and digits behind a point. */
const SIZE = new RegExp(
  `^(?=.*\\d)${[...SUFFIXES].map((unit) => `(?:\\+?(\\d+(?:\\.\\d*)?) *${unit === "B" ? "B?" : unit} *)?`).join("")}$`,
);

/** Bytes that a size is: the unit is a letter, of 1024 times what the next is, or 1000. Undefined where it is none. */
export function bytesOf(text: string, base: 1000 | 1024 = 1024): number | undefined {
  const amounts = SIZE.exec(text)?.slice(1);
  const sum = amounts?.reduce((total, amount, i) => total + Number(amount ?? 0) * base ** (6 - i), 0);
  return sum !== undefined && sum < 2 ** 64 ? sum : undefined;
}

const SUCH_AS = 'such as "512M" or "1.5G"';

export const size: ValueType = {
  must: `be a size in bytes ${SUCH_AS}`,
  takes: (value) => bytesOf(value) !== undefined,
};

/** One that fits into what a socket option or a queue can be told: 64 bits without a sign, in a `size_t` or a `long`. */
export const longOrSize: ValueType = {
  must: `be a whole number of bytes, from systemd 262 on a size ${SUCH_AS}`,
  takes: (value, version) => (version < 262 ? long.takes(value, version) : bytesOf(value) !== undefined),
};

/** Memory: of some directives none at all is no limit that systemd takes. */
export function memory(least: 0 | 1): ValueType {
  const isShare = (value: string, version: number): boolean =>
    share(value, version) && (least === 0 || !/^\+?[0.]*[%‰‱]$/.test(value));
  return {
    must: `be a size in bytes ${SUCH_AS}, a percentage such as "50%", or infinity`,
    takes: (value, version) =>
      value === "infinity" || isShare(value, version) || (bytesOf(value) ?? -1) >= least,
    emptySince: 0,
  };
}

/** The quota of a directory. */
export const quota: ValueType = {
  must: `be a size in bytes ${SUCH_AS}, a percentage such as "50%", or off`,
  takes: (value, version) => value === "off" || share(value, version) || bytesOf(value) !== undefined,
  emptySince: 0,
};

/** A device, and behind it what of it: in the order in which systemd splits them, the rest as a whole. */
export function deviceWith(what: string, takes: (rest: string, version: number) => boolean): ValueType {
  return {
    must: `be a path of a device and ${what}`,
    takes: (value, version) => {
      const [, rest] = /^\S+\s+(.*)$/.exec(value) ?? [];
      if (/["'\\%]/.test(value)) return (wordsOf(value)?.length ?? 0) > 1;
      return rest !== undefined && takes(rest, version);
    },
    emptySince: 0,
  };
}

const isBandwidth = (rest: string): boolean => (bytesOf(rest, 1000) ?? 0) >= 1;

export const oldDeviceBandwidth = deviceWith(`its limit ${SUCH_AS}`, isBandwidth);
export const deviceBandwidth = deviceWith(
  `its limit ${SUCH_AS}, or infinity`,
  (rest) => rest === "infinity" || isBandwidth(rest),
);
