import {
  knownSince,
  nearest,
  SECTIONS,
  type SectionName,
  sectionsOf,
  sectionsWith,
} from "../systemd/directives";
import { unquote } from "../systemd/unquote";
import { PropPath } from "../values/prop-path";
import { reasonOf, Refusal } from "./refusal";
import { type Line, type Unit } from "./unit";

/** What stands in examples where somebody is to write something else. */
const PLACEHOLDER = /<[\w-]+(?: [\w-]+)*>|\{\{.*?\}\}|<%.*?%>/;

/**
 * Refuses what can only be a slip, though systemd may go on with a warning: a placeholder, a misspelt name, a directive in
 * a section where systemd ignores it.
 */
export function checkUnit({ fileName, lines }: Unit): void {
  for (const line of lines) {
    checkPlaceholder(line);
    checkSection(fileName, line);
    checkQuotes(line);
    if (sectionsOf(fileName).includes(line.section as SectionName)) checkName(line);
  }
}

/** Why systemd ignores a line; undefined where it does not. */
export function whyIgnored({ fileName }: Unit, { section, name }: Line): string | undefined {
  const isKnown = SECTIONS.includes(section as SectionName);
  if (!isKnown) return section.startsWith("X-") ? "not for systemd" : `systemd knows no section [${section}]`;
  if (!sectionsOf(fileName).includes(section as SectionName))
    return `systemd ignores [${section}] in a ${fileName.replace(/^.*\./, ".")} file`;
  return knownSince(section as SectionName, name) === undefined ? "systemd does not know it" : undefined;
}

function checkPlaceholder(line: Line): void {
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

function checkName(line: Line): void {
  const { name, section } = line;
  if (knownSince(section as SectionName, name) !== undefined) return;
  const elsewhere = sectionsWith(name);
  const near = nearest(section as SectionName, name);
  if (elsewhere.length > 0)
    throw new Refusal(
      line,
      `${name}= belongs to [${elsewhere.join("] or [")}], and systemd ignores it in [${section}]`,
    );
  if (near !== undefined)
    throw new Refusal(line, `systemd knows no ${name}= in [${section}]; did you mean ${near}=?`);
}
