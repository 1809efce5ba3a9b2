/** Secrets that a variable can hold: a word to look for, 40 random bytes, and characters that are hostile to whatever reads them. */
import { randomBytes } from "node:crypto";

const HOSTILE = ` '"$x$(id)\`id\`\\ \\n %i %% é # ;\n\t end\\ `;

/** One of them. It begins with a name. Each byte is a character; NUL is the one that no variable can hold. */
export function randomText(name: string): string {
  const bytes = Buffer.from(randomBytes(40).map((byte) => byte || 1));
  return `${name}-${randomBytes(20).toString("hex")} ${bytes.toString("latin1")}${HOSTILE}`;
}

/** What of it can be looked for in files and lists, line by line. */
export function wordOf(text: string): string {
  return text.split(" ")[0] as string;
}
