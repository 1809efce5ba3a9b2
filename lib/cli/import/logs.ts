import { Logs } from "../../puma/logs";
import { set } from "./declaration";
import { type Attempt } from "./draft";
import { reasonOf } from "./refusal";
import { type Reading } from "./readers";
import { expand, type UnitName } from "../../systemd/specifiers";
import { type Line, type Said, valuesOf } from "./unit";
import { call, type Written } from "./written";

/** The directives that say where the output goes. */
export const OF_LOGS = ["StandardOutput", "StandardError"];

/** What both say together, if that is a file which is appended to; undefined where they are raw directives. */
export function readLogs(service: readonly Said[], unit: UnitName): Reading[] | undefined {
  const [output, errors] = OF_LOGS.map((name) => valuesOf(service, "Service", name).at(-1));
  const path = fileOf(output, unit);
  const others = errors === undefined || errors.value === "inherit" ? path : fileOf(errors, unit);
  if (output === undefined || path === undefined || others === undefined) return undefined;
  const lines = errors === undefined ? [output] : [output, errors];
  try {
    const step = set("logs", written(path, others));
    return lines.map((line): Attempt => ({ line, steps: [step] }));
  } catch (error) {
    return lines.map((line) => ({ line, reason: reasonOf(error) }));
  }
}

function fileOf(line: Line | undefined, unit: UnitName): string | undefined {
  const [, path] = /^append:(.*)$/.exec(line?.value ?? "") ?? [];
  if (path === undefined) return undefined;
  const { text, unknown } = expand(path, unit);
  return unknown.length === 0 ? text : undefined;
}

function written(path: string, errors: string): Written<Logs> {
  return errors === path
    ? call("Logs.file", [path], Logs.file(path))
    : call("Logs.file", [path, { errors }], Logs.file(path, { errors }));
}
