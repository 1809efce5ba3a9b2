import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inBothThemes } from "../../bench/chart";

const CHARTS = join(__dirname, "../../docs/charts");

test("a chart on a light ground is one on a dark ground, too", () => {
  const drawn = inBothThemes('<svg width="1"><rect fill="#ffffff"/><text fill="#24292f">a</text></svg>');
  expect(drawn).toMatch(/^<svg width="1"><style>@media \(prefers-color-scheme:dark\)\{.*<\/style><rect/);
  expect(drawn).toContain('[fill="#ffffff"]{fill:#1b1f24}');
});

/** Whether a color is as good on the other ground: named in no rule, it would stay what it is. */
test.each(readdirSync(CHARTS))("%s has no color that stays the same on a dark ground", (file) => {
  const [, style = "", drawn = ""] =
    /<style>(.*)<\/style>(.*)/s.exec(readFileSync(join(CHARTS, file), "utf8")) ?? [];
  const used = new Set(
    [...drawn.matchAll(/(?:fill|stroke)="(?!none|transparent)([^"]+)"/g)].map(([, one]) => one),
  );
  expect(used.size).toBeGreaterThan(2);
  expect([...used].filter((one) => !style.includes(`="${one}"]`))).toEqual([]);
});

test.each(readdirSync(CHARTS))("%s is so narrow that a phone shows its letters as they are", (file) => {
  const width = /^<svg[^>]* width="(\d+)"/.exec(readFileSync(join(CHARTS, file), "utf8"))?.[1];
  expect(Number(width)).toBeLessThanOrEqual(400);
});
