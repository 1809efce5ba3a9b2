import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The parts of what runs as root on a host, in the order in which they stand there. */
const PARTS = [
  "common.sh",
  "units.sh",
  "listeners.sh",
  "probe.sh",
  "health.sh",
  "preflight.sh",
  "notes.sh",
  "last-release.sh",
  "transaction.sh",
  "rehearsal.sh",
  "phased.sh",
  "change.sh",
  "remove.sh",
  "ending.sh",
  "apply.sh",
];

function read(file: string): string {
  return readFileSync(join(__dirname, file), "utf8");
}

function withoutComments(script: string): string {
  return script.replace(/^[ \t]*#(?!!).*\n/gm, "").replace(/\n{2,}/g, "\n");
}

/**
 * The script that runs as root on a host. Its settings stand before it, and its one call on the last line: a script
 * that arrives cut short does nothing.
 */
export function hostScript(): string {
  return withoutComments(PARTS.map(read).join("\n")) + "main </dev/null\n";
}

/** The script that the engine starts on a host, as the user it logs in as. */
export function launchScript(): string {
  return withoutComments(read("launch.sh"));
}

/** The helper that a service is stopped by. */
export function stopScript(): string {
  return read("stop.sh");
}
