import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, release as kernel } from "node:os";
import { join } from "node:path";

const DOCS = join(__dirname, "../docs");

/** The machine that figures are from. */
export function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model.trim()}), Linux ${kernel().split("-")[0]}`;
}

/** A page of the docs that a program writes, part for part, so that the others stay when one is measured anew. */
export class Page {
  constructor(
    private readonly file: string,
    /** What stands there before the first part is measured. */
    private readonly introduction: string,
  ) {}

  /**
   * Writes one part, which stands between two comments, and what it was measured by.
   * @param command - `npm run bench -- hosts`
   */
  write(part: string, text: string, command: string): void {
    const path = join(DOCS, this.file);
    const before = existsSync(path) ? readFileSync(path, "utf8") : this.introduction;
    const when = new Date().toISOString().slice(0, 16).replace("T", " ");
    const block = `${text.trim()}\n\n\`${command}\`, ended ${when} UTC, on ${machine()}.`;
    // Whoever is ended while writing leaves the page as it was.
    writeFileSync(`${path}.new`, withPart(before, part, block));
    renameSync(`${path}.new`, path);
  }
}

/** A text with a part between its two comments: in its place if it is there, or else at the end. */
export function withPart(text: string, part: string, block: string): string {
  const [begin, end] = [`<!-- ${part} -->`, `<!-- end of ${part} -->`];
  const whole = `${begin}\n\n${block}\n\n${end}`;
  const from = text.indexOf(begin);
  if (from < 0) return `${text}\n${whole}\n`;
  return text.slice(0, from) + whole + text.slice(text.indexOf(end) + end.length);
}

/** A table of Markdown, of which the first column is words and the others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
