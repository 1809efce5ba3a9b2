import {
  goneSince,
  knownSince,
  nearest,
  type SectionName,
  sectionsOf,
  sectionsWith,
} from "../systemd/directives";
import { VERSIONS } from "../systemd/directive-table";
import { type Directive } from "../systemd/entry";
import { checkValue } from "../systemd/line";
import { UnitFile } from "../systemd/unit-file";
import { takenBy, valueProblem } from "../systemd/values";
import { checkNormal } from "../values/characters";
import { checkKnown, checkObject } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { roleOf } from "./directive-table";

/** A directive's value in systemd's own syntax: specifiers such as `%n` work, nothing is escaped. */
export type DirectiveValue = string | number | boolean;

/** Raw directives: section → directive → value. A value replaces, a list is added, and "" resets. */
export type Directives = Record<string, Record<string, DirectiveValue | DirectiveValue[]>>;

type Value = DirectiveValue | DirectiveValue[];

/**
 * Writes raw directives into a unit.
 * @param at the construct that they were given to
 * @throws if systemd does not know one of them there, or if it would break the unit or a promise of this library
 */
export function applyDirectives(
  at: PropPath,
  unit: UnitFile,
  kind: "service" | "socket",
  directives: Directives = {},
): void {
  const all = at.key("directives");
  for (const [name, entries] of Object.entries(checkObject(all, directives))) {
    applyLines(all.key(name), unit, checkSection(all, kind, name), entries);
  }
}

/**
 * Writes lines into a section of a unit.
 * @param at where they were given
 * @throws as {@link applyDirectives} does
 */
export function applyLines(
  at: PropPath,
  unit: UnitFile,
  section: SectionName,
  lines: Directives[string],
): void {
  for (const [directive, value] of Object.entries(checkObject(at, lines))) {
    const place = at.key(directive);
    checkPromise(place, unit, section, directive, value);
    checkName(place, section, directive);
    checkAdded(place, unit, section, directive, value);
    write(place, unit, section, directive, value);
    checkValues(place, section, directive, value);
  }
}

/**
 * The lines of a drop-in of a unit that something else owns: of that, this library has promised nothing.
 * @param at the construct that they were given to
 * @throws if there are none, or systemd does not know one of them there
 */
export function writeDropIn(at: PropPath, directives: Directives): UnitFile {
  const all = at.key("directives");
  const unit = new UnitFile();
  for (const [name, entries] of Object.entries(checkObject(all, directives))) {
    if (name === "Install") all.key(name).fail(NOT_INSTALLED);
    const known = SECTIONS_OF_DROP_INS.find((one) => one === name);
    const section = known ?? all.refuse("be in one of the sections Unit, Service", name);
    for (const [directive, value] of Object.entries(checkObject(all.key(name), entries))) {
      const place = all.key(name).key(directive);
      checkName(place, section, directive);
      if (directive === "ExecStart") checkReset(place, value);
      write(place, unit, section, directive, value);
      checkValues(place, section, directive, value);
    }
  }
  if (unit.lines.length === 0) all.fail("must have a line");
  return unit;
}

const SECTIONS_OF_DROP_INS = ["Unit", "Service"] as const;

const NOT_INSTALLED =
  "must be left away: whoever owns the unit says what it is enabled for, and a drop-in has no say in it";

/** Two of them are an error to systemd, and the unit has one. */
function checkReset(at: PropPath, value: Value): void {
  if ([value].flat()[0] !== "")
    at.refuse('be a list that begins with "", as the unit has one already', value);
}

/**
 * Throws if a systemd of this version does not know a directive of the unit. Of the versions between two that were
 * asked, the table cannot tell: the host's own systemd will, at apply.
 */
