import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CHARTS = join(__dirname, "../docs/charts");

/** Each colour on a light ground, and on a dark one. */
const COLORS = {
  ground: ["#ffffff", "#1b1f24"],
  text: ["#24292f", "#e6edf3"],
  grid: ["#d8dee4", "#3d444d"],
  bare: ["#6e7781", "#9198a1"],
  library: ["#8250df", "#b794f6"],
  other: ["#bf5b04", "#f0a35e"],
  further: ["#0b6e99", "#5cb8dd"],
} as const;

/** What is drawn in a color of its own. */
export type Color = Exclude<keyof typeof COLORS, "ground" | "text" | "grid">;

/** The name of a color in the charts. */
export function color(name: Color): string {
  return COLORS[name][0];
}

/**
 * Draws a chart of Vega-Lite as SVG, and returns what shows it on the page. It has to be so narrow that its letters can be read on a
 * phone, and has a ground of its own, light or dark as its reader wants it.
 */
export async function draw(name: string, title: string, spec: object): Promise<string> {
  const [vega, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const whole = { title, ...spec, config: CONFIG, background: COLORS.ground[0], padding: 12 };
  const view = new vega.View(vega.parse(compile(whole as never).spec), { renderer: "none" });
  const svg = inBothThemes(await view.toSVG());
  mkdirSync(CHARTS, { recursive: true });
  writeFileSync(join(CHARTS, `${name}.svg`), `${svg}\n`);
  return `![${title}](charts/${name}.svg)`;
}

const CONFIG = {
  font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
  view: { stroke: null },
  title: { fontSize: 15, fontWeight: 600, color: COLORS.text[0], anchor: "start", offset: 14 },
  axis: {
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 400,
    labelColor: COLORS.text[0],
    titleColor: COLORS.text[0],
    gridColor: COLORS.grid[0],
    domainColor: COLORS.grid[0],
    tickColor: COLORS.grid[0],
  },
  legend: {
    labelFontSize: 13,
    labelColor: COLORS.text[0],
    orient: "bottom",
    direction: "vertical",
    labelLimit: 0,
    title: null,
    symbolStrokeWidth: 3,
  },
  text: { fontSize: 13, color: COLORS.text[0] },
  line: { strokeWidth: 2.5, point: { size: 45 } },
};

/** A picture that a page shows follows what its reader has chosen for the whole screen, and nothing of the page. */
export function inBothThemes(svg: string): string {
  const rules = Object.values(COLORS).flatMap(([light, dark]) =>
    ["fill", "stroke"].map((kind) => `[${kind}="${light}"]{${kind}:${dark}}`),
  );
  const white = `[fill="white"]{fill:${COLORS.ground[1]}}`;
  const style = `<style>@media (prefers-color-scheme:dark){${[white, ...rules].join("")}}</style>`;
  return svg.replace(/^<svg[^>]*>/, (tag) => tag + style);
}
