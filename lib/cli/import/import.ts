import { begin, type Beginning, type SocketSubject, type Subject } from "./beginning";
import { checkUnit, whyIgnored } from "./check";
import { type Declaration, push, put, set, type Step } from "./declaration";
import { Draft, type Note } from "./draft";
import { shown } from "./environment";
import { OF_LOGS, readLogs } from "./logs";
import { ENVIRONMENTS } from "./options";
import { isOfUser, remarksOf } from "./remarks";
import { OF_SERVICE, OF_SOCKET, propsOf, type Reading } from "./readers";
import { expandOnly, type UnitName, unitNameOf } from "../../systemd/specifiers";
import { type Line, type Said, saidBy, type Unit, type Units } from "./unit";
import { plain } from "./written";

/** A declaration of units, and what is not in it as it stands there. */
export interface Imported {
  readonly declaration: Declaration;
  readonly draft: Draft;
  /** Of each unit that is declared, by its file's name, what it is made from. */
  readonly sources: ReadonlyMap<string, Origin>;
  readonly notes: readonly Note[];
  /** What has to be known beside the single lines. */
  readonly remarks: readonly string[];
}

/** A unit that is imported. */
export interface Origin {
  readonly source: Unit;
  /** The name by which specifiers are put in. */
  readonly unit: UnitName;
}

/** A unit that is declared, and what it is made from. */
interface Part extends Origin {
  /** Its file's name. */
  readonly file: string;
}

/** What begins a declaration. */
const BEGINNING = ["ExecStart", "WorkingDirectory", "User", "Group"];

/**
 * Declares what the units say, as far as the library takes it.
 * @param instance of a template
 * @throws a Refusal of what can only be a slip, or is no service of Puma's
 */
export function importUnits({ service, sockets }: Units, instance = "main"): Imported {
  for (const unit of [service, ...sockets]) checkUnit(unit);
  const subject = subjectOf(service, sockets, instance);
  const beginning = begin(subject);
  const { draft, ofSockets } = beginning;
  const part = { file: `${subject.name}.service`, unit: subject.unit, source: service };
  const parts = subject.sockets.map(({ name, unit }, i): Part => ({
    ...{ file: `${name}.socket`, unit, source: sockets[i] as Unit },
  }));
  declareService(beginning, part, subject);
  parts.forEach((one, i) => ofSockets[i]?.forEach((reading) => take(draft, one, reading)));
  parts.forEach((one, i) => declareSocket(draft, one, subject.sockets[i]?.said ?? [], subject));
  const remarks = [...remarksOf(subject, service), ...socketRemark(draft), ...environmentRemark(beginning)];
  const sources = new Map([part, ...parts].map((one) => [one.file, one]));
  return { declaration: draft.declaration, draft, sources, notes: draft.notes, remarks };
}

function declareService({ draft, ofService }: Beginning, part: Part, subject: Subject): void {
  const logs = readLogs(subject.service, subject.unit);
  const elsewhere = [...BEGINNING, ...(logs ? OF_LOGS : [])];
  const said = subject.service.filter(
    ({ section, name }) => section !== "Service" || !elsewhere.includes(name),
  );
  // Of several variables and flags of one meaning, the flags win.
  for (const one of said) declare(draft, part, one, subject);
  for (const reading of [...(logs ?? []), ...ofService]) take(draft, part, reading);
}

function declareSocket(draft: Draft, part: Part, said: readonly Said[], subject: Subject): void {
  const isDeclared = draft.units.has(part.file);
  for (const one of said) {
    if (one.name === "ListenStream") continue;
    if (isDeclared) declare(draft, part, one, subject);
    else leaveAway(draft, one.lines, "no ListenStream= is there that Puma could be given");
  }
  if (isDeclared) leaveOpen(draft, part.file, said);
}

/** What a PumaSocket says of its own accord, and systemd does not: any of it would close and open the socket that is there. */
const AS_SYSTEMD: Readonly<Record<string, Step>> = {
  Backlog: put("directives", ["Socket", "Backlog"], 4294967295),
  NoDelay: set("noDelay", plain(false)),
  ReusePort: set("reusePort", plain(false)),
  DeferAcceptSec: set("deferAccept", plain(false)),
};

/** Has the first apply leave the socket as it is, so that no connection is lost by that. */
function leaveOpen(draft: Draft, file: string, said: readonly Said[]): void {
  for (const [name, step] of Object.entries(AS_SYSTEMD))
    if (!said.some((one) => one.section === "Socket" && one.name === name)) draft.take(file, step);
}

const WITHOUT_DEFERRAL =
  "The socket is what it was, so the first apply leaves it open. Later take 'deferAccept: false' away, in a quiet hour: that " +
  "closes the socket once, and from then on a restart loses no new connection.";

function socketRemark({ declaration }: Draft): string[] {
  return declaration.sockets.some(({ fields }) => fields.deferAccept?.value === false)
    ? [WITHOUT_DEFERRAL]
    : [];
}

/** The library names an environment where the unit names none. */
function environmentRemark({ draft, saysEnvironment, passesEnvironment }: Beginning): string[] {
  const { environment } = draft.declaration.service;
  const names = Object.keys((environment?.value ?? {}) as object);
  if (saysEnvironment || names.some((name) => ENVIRONMENTS.includes(name))) return [];
  draft.take(`${draft.declaration.name}.service`, set("rackEnv", plain(false)));
  return passesEnvironment
    ? []
    : ["Nothing in the unit says which environment the application is in: name it in 'rackEnv'."];
}

