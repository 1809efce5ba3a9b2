/** What people see of the demo. */
import { stripVTControlCharacters } from "node:util";

const CONNECTING =
  /\(remote-exec\):\s+(Connecting|Connected|Host:|User:|Password:|Private key:|Certificate:|SSH Agent:|Checking|Target)/;
const PROGRESS = /\(remote-exec\): |^(Apply|Destroy) complete|^No changes/;
const SPINNER = /^[\u2800-\u28ff] /;

let steps = 0;

/** Prints what a step does, does it, and prints how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const begun = Date.now();
  console.log(`\n${++steps}. ${title}`);
  const result = await work();
  console.log(`   took ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  return result;
}

/** Prints a text, indented. */
export function show(text: string): void {
  console.log(text.replace(/^(?=.)/gm, "   "));
}

/** Shows what the hosts print during an apply, and how it ended; neither the plan nor how the connections were made. */
export function showProgress(line: string): void {
  const text = plain(line);
  if (PROGRESS.test(text) && !CONNECTING.test(text)) show(text);
}

/** Shows the plan alone of what `cdktf diff` prints. */
export function planPrinter(): (line: string) => void {
  let within = false;
  return (line) => {
    const text = plain(line);
    if (SPINNER.test(text)) return;
    within ||= /^ *# .* (will be|must be) /.test(text);
    if (within) show(text);
    if (/^Plan: /.test(text)) within = false;
  };
}

/** A line without colours, and without the stack's name or the space in its place. */
export function plain(line: string): string {
  return stripVTControlCharacters(line)
    .replace(/^(demo {2}| {6})/, "")
    .trimEnd();
}
