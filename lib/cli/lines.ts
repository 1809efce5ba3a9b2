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