export function checkSystemdVersion(at: PropPath, unit: UnitFile, version: number): void {
  for (const section of unit._sections) {
    for (const entry of section.entries) {
      if (entry.kind !== "directive") continue;
      const without = lastWithout(knownSince(section.name as SectionName, entry.name));
      const until = goneSince(section.name as SectionName, entry.name) ?? Infinity;
      if (version <= without) at.refuse(`be newer than ${without} for ${entry.name}=`, version);
      if (version >= until) at.refuse(`be less than ${until} for ${entry.name}=`, version);
      checkValueVersion(at, section.name as SectionName, entry, version);
    }
  }
}

/** Refuses a version that does not take a value yet, or no more: systemd ignores it there, with a warning. */
function checkValueVersion(
  at: PropPath,
  section: SectionName,
  { name, value }: Directive,
  version: number,
): void {
  const taken = takenBy(section, name, value) ?? [];
  const last = taken.at(-1);
  if (last === undefined || askedAround(version).some((asked) => taken.includes(asked))) return;
  const [first = last] = taken;
  if (version < first) at.refuse(`be newer than ${lastWithout(first)} for ${name}=${value}`, version);
  at.refuse(`be at most ${last} for ${name}=${value}`, version);
}

/** Those of the versions asked that tell of a version: itself, or those before and behind it. */
function askedAround(version: number): number[] {
  const around = [
    VERSIONS.filter((asked) => asked <= version).at(-1),
    VERSIONS.find((asked) => asked >= version),
  ];
  return around.filter((asked) => asked !== undefined);
}

function lastWithout(since: number | undefined): number {
  return VERSIONS.filter((version) => since !== undefined && version < since).at(-1) ?? 0;
}

function checkSection(at: PropPath, kind: "service" | "socket", name: string): SectionName {
  const sections = sectionsOf(`x.${kind}`);
  const section = sections.find((known) => known === name);
  if (section !== undefined) return section;
  const of = sections.find((known) => knownSince(known, name) !== undefined);
  const remedy = of === undefined ? "" : `: write { ${of}: { ${name}: … } }`;
  return at.refuse(`be in one of the sections ${sections.join(", ")}${remedy}`, name);
}

function checkPromise(at: PropPath, unit: UnitFile, section: SectionName, name: string, value: Value): void {
  const { use, leaveAway, breaks = () => true } = roleOf(section, name);
  const instead = use ? `use ${use}` : leaveAway && `leave it away: ${leaveAway}`;
  if (instead && breaks(unit, [value].flat().map(String)))
    at.fail(`carries a promise of this library; ${instead}`);
}

function checkName(at: PropPath, section: SectionName, name: string): void {
  if (knownSince(section, name) !== undefined) return;
  const elsewhere = sectionsWith(name);
  const near = nearest(section, name);
  const advice =
    elsewhere.length > 0
      ? `; it belongs to [${elsewhere.join("] or [")}]`
      : near && `; did you mean ${near}=?`;
  at.fail(`must be a directive that systemd knows in [${section}], got "${name}"${advice ?? ""}`);
}

function checkValues(at: PropPath, section: SectionName, name: string, value: Value): void {
  for (const one of [value].flat()) {
    const must = valueProblem(section, name, String(one));
    if (must !== undefined) at.refuse(must, one);
  }
}

function checkAdded(at: PropPath, unit: UnitFile, section: SectionName, name: string, value: Value): void {
  if (!roleOf(section, name).onlyAdded) return;
  const [ours] = unit.section(section).get(name);
  if (ours !== undefined && (!Array.isArray(value) || value.includes("")))
    at.refuse(`be a list, which is added to ${ours}`, value);
}

function write(at: PropPath, unit: UnitFile, section: SectionName, name: string, value: Value): void {
  if (Array.isArray(value)) {
    unit.section(section).add(
      name,
      value.map((one: DirectiveValue) => rendered(at, one)),
    );
  } else {
    unit.section(section).set(name, rendered(at, value as DirectiveValue));
  }
}

function rendered(at: PropPath, value: DirectiveValue): string {
  checkKnown(at, value);
  const isValue = ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
  if (!isValue) at.refuse("be a string, a number or a boolean", value);
  checkValue(at, String(value));
  checkNormal(at, String(value));
  return String(value);
}
