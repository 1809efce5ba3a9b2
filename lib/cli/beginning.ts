import { Bind } from "../puma/bind";
import { PumaCommand } from "../puma/command";
import { unquote } from "../systemd/unquote";
import { PropPath } from "../values/prop-path";
import { type Declaration, type Fields } from "./declaration";
import { type Attempt, Draft } from "./draft";
import { variablesOf } from "./environment";
import { readExecStart, type Start, type Surroundings } from "./exec-start";
import { readOption, withTls } from "./options";
import { propOf, type PumaOption, pumaOptions } from "./puma-arguments";
import { OF_SOCKET, type Reading } from "./readers";
import { reasonOf, Refusal } from "./refusal";
import { type Values } from "./shell";
import { expand, type UnitName } from "./specifiers";
import { type Line, type Said, valuesOf } from "./unit";
import { call, list, plain, type Written } from "./written";

/** What is imported: what a service's unit and its socket's say, and under which names. */
export interface Subject {
  readonly service: readonly Said[];
  readonly socket?: readonly Said[];
  readonly unit: UnitName;
  readonly name: string;
  readonly socketName: string;
}

/** A declaration of what no service can be without, and what is still to be declared. */
export interface Beginning {
  readonly draft: Draft;
  readonly readings: readonly Reading[];
}

const NO_CONFIG =
  "names no configuration file: Puma looks for config/puma/ENVIRONMENT.rb and config/puma.rb; name yours in 'configFile', or its binds in 'binds'";

/**
 * Declares the command, the user, the directory, and what Puma listens on.
 * @throws a Refusal if one of them is missing, or is nothing that the library could take
 */
export function begin(subject: Subject): Beginning {
  const { service, unit } = subject;
  const line = execStartOf(service);
  const values = valuesIn(subject);
  const { directory, notes } = directoryOf(subject, line);
  const start = startOf(line, { unit, directory, values });
  const options = pumaOptions(start.args);
  const socketBinds = bindsOfSocket(subject);
  const readings = options.flatMap((option) => readOption(option, { line, directory, values, socketBinds }));
  const bind = readings.filter(isAttempt).find(isBind);
  const config = configOf(options, socketBinds !== undefined || bind !== undefined);
  const fields = { workingDirectory: plain(directory), command: start.command, ...accountsOf(subject) };
  const socket = socketBinds && { binds: withTls(socketBinds, options, directory) };
  const draft = draftOf(subject, line, { ...fields, ...config.fields, ...(bind && bindsIn(bind)) }, socket);
  const all = [...notes, ...start.notes, ...config.notes, ...(bind?.notes ?? [])];
  for (const reason of all) draft.note({ line, reason });
  return { draft, readings: readings.filter((reading) => reading !== bind) };
}

function isAttempt(reading: Reading): reading is Attempt {
  return "steps" in reading;
}

/** Whether it is for a bind: without any, a service that names no configuration file is none. */
function isBind(attempt: Attempt): boolean {
  return bindsIn(attempt).binds !== undefined;
}

function bindsIn({ steps: [step] }: Attempt): Fields {
  return step?.({}) ?? {};
}

function execStartOf(service: readonly Said[]): Line {
  const line = valuesOf(service, "Service", "ExecStart")
    .filter(({ value }) => value !== "")
    .at(-1);
  if (line !== undefined) return line;
  const last = service.flatMap(({ lines }) => lines).at(-1);
  throw new Refusal(last ?? { file: "the service", number: 1 }, "has no ExecStart= in [Service]");
}

