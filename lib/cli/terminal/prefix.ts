import { type Color, colored, type Output } from "./output";

const COLORS: readonly Color[] = ["cyan", "magenta", "blue", "yellow", "green"];

/** Names that stand before lines, as wide as the widest of them. */
export class Prefixes {
  private readonly names: readonly string[];
  private readonly width: number;

  constructor(
    private readonly output: Output,
    names: readonly string[],
  ) {
    this.names = [...new Set(names)];
    this.width = Math.max(0, ...this.names.map(({ length }) => length));
  }

  /** A line of one of them. */
  line(name: string, text: string): string {
    const color = COLORS[this.names.indexOf(name) % COLORS.length] as Color;
    return `${colored(this.output, color, `${name.padEnd(this.width)} |`)} ${text}`.trimEnd();
  }
}
