import { existsSync, readFileSync } from "node:fs";
import { checkList, checkObject, checkString } from "../values/check";
import { PropPath } from "../values/prop-path";

/** What was otherwise on a host than applied, in sentences: by the stack, and by which service it is of on which host. */
export type DriftByStack = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What the file's own form is called, for one that comes later. */
const FORMAT = 1;

/** An engine would read more than text in braces, and a terminal in the others. */
const NO_TEXT = /[{}\p{C}]/gu;

/**
 * What `npx cdktf-puma drift --write` has written; nothing where there is no such file.
 * @throws if it is anything else
 */
export function driftIn(file: string): DriftByStack {
  if (!existsSync(file)) return new Map();
  const at = PropPath.of(file);
  const { format, stacks } = parsed(at, file);
  if (format !== FORMAT)
    at.key("format").refuse(`be ${FORMAT}, as this version of cdktf-puma writes it`, format);
  return mapOf(at.key("stacks"), stacks, (stack, drift) => mapOf(stack, drift, sentences));
}

/** The text of such a file: the same drift is the same text. */
export function driftText(drift: DriftByStack): string {
  const stacks = sorted(drift).map(([stack, ofStack]) => [stack, Object.fromEntries(sorted(ofStack))]);
  return `${JSON.stringify({ format: FORMAT, stacks: Object.fromEntries(stacks) as unknown }, undefined, 2)}\n`;
}

/** The name of an installation in its stack, where a service is once on a host, whosever systemd has it. */
export function placeOf(service: string, host: string): string {
  return `${service} on ${host}`;
}

/** A sentence of a host's, as it may stand in such a file: as the engine keeps it. */
export function writable(sentence: string): string {
  return sentence.normalize("NFC").replace(NO_TEXT, "?");
}

function parsed(at: PropPath, file: string): { format?: unknown; stacks?: unknown } {
  try {
    return checkObject(at, JSON.parse(readFileSync(file, "utf8")) as object);
  } catch (error) {
    const { message } = error as Error;
    return at.fail(`must be what 'npx cdktf-puma drift --write' writes: ${message}`);
  }
}

function mapOf<T>(at: PropPath, value: unknown, read: (at: PropPath, value: unknown) => T): Map<string, T> {
  const entries = Object.entries(checkObject(at, value as object));
  return new Map(entries.map(([key, one]) => [key, read(at.key(key), one)]));
}

function sentences(at: PropPath, value: unknown): readonly string[] {
  const all = checkList(at, value as readonly string[]);
  if (all.length === 0) at.refuse("have a sentence at least", value);
  for (const [i, one] of all.entries()) {
    const text = checkString(at.index(i), one);
    if (text.replace(NO_TEXT, "") !== text)
      at.index(i).refuse("have neither braces nor control characters", text);
  }
  return all;
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}
