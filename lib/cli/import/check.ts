import {
  knownSince,
  nearest,
  SECTIONS,
  type SectionName,
  sectionsOf,
  sectionsWith,
} from "../../systemd/directives";
import { unquote } from "../../systemd/unquote";
import { PropPath } from "../../values/prop-path";
import { reasonOf, Refusal } from "./refusal";
import { type Line, type Unit } from "./unit";

/** What stands in examples where somebody is to write something else. */
const PLACEHOLDER = /<[\w-]+(?: [\w-]+)*>|\{\{.*?\}\}|<%.*?%>/;

/**
 * Refuses what can only be a slip, though systemd may go on with a warning: a placeholder, a misspelt name, a missing header.
 */
export function checkUnit(unit: Unit): void {
  const { fileName, lines } = unit;
  for (const line of lines) {
    checkPlaceholder(line);
    checkQuotes(line);
    checkSection(fileName, line);
    if (sectionsOf(fileName).includes(line.section as SectionName)) checkName(unit, line);
  }
}

/** Why systemd ignores a line; undefined where it does not. */
export function whyIgnored({ fileName }: Unit, { section, name }: Line): string | undefined {
  const isKnown = SECTIONS.includes(section as SectionName);
  if (!isKnown) return section.startsWith("X-") ? "not for systemd" : `systemd knows no section [${section}]`;
  if (!sectionsOf(fileName).includes(section as SectionName))
    return `systemd ignores [${section}] in a ${fileName.replace(/^.*\./, ".")} file`;
  if (knownSince(section as SectionName, name) !== undefined) return undefined;
  const elsewhere = sectionsWith(name);
  return elsewhere.length === 0 ? "systemd does not know it" : misplaced(section, elsewhere);
}

function misplaced(section: string, elsewhere: readonly string[]): string {
  return `systemd ignores it in [${section}], as it belongs to [${elsewhere.join("] or [")}]`;
}

/** What a unit is called is for people to read, whatever stands in it. */
function checkPlaceholder(line: Line): void {
  if (line.name === "Description") return;
  const [placeholder] = PLACEHOLDER.exec(line.value) ?? [];
  if (placeholder === undefined) return;
  throw new Refusal(line, `${line.name}= has the placeholder ${placeholder}: put in what it stands for`);
}

/** systemd ignores a line with a quote that is not closed. */
function checkQuotes(line: Line): void {
  if (!/^Exec|^Environment$/.test(line.name)) return;
  try {
    unquote(PropPath.of(line.name), line.value);
  } catch (error) {
    throw new Refusal(line, `${line.name}= ${reasonOf(error)}`);
  }
}

/** A section that systemd does not know, and in it what belongs into this unit. */
function checkSection(fileName: string, line: Line): void {
  const { section, name } = line;
  if (SECTIONS.includes(section as SectionName) || section.startsWith("X-")) return;
  const meant = sectionsWith(name).filter((one) => sectionsOf(fileName).includes(one));
  if (meant.length === 0) return;
  const means = `${name}= belongs to [${meant.join("] or [")}]`;
  throw new Refusal(line, `stands in [${section}], which systemd ignores: ${means}`);
}

function checkName({ fileName, lines }: Unit, line: Line): void {
  const { name, section } = line;
  if (knownSince(section as SectionName, name) !== undefined) return;
  const elsewhere = sectionsWith(name);
  // Without its command a service does not even load: a header is missing.
  const isHeadless =
    fileName.endsWith(".service") &&
    !lines.some((one) => one.section === "Service" && one.name === "ExecStart");
  if (elsewhere.includes("Service") && isHeadless)
    throw new Refusal(line, `${name}=: ${misplaced(section, elsewhere)}`);
  const near = elsewhere.length > 0 ? undefined : nearest(section as SectionName, name);
  if (near !== undefined)
    throw new Refusal(line, `systemd knows no ${name}= in [${section}]; did you mean ${near}=?`);
}
