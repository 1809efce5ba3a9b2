import { nearestName } from "../values/nearest";
import { DIRECTIVES, VERSIONS } from "./directive-table";
import { unitType } from "./names";

/** The sections whose directives are known. */
export const SECTIONS = ["Unit", "Install", "Service", "Socket"] as const;

/** A section whose directives are known. */
export type SectionName = (typeof SECTIONS)[number];

/** The versions of systemd that know a directive. */
interface Span {
  /** The first of the versions asked that knows it. */
  readonly since: number;
  /** The first that no longer does: it ignores the directive, with a warning. */
  readonly until?: number;
}

const TABLES = Object.fromEntries(SECTIONS.map((section) => [section, tableOf(section)])) as Readonly<
  Record<SectionName, ReadonlyMap<string, Span>>
>;

function tableOf(section: SectionName): ReadonlyMap<string, Span> {
  const shared = section === "Service" || section === "Socket" ? DIRECTIVES.ServiceAndSocket : {};
  return new Map([...spansOf(shared), ...spansOf(DIRECTIVES[section])]);
}

function spansOf(group: Readonly<Record<string, string>>): [string, Span][] {
  return Object.entries(group).flatMap(([span, names]) => {
    const [since, until] = span.split("-").map(Number);
    return names.split(/\s+/).flatMap((name): [string, Span][] => (name ? [[name, { since, until }]] : []));
  });
}

/** Names that begin with `X-` are left to others: systemd ignores them without a word (systemd.syntax(7)). */
function spanOf(section: SectionName, name: string): Span | undefined {
  return name.startsWith("X-") ? { since: VERSIONS[0] } : TABLES[section].get(name);
}

/**
 * The first systemd that knows a directive, of the versions that were asked: 247 for what is as old or older.
 * Undefined where none does.
 */
export function knownSince(section: SectionName, name: string): number | undefined {
  return spanOf(section, name)?.since;
}

/** The first systemd, of the versions that were asked, that no longer knows a directive which older ones do. */
export function goneSince(section: SectionName, name: string): number | undefined {
  return spanOf(section, name)?.until;
}

/** The sections in which systemd knows a directive: it ignores `User=` in [Unit]. */
export function sectionsWith(name: string): SectionName[] {
  return SECTIONS.filter((section) => TABLES[section].has(name));
}

/** The sections that a unit's file can have, by its suffix: `web.socket` has no [Service]. */
export function sectionsOf(fileName: string): SectionName[] {
  const type = unitType(fileName);
  return SECTIONS.filter(
    (section) => !["Service", "Socket"].includes(section) || section.toLowerCase() === type,
  );
}

/** The directive of a section that a misspelt name most likely means; undefined where none comes close. */
export function nearest(section: SectionName, name: string): string | undefined {
  return nearestName(name, TABLES[section].keys());
}
