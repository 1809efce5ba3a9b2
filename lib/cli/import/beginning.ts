import { Bind } from "../../puma/bind";
import { unquote } from "../../systemd/unquote";
import { PropPath } from "../../values/prop-path";
import { add, type Declaration, type DeclaredSocket, type Fields } from "./declaration";
import { type Attempt, Draft, type Note } from "./draft";
import { variablesOf } from "./environment";
import { byFile, readExecStart, type Start, type Surroundings } from "./exec-start";
import { readOption, secureBinds } from "./options";
import { propOf, type PumaOption, pumaOptions } from "./puma-arguments";
import { OF_SOCKET, type Reading } from "./readers";
import { reasonOf, Refusal } from "./refusal";
import { type Values } from "./shell";
import { expand, type UnitName } from "../../systemd/specifiers";
import { type Line, type Said, valuesOf } from "./unit";
import { call, list, plain } from "./written";

/** What is imported: what a service's unit and its sockets' say, and under which names. */
export interface Subject {
  readonly service: readonly Said[];
  readonly sockets: readonly SocketSubject[];
  /** The service's name, as specifiers ask for it. */
  readonly unit: UnitName;
  /** Name of the unit that is declared, without its suffix. */
  readonly name: string;
  /** Whether a user's own manager ran it. */
  readonly isOfUser: boolean;
}

/** What is imported of a socket. */
export interface SocketSubject {
  readonly said: readonly Said[];
  /** Its name, as specifiers ask for it. */
  readonly unit: UnitName;
  /** Name of the unit that is declared, without its suffix. */
  readonly name: string;
}

/** A declaration of what no service can be without, and what is still to be declared. */
export interface Beginning {
  readonly draft: Draft;
  /** Puma's arguments. */
  readonly ofService: readonly Reading[];
  /** The binds of each socket. */
  readonly ofSockets: readonly (readonly Reading[])[];
  /** Whether Puma's arguments say its environment. */
  readonly saysEnvironment: boolean;
  /** Whether the command before them does. */
  readonly passesEnvironment: boolean;
}

const NO_CONFIG =
  "names no configuration file: Puma looks for config/puma/ENVIRONMENT.rb and config/puma.rb; name yours in 'configFile', or its binds in 'binds'";

/**
 * Declares the command, the user, the directory, and what Puma listens on.
 * @throws a Refusal if one of them is missing, or is nothing that the library could take
 */
export function begin(subject: Subject): Beginning {
  const { line, fields, notes, options, held, readings } = readCommand(subject);
  const firsts = held.map((readings) => readings.find(isAttempt));
  const isHeld = firsts.some((first) => first !== undefined);
  const bind = isHeld ? undefined : readings.filter(isAttempt).find(isBind);
  const config = configOf(options, isHeld || bind !== undefined);
  const daemon = daemonOf(subject, line, options);
  const declared = { ...fields, ...config.fields, ...daemon.fields, ...(bind && fieldsOf(bind)) };
  const draft = draftOf(subject, line, declared, firsts);
  const told = [...notes, ...daemon.notes, ...noted(line, config.notes)];
  for (const note of [...told, ...[...firsts, bind].flatMap(notesOf)]) draft.note(note);
  return {
    draft,
    ofService: readings.filter((reading) => reading !== bind),
    ofSockets: held.map((readings, i) => readings.filter((reading) => reading !== firsts[i])),
    saysEnvironment: options.some((option) => propOf(option) === "rackEnv"),
    passesEnvironment: /\b(?:APP|RACK|RAILS)_ENV=/.test(line.value),
  };
}

/** What is read of a command. */
interface Command {
  readonly line: Line;
  readonly fields: Fields;
  readonly notes: readonly Note[];
  readonly options: readonly PumaOption[];
  /** The binds of each socket. */
  readonly held: readonly (readonly Reading[])[];
  /** Of the options. */
  readonly readings: readonly Reading[];
}

function readCommand(subject: Subject): Command {
  const line = execStartOf(subject.service);
  const values = valuesIn(subject);
  const { directory, notes } = directoryOf(subject, line);
  const start = startOf(line, { unit: subject.unit, directory, values });
  const options = pumaOptions(start.args);
  const held = subject.sockets.map((socket) => heldBinds(socket, options, directory));
  const all = held.flat();
  const socketBinds = all.some(isAttempt) ? all.flatMap(bindsOf) : undefined;
  return {
    ...{ line, options, held },
    fields: { workingDirectory: plain(directory), command: start.command, ...accountsOf(subject) },
    notes: [...notes, ...noted(line, start.notes)],
    readings: options.flatMap((option) => readOption(option, { line, directory, values, socketBinds })),
  };
}

function noted(line: Line, reasons: readonly string[]): Note[] {
  return reasons.map((reason) => ({ line, reason, isSaid: true }));
}