function subjectOf(service: Unit, sockets: readonly Unit[], instance: string): Subject {
  const found = unitNameOf(service.fileName);
  const isTemplate =
    found.full !== `${found.prefix}.service` || service.lines.some(({ value }) => /%[iI]/.test(value));
  const own = { home: homeOf(service), ...(isTemplate && { instance: found.instance || instance }) };
  const unit = { ...found, ...own };
  return {
    ...{ unit, name: nameOf(unit), service: saidBy(service), isOfUser: isOfUser(service) },
    sockets: sockets.map((socket): SocketSubject => {
      const unit = { ...unitNameOf(socket.fileName), ...own };
      return { unit, name: nameOf(unit), said: saidBy(socket) };
    }),
  };
}

/** A name that a unit of the library can have. */
function nameOf({ prefix, instance }: UnitName): string {
  return (instance === "" ? prefix : `${prefix}-${instance}`)
    .replace(/\\x2d/g, "-")
    .replace(/[^A-Za-z0-9_.-]/g, "-")
    .replace(/^[-.]+/, "");
}

/** Of whose manager runs it: root's, or a user's own, whose home other paths tell. */
function homeOf(unit: Unit): string {
  const [, home] = unit.lines.flatMap(({ value }) => /(\/home\/[\w.-]+)/.exec(value) ?? []);
  return isOfUser(unit) ? (home ?? "/home/deploy") : "/root";
}

function take(draft: Draft, { file }: Part, reading: Reading): void {
  if ("steps" in reading) draft.attempt(file, reading);
  else draft.note(reading);
}

function declare(draft: Draft, part: Part, said: Said, subject: Subject): void {
  const { section, name, lines } = said;
  const [line] = lines as [Line, ...Line[]];
  const ignored = whyIgnored(part.source, line);
  if (ignored !== undefined) return leaveAway(draft, lines, ignored);
  const readers = part.file.endsWith(".service") ? OF_SERVICE : OF_SOCKET;
  const reader = propsOf(section, name)
    .map((prop) => readers[prop])
    .find((found) => found !== undefined);
  if (reader !== undefined) for (const reading of reader(lines, part.unit)) take(draft, part, reading);
  else for (const reading of raw(said, subject, draft, part)) take(draft, part, reading);
}

/** A directive as it is: one value in the place of the library's, or a list that is added to it. */
function raw(said: Said, subject: Subject, draft: Draft, part: Part): Reading[] {
  const isPlain = (one: Line): boolean => shown(one) === `${one.name}=${one.value}`;
  const reason = "a secret is in it: keep it in a file that only root may read";
  const secret = said.lines.filter((line) => !isPlain(line)).map((line) => ({ line, reason }));
  const lines = said.lines.filter(isPlain);
  return [...(lines.length > 0 ? plainly({ ...said, lines }, subject, draft, part) : []), ...secret];
}

function plainly(said: Said, subject: Subject, draft: Draft, part: Part): Reading[] {
  const { section, name, lines } = said;
  const sockets = socketsOf(draft);
  const strangers = otherSockets(said, sockets);
  if (strangers.length > 0) return withoutSockets(said, strangers, subject, draft, part);
  const values = lines.map(({ value }) => underItsName(value, subject));
  const written = draft.units.get(part.file)?.section(section).get(name) ?? [];
  const names = written.flatMap((value) => value.split(/\s+/)).filter((word) => sockets.includes(word));
  const isWritten = (value: string): boolean =>
    written.includes(value) || value.split(/\s+/).every((word) => names.includes(word));
  if (values.every(isWritten)) return [];
  const path = [section, name];
  return lines.map((line, i) => {
    const value = short(values[i] ?? "");
    const added = push("directives", path, value);
    return { line, steps: lines.length > 1 ? [added] : [put("directives", path, value), added] };
  });
}

function socketsOf({ declaration }: Draft): string[] {
  return declaration.sockets.map(({ name }) => `${name}.socket`);
}

/** The sockets that are named in the place of the service's own: beside one of those they are what they are. */
function otherSockets({ section, lines }: Said, own: readonly string[]): string[] {
  if (section !== "Unit" || own.length === 0) return [];
  const sockets = lines.flatMap(({ value }) => value.split(/\s+/)).filter((word) => word.endsWith(".socket"));
  return sockets.some((word) => own.includes(word)) ? [] : sockets;
}

function withoutSockets(
  said: Said,
  sockets: readonly string[],
  subject: Subject,
  ...[draft, to]: [Draft, Part]
): Reading[] {
  const own = socketsOf(draft);
  const reason = `the ${own.length === 1 ? "socket is" : "sockets are"} ${own.join(" and ")} here`;
  const readings = said.lines.map((line): { line: Line; note?: Note } => {
    const words = line.value.split(/\s+/);
    const kept = words.filter((word) => !sockets.includes(word));
    if (kept.length === words.length) return { line };
    const part = kept.length > 0 ? sockets.join(" ") : undefined;
    return { line: { ...line, value: kept.join(" ") }, note: { line, part, reason } };
  });
  const lines = readings.map(({ line }) => line).filter(({ value }) => value !== "");
  const rest = lines.length > 0 ? plainly({ ...said, lines }, subject, draft, to) : [];
  return [...rest, ...readings.flatMap(({ note }) => note ?? [])];
}

/** With the specifiers put in that a service of another name, or of root's manager, would have otherwise. */
function underItsName(value: string, { unit, name, isOfUser }: Subject): string {
  const letters = [
    ...(unit.instance === "" ? "" : "iI"),
    ...(name === unit.prefix ? "" : "pPj"),
    ...(isOfUser ? "h" : ""),
  ];
  return expandOnly(letters, value, unit);
}

function short(value: string): string | number {
  return /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

function leaveAway(draft: Draft, lines: readonly Line[], reason: string): void {
  for (const line of lines) draft.note({ line, reason });
}
