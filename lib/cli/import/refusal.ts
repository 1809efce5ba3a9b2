import { type Line } from "./unit";

/** What cannot be imported, and where that stands. */
export class Refusal extends Error {
  constructor(line: Pick<Line, "file" | "number">, reason: string) {
    super(`${line.file}:${line.number}: ${reason}`);
  }
}

/** What an error of the library says, without the construct that it names and the value that it was given. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^[\w.]+(?: '[^']*'){0,2}: /, "")
    .replace(/^carries a promise of this library; (?:leave it away: )?/, "")
    .replace(/, got (?:"(?:[^"\\]|\\.)*(?:"|…)|\[.*\]|[^\s,;]+)$/s, "");
}
