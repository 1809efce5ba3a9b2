import { begin, type Subject } from "./beginning";
import { checkUnit, whyIgnored } from "./check";
import { type Declaration, put } from "./declaration";
import { Draft, type Note } from "./draft";
import { OF_SERVICE, OF_SOCKET, propsOf, type Reading } from "./readers";
import { type UnitName, unitNameOf } from "./specifiers";
import { type Line, type Said, saidBy, type Unit, type Units } from "./unit";
import { type Plain } from "./written";

/** A declaration of units, and what is not in it as it stands there. */
export interface Imported {
  readonly declaration: Declaration;
  readonly draft: Draft;
  /** The name by which specifiers were put in. */
  readonly unit: UnitName;
  readonly notes: readonly Note[];
  /** What has to be known beside the single lines. */
  readonly remarks: readonly string[];
}

const EACH = "Each other one is a PumaService of its own: import it with --instance NAME.";
const SOCKET = "It becomes a PumaSocket then, which stays open while Puma restarts.";
const OF_USER =
  "If this was a unit of a user's own manager (systemctl --user), name that user in 'user', or Puma runs as root. " +
  "Disable the old unit there before the first apply.";

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
  const { draft, readings } = begin(subject);
  const isMade = (said: Said): boolean => said.section === "Service" && BEGINNING.includes(said.name);
  const said = subject.service.filter((one) => !isMade(one));
  // Of several variables and flags of one meaning, the flags win.
  for (const one of said) declare(draft, "service", one, service, subject);
  for (const reading of readings) take(draft, "service", reading);
  if (draft.declaration.socket !== undefined)
    for (const one of subject.socket ?? []) declare(draft, "socket", one, sockets[0] ?? service, subject);
  for (const other of sockets.slice(1)) leaveAway(draft, other);
  return {
    declaration: draft.declaration,
    draft,
    unit: subject.unit,
    notes: draft.notes,
    remarks: remarksOf(subject, service),
  };
}

function subjectOf(service: Unit, socket: Unit | undefined, instance: string): Subject {
  const found = unitNameOf(service.fileName);
  const isTemplate =
    found.full !== `${found.prefix}.service` || service.lines.some(({ value }) => /%[iI]/.test(value));
  const unit: UnitName = isTemplate && found.instance === "" ? { ...found, instance } : found;
  const name = plainName(isTemplate ? `${unit.prefix}-${unit.instance}` : unit.prefix);
  const own = socket && unitNameOf(socket.fileName).prefix;
  return {
    ...{ unit, name, service: saidBy(service), ...(socket && { socket: saidBy(socket) }) },
    socketName: own === undefined || own === found.prefix ? name : plainName(own),
  };
}

function plainName(name: string): string {
  return name
    .replace(/\\x2d/g, "-")
    .replace(/[^A-Za-z0-9_.-]/g, "-")
    .replace(/^[-.]+/, "");
}

function take(draft: Draft, kind: "service" | "socket", reading: Reading): void {
  if ("steps" in reading) draft.attempt(kind, reading);
  else draft.note(reading);
}

function declare(draft: Draft, kind: "service" | "socket", said: Said, unit: Unit, subject: Subject): void {
  const { section, name, lines } = said;
  const [line] = lines as [Line, ...Line[]];
  const ignored = whyIgnored(unit, line);
  if (ignored !== undefined) return draft.note({ line, reason: ignored });
  const readers = kind === "service" ? OF_SERVICE : OF_SOCKET;
  const reader = propsOf(section, name)
    .map((prop) => readers[prop])
    .find((found) => found !== undefined);
  // Those of a socket are in the beginning.
  if (kind === "socket" && name === "ListenStream") return noteBinds(draft, lines, subject);
  if (reader !== undefined) for (const reading of reader(lines, subject.unit)) take(draft, kind, reading);
  else for (const reading of raw(said, subject, draft)) take(draft, kind, reading);
}

function noteBinds(draft: Draft, lines: readonly Line[], { unit }: Subject): void {
  for (const reading of OF_SOCKET.binds?.(lines, unit) ?? []) {
    if (!("steps" in reading)) draft.note(reading);
    else for (const reason of reading.notes ?? []) draft.note({ line: reading.line, reason });
  }
}

/** A directive as it is: one value in the place of the library's, or a list that is added to it. */
function raw({ section, name, lines }: Said, { unit, socketName }: Subject, draft: Draft): Reading[] {
  const [line] = lines as [Line, ...Line[]];
  const values = lines.map(({ value }) => ofInstance(value, unit));
  const other = values
    .flatMap((value) => value.split(/\s+/))
    .find((word) => word.endsWith(".socket") && word !== `${socketName}.socket`);
  if (draft.declaration.socket !== undefined && other !== undefined && section === "Unit")
    return lines.map((one) => ({ line: one, reason: `the socket is ${socketName}.socket here` }));
  const as = (value: Plain) => put("directives", [section, name], value);
  const [value] = values as [string];
  const steps = values.length === 1 ? [as(short(value)), as([short(value)])] : [as(values.map(short))];
  return [{ line, steps }];
}

/** The instance is known here, and not in the unit of a service that is none. */
function ofInstance(value: string, { instance }: UnitName): string {
  return instance === "" ? value : value.replace(/%[iI]/g, instance);
}

function short(value: string): string | number {
  return /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}

function leaveAway(draft: Draft, { lines }: Unit): void {
  for (const line of lines) draft.note({ line, reason: "a PumaService takes one PumaSocket" });
}

function remarksOf({ unit, name, service, socket }: Subject, { fileName }: Unit): string[] {
  const says = (directive: string): string[] =>
    service.flatMap((said) =>
      said.name === directive ? said.lines.flatMap(({ value }) => value.split(/\s+/)) : [],
    );
  const missing = says("Requires").find((word) => word.endsWith(".socket"));
  const isOfUser = says("WantedBy").includes("default.target") && says("User").length === 0;
  const remarks: [boolean, string][] = [
    [
      unit.instance !== "",
      `${fileName} is a template: this is its instance "${unit.instance}", as ${name}. ${EACH}`,
    ],
    [
      missing !== undefined && socket === undefined,
      `${missing} was not imported: give its file too. ${SOCKET}`,
    ],
    [isOfUser, OF_USER],
  ];
  return remarks.flatMap(([isSo, remark]) => (isSo ? [remark] : []));
}
