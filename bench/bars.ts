import { type Color, color, draw } from "./chart";

/** A figure that has a name, in a group if there are several of that name. */
export interface Bar {
  readonly label: string;
  readonly figure: number;
  readonly color: Color;
  readonly group?: string;
}

/**
 * Draws bars in their order, each under its name and with its figure beside it: where letters are drawn, nobody here knows how wide.
 * @param format - of d3, such as ".1f"
 */
export function drawBars(name: string, title: string, bars: readonly Bar[], format: string): Promise<string> {
  const groups = [...new Set(bars.map(({ group }) => group))];
  const vconcat = groups.map((group) => ({
    ...(group !== undefined && { title: { text: group, fontSize: 13, offset: 4 } }),
    ...specOf(
      bars.filter((bar) => bar.group === group),
      format,
    ),
  }));
  return draw(name, title, { vconcat, spacing: 16, resolve: { scale: { x: "shared" } } });
}

function specOf(bars: readonly Bar[], format: string): object {
  const x = { field: "figure", type: "quantitative", axis: null };
  const words = { type: "text", align: "left", baseline: "middle" };
  const named = { mark: { ...words, dy: -9 }, encoding: { x: { value: 0 }, text: { field: "label" } } };
  const fill = { field: "color", type: "nominal", scale: null };
  const bar = { mark: { type: "bar", height: 14, yOffset: 8 }, encoding: { x, color: fill } };
  const text = { field: "figure", type: "quantitative", format };
  return {
    data: { values: bars.map((one) => ({ ...one, color: color(one.color) })) },
    width: 270,
    height: { step: 42 },
    encoding: { y: { field: "label", type: "nominal", sort: null, axis: null } },
    layer: [named, bar, { mark: { ...words, dx: 5, dy: 9 }, encoding: { x, text } }],
  };
}
