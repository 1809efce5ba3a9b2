/** A column of a table. */
export interface Column {
  readonly head: string;
  /** To how few characters it may be cut where the table is too wide; undefined if it is not. */
  readonly least?: number;
  readonly alignsRight?: boolean;
}

const GAP = "  ";

/** A row: its cells, and what stands in the place of those that are missing, up to the end of the line. */
export interface Row {
  readonly cells: readonly string[];
  readonly rest?: string;
  /** Makes of a cell, which has its width already, what is written. */
  readonly paint?: (cell: string, column: number) => string;
}

/**
 * A table, a line for each row.
 * @param width that no line exceeds, if what can be cut is enough for that
 */
export function table(columns: readonly Column[], rows: readonly Row[], width = Infinity): string {
  const head: Row = { cells: columns.map((column) => column.head) };
  const all = [head, ...rows];
  const wanted = columns.map((_, i) => Math.max(...all.map(({ cells }) => lengthOf(cells[i] ?? ""))));
  const widths = narrowed(columns, wanted, width);
  return all.map((row) => `${lineOf(columns, row, widths, width)}\n`).join("");
}

/** Takes from the widest of those that may be cut, until all fits. */
function narrowed(columns: readonly Column[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const total = (): number => widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1));
  const spare = (i: number): number => {
    const least = columns[i]?.least;
    return least === undefined ? 0 : Math.max(0, (widths[i] ?? 0) - least);
  };
  while (total() > width) {
    const widest = widths.map((_, i) => i).reduce((one, other) => (spare(other) > spare(one) ? other : one));
    if (spare(widest) === 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function lineOf(columns: readonly Column[], row: Row, widths: readonly number[], width: number): string {
  const { cells, rest, paint = (cell) => cell } = row;
  const padded = cells.map((cell, i) => {
    const column = widths[i] ?? 0;
    const text = cut(cell, column);
    const space = " ".repeat(column - lengthOf(text));
    return paint(columns[i]?.alignsRight ? space + text : text + space, i);
  });
  const left = cells.reduce((sum, _, i) => sum + (widths[i] ?? 0) + GAP.length, 0);
  const words = rest === undefined ? padded : [...padded, paint(cut(rest, width - left), cells.length)];
  return words.join(GAP).trimEnd();
}

/** A text in so many characters. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width < 1 ? "" : `${characters.slice(0, width - 1).join("")}…`;
}

function lengthOf(text: string): number {
  return [...text].length;
}
