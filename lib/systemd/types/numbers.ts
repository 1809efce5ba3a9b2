import { anyOf, oneOf, pattern, type ValueType } from "./value-type";

const YES_NO = /^(1|yes|y|true|t|on|0|no|n|false|f|off)$/i;

/** `yes`, `true`, `on`, `1` and their opposites, in any case. */
export const boolean: ValueType = pattern("be true or false", YES_NO);

/** A boolean, or one of the words that stand for something else: `tmpfs`. */
export function booleanOr(words: string): ValueType {
  const other = oneOf(words);
  return anyOf(`be true, false or ${other.must.slice(3)}`, boolean, other);
}

/** A whole number as systemd reads it: decimal, `0x…`, `0o…`, `0b…`, or octal with a leading `0`. */
export function wholeNumber(text: string): bigint | undefined {
  const [, sign, digits] = /^([+-]?)(0x[\da-f]+|0o[0-7]+|0b[01]+|0[0-7]*|[1-9]\d*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return sign === "-" ? -number : number;
}

/** A whole number within limits, both included. */
export function integer(min: number | bigint, max: number | bigint): ValueType {
  return {
    must: `be a whole number from ${min} to ${max}`,
    takes: (value) => isWithin(value, BigInt(min), BigInt(max)),
  };
}

export function isWithin(text: string, min: bigint, max: bigint): boolean {
  const number = wholeNumber(text);
  return number !== undefined && min <= number && number <= max;
}

/** UINT64_MAX, which is no amount: it stands for "infinity". */
export const UINT64_MAX = (1n << 64n) - 1n;

export const unsigned = integer(0, 4_294_967_295);
export const int = integer(-2_147_483_648, 2_147_483_647);
export const long = integer(-(1n << 63n), (1n << 63n) - 1n);

/** An access mode, of octal digits. */
export const mode: ValueType = pattern('be an access mode in octal such as "0660"', /^0*[0-7]{1,4}$/);

/** The weight of a control group; of a processor's also `idle`. */
export const weight = integer(1, 10_000);
export const cpuWeight = anyOf("be a whole number from 1 to 10000 or idle", weight, oneOf("idle@252"));

const PERCENTAGE = /^\+?(\d+)(?:\.(\d{1,2}))?(%|‰|‱)$/;
const IN_HUNDREDTHS: Readonly<Record<string, number>> = { "%": 100, "‰": 10, "‱": 1 };

/** The hundredths of a percent that a percentage is. systemd 247 knows no smaller part than a tenth of a percent. */
function percentage(text: string, version: number): number | undefined {
  const [, whole, decimals = "", unit] = PERCENTAGE.exec(text) ?? [];
  const places = { "%": 2, "‰": 1, "‱": 0 }[unit ?? ""] ?? 0;
  const most = version < 252 ? places - 1 : places;
  if (whole === undefined || decimals.length > most || most < 0) return undefined;
  return Number(`${whole}.${decimals || 0}`) * (IN_HUNDREDTHS[unit as string] as number);
}

/** A share of all there is: `50%`. */
export function share(text: string, version: number): boolean {
  return (percentage(text, version) ?? Infinity) <= 10_000;
}

export const percentOfAll: ValueType = { must: 'be a percentage such as "50%"', takes: share };

/** What systemd 247 had for the same limit. */
export const wholePercent: ValueType = {
  must: 'be a whole percentage such as "50%"',
  takes: (value, version) => /^\+?\d+%$/.test(value) && share(value, version),
};

/** A percentage of one processor, and so more than 100% too. */
export const cpuQuota: ValueType = {
  must: 'be a percentage such as "50%" or "200%"',
  takes: (value, version) => {
    const hundredths = percentage(value, version) ?? 0;
    return hundredths > 0 && hundredths / (version < 252 ? 10 : 1) < 2 ** 31;
  },
};
