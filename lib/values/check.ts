import { isToken } from "./token";

/** How a value looks in an error: JSON, cut at 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === "string" || Array.isArray(value) ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Refuses a value: `<prop>: must <limit>, got <value>`. The one form of this library's errors at synth. */
export function refuse(prop: string, limit: string, value: unknown): never {
  throw new Error(`${prop}: must ${limit}, got ${show(value)}`);
}

/** Refuses a Terraform token where the text of a unit has to be known at synth. */
export function known<T>(prop: string, value: T): T {
  if (isToken(value)) {
    throw new Error(
      `${prop}: must be known at synth, got a Terraform token; ` +
        `tokens are welcome in hosts and in the values of 'environment' and 'args'`,
    );
  }
  return value;
}

/** A whole number within limits, both included. */
export function integer(prop: string, value: number, min: number, max: number): number {
  known(prop, value);
  if (!Number.isInteger(value) || value < min || value > max) {
    refuse(prop, `be a whole number between ${min} and ${max}`, value);
  }
  return value;
}

/** An absolute path, known at synth. */
export function absolutePath(prop: string, path: string): string {
  if (!known(prop, path).startsWith("/")) refuse(prop, "be an absolute path", path);
  return path;
}

/** A path on the target: relative ones are under `directory`. */
export function pathUnder(prop: string, directory: string, path: string): string {
  if (known(prop, path) === "") refuse(prop, "name a file", path);
  return path.startsWith("/") ? path : `${directory.replace(/\/+$/, "")}/${path.replace(/^\.\//, "")}`;
}
