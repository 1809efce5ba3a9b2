import { begin, type Beginning, type Subject } from "./beginning";
import { checkUnit, whyIgnored } from "./check";
import { type Declaration, push, put, set } from "./declaration";
import { Draft, type Note } from "./draft";
import { shown } from "./environment";
import { ENVIRONMENTS } from "./options";
import { isOfUser, remarksOf } from "./remarks";
import { OF_SERVICE, OF_SOCKET, propsOf, type Reading } from "./readers";
import { expandOnly, type UnitName, unitNameOf } from "./specifiers";
import { type Line, type Said, saidBy, type Unit, type Units } from "./unit";
import { plain } from "./written";

/** A declaration of units, and what is not in it as it stands there. */
export interface Imported {
  readonly declaration: Declaration;
  readonly draft: Draft;
  /** The names by which specifiers were put in. */
  readonly unit: UnitName;
  readonly socketUnit: UnitName;
  readonly notes: readonly Note[];
  /** What has to be known beside the single lines. */
  readonly remarks: readonly string[];
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
  const subject = subjectOf(service, sockets[0], instance);
  const beginning = begin(subject);
  const { draft, ofService, ofSocket } = beginning;
  const isMade = (said: Said): boolean => said.section === "Service" && BEGINNING.includes(said.name);
  const said = subject.service.filter((one) => !isMade(one));
  // Of several variables and flags of one meaning, the flags win.
  for (const one of said) declare(draft, "service", one, service, subject);
  for (const reading of ofService) take(draft, "service", reading);
  for (const reading of ofSocket) take(draft, "socket", reading);
  declareSockets(draft, sockets, subject);
  const remarks = [...remarksOf(subject, service), ...environmentRemark(beginning)];
  const { unit, socketUnit } = subject;
  return { declaration: draft.declaration, draft, unit, socketUnit, notes: draft.notes, remarks };
}

function declareSockets(draft: Draft, [socket, ...others]: readonly Unit[], subject: Subject): void {
  const isDeclared = draft.declaration.socket !== undefined;
  const said = (subject.socket ?? []).filter(({ name }) => name !== "ListenStream");
  if (socket && isDeclared) for (const one of said) declare(draft, "socket", one, socket, subject);
  else
    for (const { lines } of said)
      leaveAway(draft, lines, "no ListenStream= is there that Puma could be given");
  for (const { lines } of others) leaveAway(draft, lines, "a PumaService takes one PumaSocket");
}

/** The library names an environment where the unit names none. */
function environmentRemark({ draft, saysEnvironment, passesEnvironment }: Beginning): string[] {
  const { environment } = draft.declaration.service;
  const names = Object.keys((environment?.value ?? {}) as object);
  if (saysEnvironment || names.some((name) => ENVIRONMENTS.includes(name))) return [];
  draft.take("service", set("rackEnv", plain(false)));
  return passesEnvironment
    ? []
    : ["Nothing in the unit says which environment the application is in: name it in 'rackEnv'."];
}

function subjectOf(service: Unit, socket: Unit | undefined, instance: string): Subject {
  const found = unitNameOf(service.fileName);
  const isTemplate =
    found.full !== `${found.prefix}.service` || service.lines.some(({ value }) => /%[iI]/.test(value));
  const own = { home: homeOf(service), ...(isTemplate && { instance: found.instance || instance }) };
  const [unit, socketUnit] = [found, unitNameOf(socket?.fileName ?? service.fileName)].map((name) => ({
    ...name,
    ...own,
  }));
  const name = nameOf(unit);
  return {
    ...{ unit, socketUnit, name, service: saidBy(service), ...(socket && { socket: saidBy(socket) }) },
    socketName: nameOf(socketUnit),
    isOfUser: isOfUser(service),
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

function take(draft: Draft, kind: "service" | "socket", reading: Reading): void {
  if ("steps" in reading) draft.attempt(kind, reading);
  else draft.note(reading);
}

function declare(draft: Draft, kind: "service" | "socket", said: Said, unit: Unit, subject: Subject): void {
  const { section, name, lines } = said;
  const [line] = lines as [Line, ...Line[]];
  const ignored = whyIgnored(unit, line);
  if (ignored !== undefined) return leaveAway(draft, lines, ignored);
  const readers = kind === "service" ? OF_SERVICE : OF_SOCKET;
  const reader = propsOf(section, name)
    .map((prop) => readers[prop])
    .find((found) => found !== undefined);
  if (reader !== undefined)
    for (const reading of reader(lines, kind === "service" ? subject.unit : subject.socketUnit))
      take(draft, kind, reading);
  else for (const reading of raw(said, subject, draft, kind)) take(draft, kind, reading);
}

/** A directive as it is: one value in the place of the library's, or a list that is added to it. */
function raw(said: Said, subject: Subject, draft: Draft, kind: "service" | "socket"): Reading[] {
  const isPlain = (one: Line): boolean => shown(one) === `${one.name}=${one.value}`;
  const reason = "a secret is in it: keep it in a file that only root may read";
  const secret = said.lines.filter((line) => !isPlain(line)).map((line) => ({ line, reason }));
  const lines = said.lines.filter(isPlain);
  return [...(lines.length > 0 ? plainly({ ...said, lines }, subject, draft, kind) : []), ...secret];
}

function plainly(said: Said, subject: Subject, draft: Draft, kind: "service" | "socket"): Reading[] {
  const { section, name, lines } = said;
  if (namesAnotherSocket(said, subject, draft))
    return lines.map((line) => ({ line, reason: `the socket is ${subject.socketName}.socket here` }));
  const values = lines.map(({ value }) => underItsName(value, subject));
  const file = `${kind === "service" ? subject.name : subject.socketName}.${kind}`;
  const written = draft.units.get(file)?.section(section).get(name) ?? [];
  if (values.every((value) => written.includes(value))) return [];
  const path = [section, name];
  return lines.map((line, i) => {
    const value = short(values[i] ?? "");
    const added = push("directives", path, value);
    return { line, steps: lines.length > 1 ? [added] : [put("directives", path, value), added] };
  });
}

function namesAnotherSocket({ section, lines }: Said, { socketName }: Subject, draft: Draft): boolean {
  const words = lines.flatMap(({ value }) => value.split(/\s+/));
  const isOther = words.some((word) => word.endsWith(".socket") && word !== `${socketName}.socket`);
  return isOther && section === "Unit" && draft.declaration.socket !== undefined;
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
