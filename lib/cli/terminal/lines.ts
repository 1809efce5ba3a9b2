/** The longest line that is waited for: what has no end is no line. */
const LONGEST = 16 * 1024;

/** What a host says, without what could steer a terminal. */
export function plain(text: string): string {
  return text.replace(/[^\P{C}\n]/gu, "?");
}

/** A line of what hosts say, without what could steer a terminal. */
export function printable(line: string): string {
  return plain(line.replace(/\r$/, "").replace(/\t/g, "    ").replace(/\n/g, "?"));
}

/** Makes lines of a stream, each printable. */
export class Lines {
  private rest = "";

  constructor(private readonly take: (line: string) => void) {}

  /** More of the stream. */
  add(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) this.take(printable(line));
    while (this.rest.length > LONGEST) {
      this.take(printable(this.rest.slice(0, LONGEST)));
      this.rest = this.rest.slice(LONGEST);
    }
  }

  /** What came without a line break. */
  end(): void {
    if (this.rest !== "") this.take(printable(this.rest));
    this.rest = "";
  }
}

/** The most that is kept of what one host says, in characters. */
const MOST = 4 * 1024 * 1024;

/** Lines that are kept, but for those of a host that does not come to an end. */
export class Kept {
  readonly lines: string[] = [];
  private left = MOST;

  add(line: string): void {
    if (this.left < 0) return;
    this.left -= line.length + 1;
    this.lines.push(this.left < 0 ? "… and more, which is left away" : line);
  }
}
