/** Pictures on a light card of their own, so that they are read on a dark page as well. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: string;
}

export const COLOURS = {
  ink: "#1f2933",
  quiet: "#61707f",
  line: "#9aa5b1",
  card: "#fbfcfd",
  old: "#cbd5e1",
  fresh: "#a7dcc0",
  trial: "#fbe3a2",
};

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A whole picture: what it shows in words, for those who do not see it, and its parts. */
export function picture(
  width: number,
  height: number,
  description: string,
  parts: readonly string[],
): string {
  const arrow = `<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${COLOURS.quiet}"/></marker>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="14">`,
    `<title>${escape(description)}</title>`,
    `<defs>${arrow}</defs>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${COLOURS.card}" stroke="${COLOURS.line}"/>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

export function text(x: number, y: number, words: string, attributes = ""): string {
  return `<text x="${x}" y="${y}" fill="${COLOURS.ink}"${attributes && ` ${attributes}`}>${escape(words)}</text>`;
}

/** Words that are less to be seen. */
export function quiet(x: number, y: number, words: string, attributes = ""): string {
  return text(x, y, words, attributes)
    .replace(COLOURS.ink, COLOURS.quiet)
    .replace("<text", '<text font-size="12.5"');
}

export function box({ x, y, width, height, fill = "#ffffff" }: Box): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${COLOURS.line}"/>`;
}

export function arrow(path: string, attributes = ""): string {
  return `<path d="${path}" fill="none" stroke="${COLOURS.quiet}" stroke-width="1.5" marker-end="url(#arrow)" ${attributes}/>`;
}
