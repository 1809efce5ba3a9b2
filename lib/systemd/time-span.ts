/** Milliseconds in each unit, under all the names that systemd.time(7) gives it. */
const UNITS: readonly (readonly [names: string, milliseconds: number])[] = [
  ["us usec µs μs", 0.001],
  ["ms msec", 1],
  ["s sec second seconds", 1000],
  ["m min minute minutes", 60_000],
  ["h hr hour hours", 3_600_000],
  ["d day days", 86_400_000],
  ["w week weeks", 604_800_000],
];

/** Milliseconds of a span of time such as `90`, `1min 30s`, `1.5h`; undefined for what is none, and for `infinity`. */
export function milliseconds(text: string): number | undefined {
  const span = text.trim();
  const parts = [...span.matchAll(/(\d+(?:\.\d+)?)\s*([a-zµμ]*)\s*/g)];
  const amounts = parts.map(([, amount, unit]) => Number(amount) * unitOf(unit || "s"));
  const isWhole = parts.map(([part]) => part).join("") === span;
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  return isWhole && amounts.length > 0 && Number.isFinite(sum) ? sum : undefined;
}

function unitOf(name: string): number {
  return UNITS.find(([names]) => names.split(" ").includes(name))?.[1] ?? NaN;
}