function notesOf(attempt: Attempt | undefined): Note[] {
  return attempt === undefined ? [] : noted(attempt.line, attempt.notes ?? []);
}

function isAttempt(reading: Reading): reading is Attempt {
  return "steps" in reading;
}

/** Whether it is for a bind: without any, a service that names no configuration file is none. */
function isBind(attempt: Attempt): boolean {
  return fieldsOf(attempt).binds !== undefined;
}

/** What is declared by an attempt alone. */
function fieldsOf({ steps: [step] }: Attempt): Fields {
  return step?.({}) ?? {};
}

function bindsOf(reading: Reading): Bind[] {
  return isAttempt(reading) ? ((fieldsOf(reading).binds?.value ?? []) as Bind[]) : [];
}

/** The binds of a socket, those of them with TLS of which Puma's own options say how. */
function heldBinds(
  { said, unit }: SocketSubject,
  options: readonly PumaOption[],
  directory: string,
): Reading[] {
  const readings = OF_SOCKET.binds?.(valuesOf(said, "Socket", "ListenStream"), unit) ?? [];
  const secure = secureBinds(options, directory);
  return readings.map((reading) => {
    const [bind] = bindsOf(reading);
    const same = secure.find(({ value }) => value.listenStream === bind?.listenStream);
    return same === undefined ? reading : { ...reading, steps: [add("binds", same)] };
  });
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
    return byFile(`${reasonOf(error)}: write the command into a file`);
  }
}

function wordsOf(line: Line): string[] {
  return unquote(PropPath.of(line.name), line.value).map(({ text }) => text);
}

/** Where the application is, and what is not so plain about that. */
function directoryOf({ service, unit }: Subject, start: Line): { directory: string; notes: Note[] } {
  const line = valuesOf(service, "Service", "WorkingDirectory").at(-1);
  if (line === undefined || line.value === "") return directoryIn(start);
  const { text } = expand(line.value, unit);
  const isOptional = { line, reason: "has to be there, and nothing starts without it", isSaid: true };
  if (text.startsWith("-")) return { directory: text.slice(1), notes: [isOptional] };
  if (text !== "~") return { directory: text, notes: [] };
  const user = valuesOf(service, "Service", "User").at(-1)?.value ?? "root";
  const home = user === "root" ? "/root" : `/home/${user}`;
  return {
    directory: home,
    notes: [{ line, reason: `is the home of ${user}: ${home}, or another one`, isSaid: true }],
  };
}

/** What the command says of it. */
function directoryIn(line: Line): { directory: string; notes: Note[] } {
  const words = wordsOf(line);
  const dir = words.includes("--dir") ? words[words.indexOf("--dir") + 1] : undefined;
  const [, changed] = /(?:^|[\s;'"])cd\s+(\/[^\s;&'"]+)/.exec(words.join(" ")) ?? [];
  const directory = dir ?? changed ?? "/";
  const reason = `is run in ${directory}: say in 'workingDirectory' where the application is`;
  return { directory, notes: [{ line, reason, isSaid: true }] };
}

function accountsOf({ service, unit }: Subject): Fields {
  return Object.fromEntries(
    ["User", "Group"].flatMap((name) => {
      const value = valuesOf(service, "Service", name).at(-1)?.value ?? "";
      return value === "" ? [] : [[name.toLowerCase(), plain(expand(value, unit).text)]];
    }),
  );
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

const PUMA_4 =
  "is for Puma 4 alone: from 5 on Puma stays in the foreground, so leave 'daemon' away and say its own 'pumaVersion'";

/** Whether Puma goes to the background: by its command, or by a configuration file if systemd expects it. */
function daemonOf(
  { service }: Subject,
  start: Line,
  options: readonly PumaOption[],
): { fields: Fields; notes: Note[] } {
  const type = valuesOf(service, "Service", "Type").at(-1);
  const option = options.find((one) => propOf(one) === "daemon");
  const isDaemon = option !== undefined || type?.value === "forking";
  if (!isDaemon) return { fields: {}, notes: [] };
  const [line, part] = option
    ? [start, option.words.map(({ raw }) => raw).join(" ")]
    : [type ?? start, undefined];
  return {
    fields: { daemon: plain(true), pumaVersion: plain("4.3") },
    notes: [{ line, part, reason: PUMA_4, isSaid: true }],
  };
}

/** Sockets that have a bind. */
function begun(
  sockets: readonly SocketSubject[],
  firsts: readonly (Attempt | undefined)[],
): DeclaredSocket[] {
  return sockets.flatMap(({ name }, i) => {
    const first = firsts[i];
    return first === undefined ? [] : [{ name, fields: fieldsOf(first) }];
  });
}

function draftOf(
  { service, name, sockets }: Subject,
  start: Line,
  fields: Fields,
  firsts: readonly (Attempt | undefined)[],
): Draft {
  const declaration: Declaration = { name, service: fields, sockets: begun(sockets, firsts) };
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
