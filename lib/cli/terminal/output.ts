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

/** What `--json` prints of a value. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** How a command ended, for whoever called it; by a signal it is 128 and its number. */
export const EXIT = { done: 0, failed: 1, usage: 2, otherwise: 3 } as const;

/** The same for the end of a command's help. */
export function exitCodes(done: string, failed: string, otherwise?: string): string {
  const codes = [`0 ${done}`, `1 ${failed}`, "2 if it was called wrongly"];
  if (otherwise !== undefined) codes.push(`3 ${otherwise}`);
  return `\nExit codes:\n${[...codes, "130 after Ctrl-C"].map((code) => `  ${code}\n`).join("")}`.trimEnd();
}

/** Ends a command that has said all that there is to say. */
export class Exit extends Error {
  constructor(readonly status: number) {
    super(`exit status ${status}`);
  }
}

/** How a command ends that has looked at hosts: by what it saw, or else by what it could not see. */
export function endBy(isOtherwise: boolean, isUnknown: boolean): void {
  if (isOtherwise) throw new Exit(EXIT.otherwise);
  if (isUnknown) throw new Exit(EXIT.failed);
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

/** Of SIGPIPE, by which others end then. */
const NO_READER = 128 + 13;

/** Ends this process as soon as nobody reads what it prints, as behind `head`, or a disk that it goes to is full. */
export function endWithReaders(): void {
  for (const stream of [stdout, stderr])
    stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code === "EPIPE") process.exit(NO_READER);
      if (stream === stdout) stderr.write(`cdktf-puma: ${message}\n`);
      process.exit(EXIT.failed);
    });
}

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
