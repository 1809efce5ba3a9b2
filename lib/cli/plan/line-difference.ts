/** A line that comes or goes. */
export interface ChangedLine {
  readonly sign: "-" | "+";
  readonly text: string;
}

/** Beyond which no order is looked for: the square of it is computed. */
const MOST = 1000;

/** What makes one list of lines another: in order, and with the fewest lines. */
export function lineDifference(before: readonly string[], after: readonly string[]): ChangedLine[] {
  const begin = sameAtBegin(before, after);
  const end = sameAtBegin([...before.slice(begin)].reverse(), [...after.slice(begin)].reverse());
  const old = before.slice(begin, before.length - end);
  const now = after.slice(begin, after.length - end);
  if (old.length * now.length > MOST * MOST) return [...signed("-", old), ...signed("+", now)];
  return between(old, now);
}

function sameAtBegin(some: readonly string[], others: readonly string[]): number {
  const first = some.findIndex((line, i) => line !== others[i]);
  return first < 0 ? Math.min(some.length, others.length) : first;
}

function signed(sign: "-" | "+", lines: readonly string[]): ChangedLine[] {
  return lines.map((text) => ({ sign, text }));
}

function between(old: readonly string[], now: readonly string[]): ChangedLine[] {
  const common = commonLengths(old, now);
  const length = (i: number, j: number): number => common[i]?.[j] ?? 0;
  const lines: ChangedLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [gone, come] = [old[i], now[j]];
    if (gone !== undefined && gone === come) [i, j] = [i + 1, j + 1];
    else if (gone !== undefined && (come === undefined || length(i + 1, j) >= length(i, j + 1))) {
      lines.push({ sign: "-", text: gone });
      i += 1;
    } else {
      lines.push({ sign: "+", text: come as string });
      j += 1;
    }
  }
  return lines;
}

/** How many lines the ends of both lists have in common, by where these begin. */
function commonLengths(old: readonly string[], now: readonly string[]): number[][] {
  const common = Array.from({ length: old.length + 1 }, () => new Array<number>(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const [row = [], next = []] = [common[i], common[i + 1]];
      const isSame = old[i] === now[j];
      row[j] = isSame ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  return common;
}
