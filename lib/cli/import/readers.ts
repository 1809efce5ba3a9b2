import { roleOf } from "../../puma/directive-table";
import { isYes } from "../../puma/unit-values";
import { SYSTEMD_PATH } from "../../puma/rules/literals";
import { isSecret } from "../../puma/secrets";
import { Duration } from "../../values/duration";
import { bindOfSystemd } from "./bind-text";
import { add, put, set, type Step } from "./declaration";
import { type Attempt, type Note } from "./draft";
import { variablesOf } from "./environment";
import { reasonOf } from "./refusal";
import { expand, type UnitName } from "../../systemd/specifiers";
import { milliseconds } from "../../systemd/time-span";
import { type Line } from "./unit";
import { call, plain, type Written } from "./written";

/** What a line comes to: something to declare, or why it cannot be. */
export type Reading = Attempt | Note;

/** Reads the lines of a directive that a prop says. */
type Reader = (lines: readonly Line[], unit: UnitName) => Reading[];

/** The props of a directive, by the words with which the table refuses it raw: the first is the one to read it into. */
export function propsOf(section: string, name: string): string[] {
  return [...(roleOf(section, name).use ?? "").matchAll(/'(\w+)'/g)].map(([, prop]) => prop);
}

/** The directives that the table names beside a prop: `TimeoutSec=` is 'startTimeout' and TimeoutStopSec=. */
function directivesBeside(section: string, name: string): string[] {
  return [...(roleOf(section, name).use ?? "").matchAll(/(?<=^|\s)(\w+)=/g)].map(
    ([, directive]) => directive,
  );
}

/** How the value of each prop is read; which directive says it is the table's to know. */
export const OF_SERVICE: Readonly<Record<string, Reader>> = {
  user: text("user"),
  group: text("group"),
  environment,
  environmentFiles,
  startTimeout,
  watchdog,
  notify,
  socket: elsewhere("the PumaSocket says it, if its file is imported too"),
  // Which of the two a Type= is, its value says.
  pumaVersion: notify,
};

/** The same for a socket. */
export const OF_SOCKET: Readonly<Record<string, Reader>> = {
  binds,
  name: elsewhere("the PumaService says it, whose file it is imported with"),
  user: text("user"),
  group: text("group"),
  mode: text("mode"),
  backlog: last((line) =>
    /^\d+$/.test(line.value) ? set("backlog", plain(Number(line.value))) : "is no number",
  ),
  noDelay: last((line) => set("noDelay", plain(isYes(line.value)))),
  reusePort: last((line) => set("reusePort", plain(isYes(line.value)))),
  deferAccept: last((line) => set("deferAccept", plain((milliseconds(line.value) ?? 0) > 0))),
};

/** A reader for a directive of which the last line counts. */
function last(read: (line: Line, unit: UnitName) => Step | string): Reader {
  return (lines, unit) => {
    const line = lines[lines.length - 1];
    const step = line.value === "" ? undefined : read(line, unit);
    if (step === undefined) return [];
    return [typeof step === "string" ? { line, reason: step } : { line, steps: [step] }];
  };
}

/** A reader for what another construct says. */
function elsewhere(reason: string): Reader {
  return (lines) => lines.map((line) => ({ line, reason, isSaid: true }));
}

function text(prop: string): Reader {
  return last((line, unit) => {
    const { text: value, unknown } = expand(line.value, unit);
    return unknown.length > 0 ? onlyHost(unknown) : set(prop, plain(value));
  });
}

function onlyHost(unknown: readonly string[]): string {
  return `only a host knows what ${unknown.join(" and ")} is`;
}

function environment(lines: readonly Line[], unit: UnitName): Reading[] {
  return variablesOf(lines, unit).map(({ line, name, value, problem }): Reading => {
    const part = lines.length > 1 || line.value.includes(" ") ? name : undefined;
    if (problem !== undefined) return { line, part: name, reason: problem };
    if (isSecret(name, value))
      return {
        line,
        part: name,
        reason: `is a secret: write it into a file of root's, and name that in 'environmentFiles'`,
      };
    if (name === "PATH" && OWN_PATH.test(value)) return withPath(line, part, value);
    return { line, part, steps: [put("environment", [name], value)] };
  });
}

/** What a shell would put its own PATH into. */
const OWN_PATH = /\$(?:PATH\b|\{PATH\})/;

/** systemd takes it for a folder of that name, so programs were found in none of its own. */
function withPath(line: Line, part: string | undefined, value: string): Reading {
  const written = value.replace(new RegExp(OWN_PATH, "g"), SYSTEMD_PATH);
  const reason = `nobody expands ${OWN_PATH.exec(value)?.[0]}: systemd's own PATH is written out in its place`;
  return { line, part, steps: [put("environment", ["PATH"], written)], notes: [reason] };
}

function environmentFiles(lines: readonly Line[], unit: UnitName): Reading[] {
  return lines
    .filter(({ value }) => value !== "")
    .map((line): Reading => {
      const { text: path, unknown } = expand(line.value, unit);
      if (unknown.length > 0) return { line, reason: onlyHost(unknown) };
      if (/[*?[]/.test(path)) return { line, reason: "is a pattern: name each file in 'environmentFiles'" };
      return { line, steps: [add("environmentFiles", plain(path))] };
    });
}

/** A span of time as the library has it. */
function duration(span: number): Written<Duration> {
  if (span % 60_000 === 0) return call("Duration.minutes", [span / 60_000], Duration.minutes(span / 60_000));
  if (span % 1000 === 0) return call("Duration.seconds", [span / 1000], Duration.seconds(span / 1000));
  return call("Duration.milliseconds", [Math.ceil(span)], Duration.milliseconds(Math.ceil(span)));
}

function startTimeout(lines: readonly Line[]): Reading[] {
  const line = lines[lines.length - 1];
  const span = milliseconds(line.value) ?? 0;
  const beside = directivesBeside(line.section, line.name).map((name) => ({
    ...{ line, part: name },
    steps: [put("directives", [line.section, name], line.value)],
  }));
  const reason = "an apply has to know when a start has failed: say how long it may take in 'startTimeout'";
  const start = span === 0 ? { line, reason } : { line, steps: [set("startTimeout", duration(span))] };
  return [start, ...beside];
}

function watchdog(lines: readonly Line[]): Reading[] {
  const line = lines[lines.length - 1];
  const span = milliseconds(line.value) ?? 0;
  return [{ line, steps: [set("watchdog", span === 0 ? plain(false) : duration(span))] }];
}

function notify(lines: readonly Line[]): Reading[] {
  const line = lines[lines.length - 1];
  // A daemon is what the declaration begins with.
  if (line.value === "simple" || line.value === "forking") return [];
  const isNotify = line.value.startsWith("notify");
  const notes =
    line.value === "notify" ? [] : ["a Puma is 'notify' or simple here, and stays in the foreground"];
  return isNotify
    ? [{ line, steps: [set("notify", plain(true))], notes }]
    : notes.map((reason) => ({ line, reason }));
}

function binds(lines: readonly Line[], unit: UnitName): Reading[] {
  return lines
    .filter(({ name, value }) => name === "ListenStream" && value !== "")
    .map((line): Reading => {
      try {
        const { bind, notes } = bindOfSystemd(expand(line.value, unit).text);
        return { line, steps: [add("binds", bind)], notes };
      } catch (error) {
        return { line, reason: reasonOf(error) };
      }
    });
}
