/** Where a command writes to. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
  /** How wide a line is, if it is a terminal that reads the output. */
  readonly columns?: number;
  /** Whether the output may have colours. */
  readonly hasColors?: boolean;
  /** Whether what is said in passing, on the same line again and again, is seen and forgotten. */
  readonly showsProgress?: boolean;
}

/** How a command ended, for whoever called it. */
export const EXIT = { done: 0, failed: 1, usage: 2, down: 3, interrupted: 130 } as const;

/** Ends a command that has said all that there is to say. */
export class Exit extends Error {
  constructor(readonly status: number) {
    super(`exit status ${status}`);
  }
}

/** A command that was called wrongly. */
export class WrongCall extends Error {}

const { stdout, stderr, env } = process;

/** Those of this process. Colours are on a terminal alone, and where nobody minds (https://no-color.org). */
export const STREAMS: Output = {
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  ...(stdout.isTTY && { columns: stdout.columns || 80 }),
  hasColors: stdout.isTTY && !env.NO_COLOR && env.TERM !== "dumb",
  showsProgress: stderr.isTTY && env.TERM !== "dumb",
};

const COLORS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, dim: 2 } as const;

export type Color = keyof typeof COLORS;

/** A text in a color, where there are any. */
export function colored(output: Output, color: Color, text: string): string {
  return output.hasColors ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
}

/** Says how far something is, on a terminal alone. */
export class Progress {
  private isShown = false;

  constructor(private readonly output: Output) {}

  /** Takes the place of what was said before. */
  say(text: string): void {
    if (!this.output.showsProgress) return;
    this.output.err(`\r\u001b[K${text}`);
    this.isShown = true;
  }

  /** Leaves nothing of it. */
  end(): void {
    if (this.isShown) this.output.err("\r\u001b[K");
    this.isShown = false;
  }
}
