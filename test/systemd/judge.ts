import { type SectionName } from "../../lib/systemd/directives";

/** A line of a unit file, with the section that it stands in. */
export interface Line {
  readonly section: SectionName;
  readonly name: string;
  readonly value: string;
}

/** Puts files by their names into a folder, has `systemd-analyze verify` look at all of them, and tells what it printed. */
export type Verify = (files: Readonly<Record<string, string>>) => Promise<string>;

const LINES_A_FILE = 200;

/** A directive that no systemd knows: it says of it that it has read that far. */
const END = "NoSuchDirective";

/** What systemd says besides, of a line that it takes. */
const NOTICE =
  /obsolete|deprecated|legacy directory|automatically updating|is configured for|has no effect|not supported in this build|compiled out|updating|please use/i;

/** What systemd says against each line, in their order; "" where it takes the line without a word. */
export async function judged(lines: readonly Line[], verify: Verify): Promise<string[]> {
  const verdicts = new Array<string>(lines.length).fill("");
  let open = lines.map((_, i) => i);
  while (open.length > 0) {
    const files = chunksOf(open).map((numbers, i) => ({ file: nameOf(lines, numbers, i), numbers }));
    const texts = files.map(({ file, numbers }) => [file, textOf(numbers.map((n) => lines[n] as Line))]);
    const said = messagesOf(await verify(Object.fromEntries(texts) as Record<string, string>));
    open = files.flatMap(({ file, numbers }) => {
      const messages = said.get(file) ?? new Map<number, string>();
      numbers.forEach((n, i) => (verdicts[n] = messages.get(2 * i + 2) ?? ""));
      return unread(numbers, messages);
    });
  }
  return verdicts;
}

/** Some refusals end the reading of a file: what stands below them is asked anew. */
function unread(numbers: readonly number[], messages: ReadonlyMap<number, string>): number[] {
  if (messages.has(2 * numbers.length + 2)) return [];
  const last = Math.max(0, ...messages.keys());
  if (last === 0) throw new Error(`systemd read none of a file of ${numbers.length} lines`);
  return numbers.slice(last / 2);
}

/** Lines of sockets stand in other files than those of services. */
function chunksOf(numbers: readonly number[]): number[][] {
  const count = Math.ceil(numbers.length / LINES_A_FILE);
  return Array.from({ length: count }, (_, i) => numbers.slice(i * LINES_A_FILE, (i + 1) * LINES_A_FILE));
}

function nameOf(lines: readonly Line[], numbers: readonly number[], i: number): string {
  return `judged${i}.${numbers.some((n) => lines[n]?.section === "Socket") ? "socket" : "service"}`;
}

function textOf(lines: readonly Line[]): string {
  const all = lines.map(({ section, name, value }) => `[${section}]\n${name}=${value}\n`);
  return `${all.join("")}[Unit]\n${END}=\n`;
}

function messagesOf(printed: string): Map<string, Map<number, string>> {
  const files = new Map<string, Map<number, string>>();
  // eslint-disable-next-line no-control-regex
  for (const line of printed.replace(/\x1b\[[0-9;]*m/g, "").split("\n")) {
    const [, file, number, message] = /^\S*\/(judged\d+\.\w+):(\d+): (.*)$/.exec(line) ?? [];
    if (file === undefined || NOTICE.test(message as string)) continue;
    const messages = files.get(file) ?? new Map<number, string>();
    files.set(file, messages.set(Number(number), message as string));
  }
  return files;
}