/** The variables that the unit itself sets. */
function valuesIn({ service, unit }: Subject): Values {
  const variables = variablesOf(valuesOf(service, "Service", "Environment"), unit);
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function startOf(line: Line, surroundings: Surroundings): Start {
  const [program = ""] = wordsOf(line);
  const path = program.replace(/^[-@:+!|]+/, "");
  if (path.includes("/") && !/^[/%]/.test(path))
    throw new Refusal(line, `ExecStart= must begin with an absolute path, got ${path}`);
  try {
    return readExecStart(line.value, surroundings);
  } catch (error) {
    const file = "/usr/local/sbin/start-puma";
    const reason = `${reasonOf(error)}: write ${file}, which ends in 'exec' and Puma's own command with "$@"`;
    return {
      command: call("PumaCommand.executable", [file], PumaCommand.executable(file)),
      args: [],
      notes: [reason],
    };
  }
}

function wordsOf(line: Line): string[] {
  try {
    return unquote(PropPath.of(line.name), line.value).map(({ text }) => text);
  } catch (error) {
    throw new Refusal(line, `${line.name}= ${reasonOf(error)}`);
  }
}

function directoryOf({ service, unit }: Subject, start: Line): { directory: string; notes: string[] } {
  const line = valuesOf(service, "Service", "WorkingDirectory").at(-1);
  const value = expand(line?.value.replace(/^-/, "") ?? "", unit).text;
  if (value === "~") {
    const user = valuesOf(service, "Service", "User").at(-1)?.value ?? "root";
    const home = user === "root" ? "/root" : `/home/${user}`;
    return { directory: home, notes: [`WorkingDirectory=~ is the home of ${user}: ${home}, or another one`] };
  }
  if (value !== "") return { directory: value, notes: [] };
  const words = wordsOf(start);
  const dir = words[words.indexOf("--dir") + 1];
  const [, changed] = /(?:^|[\s;'"])cd\s+(\/[^\s;&'"]+)/.exec(words.join(" ")) ?? [];
  const found = (words.includes("--dir") ? dir : changed) ?? "/";
  return {
    directory: found,
    notes: [`is run in ${found}: say in 'workingDirectory' where the application is`],
  };
}

function accountsOf({ service, unit }: Subject): Fields {
  return Object.fromEntries(
    ["User", "Group"].flatMap((name) => {
      const value = valuesOf(service, "Service", name).at(-1)?.value ?? "";
      return value === "" ? [] : [[name.toLowerCase(), plain(expand(value, unit).text)]];
    }),
  );
}

function bindsOfSocket({ socket, unit }: Subject): Written<Bind>[] | undefined {
  const lines = valuesOf(socket ?? [], "Socket", "ListenStream");
  const steps = (OF_SOCKET.binds?.(lines, unit) ?? []).flatMap((reading) =>
    "steps" in reading ? reading.steps : [],
  );
  const { binds } = steps.reduce((fields, step) => step(fields), {} as Fields);
  const values = (binds?.value ?? []) as Bind[];
  const code = (binds?.code ?? []) as string[];
  return values.length === 0 ? undefined : values.map((value, i) => ({ value, code: code[i] ?? "" }));
}

/** What Puma listens on if nobody says anything. */
const OWN_BINDS = list([call("Bind.tcp", [9292], Bind.tcp(9292))]);

/** The configuration file; where nothing says what Puma listens on, the one that Puma looks for. */
function configOf(options: readonly PumaOption[], isBound: boolean): { fields: Fields; notes: string[] } {
  const option = options.filter((one) => propOf(one) === "configFile").at(-1);
  const isNone = option !== undefined && (option.flag?.long === "--no-config" || option.value === "-");
  if (isNone)
    return { fields: { configFile: plain(false), ...(!isBound && { binds: OWN_BINDS }) }, notes: [] };
  if (option?.value !== undefined) return { fields: { configFile: plain(option.value) }, notes: [] };
  return isBound
    ? { fields: {}, notes: [] }
    : { fields: { configFile: plain("config/puma.rb") }, notes: [NO_CONFIG] };
}

function draftOf(
  { service, name, socketName }: Subject,
  start: Line,
  fields: Fields,
  socket?: Fields,
): Draft {
  const declaration: Declaration = { name, service: fields, socketName, ...(socket && { socket }) };
  try {
    return new Draft(declaration);
  } catch (error) {
    const { message } = error as Error;
    const directive = { workingDirectory: "WorkingDirectory", user: "User", group: "Group" };
    const [, found] = Object.entries(directive).find(([prop]) => message.includes(`'${prop}'`)) ?? [];
    const line = valuesOf(service, "Service", found ?? "ExecStart").at(-1) ?? start;
    throw new Refusal(line, `${line.name}= ${message.replace(/^PumaS\w+ '[^']*' '[^']*': /, "")}`);
  }
}
