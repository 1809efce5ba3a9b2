import { checkWithout } from "../values/check";
import { PropPath } from "../values/prop-path";
import { BLANK, type Block, checkSectionName, comment, type Directive, directive } from "./entry";
import { isContinued, strip } from "./line";

/** A line of a unit file, its continuations joined. */
interface Line {
  readonly number: number;
  readonly text: string;
}

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Reads a unit file as systemd does (systemd.syntax(7), config_parse() in its sources). What systemd would skip with
 * no more than a warning in its journal is an error here, since it can only be a slip.
 */
export function parseBlocks(text: string): Block[] {
  checkWithout(PropPath.of("unit file"), text, /\0/, "NUL");
  const blocks: Block[] = [{ entries: [] }];
  for (const line of logicalLines(text)) readLine(line, blocks);
  return blocks;
}

/** A directive, and where in its file it stands. */
export interface Assignment {
  readonly line: number;
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

/** The directives of a unit file, each with the number of the line that it begins in. */
export function parseAssignments(text: string): Assignment[] {
  checkWithout(PropPath.of("unit file"), text, /\0/, "NUL");
  const blocks: Block[] = [{ entries: [] }];
  return [...logicalLines(text)].flatMap((line) => {
    readLine(line, blocks);
    const { name: section = "", entries } = blocks[blocks.length - 1];
    const entry = entries.at(-1);
    return entry?.kind === "directive"
      ? [{ line: line.number, section, name: entry.name, value: entry.value }]
      : [];
  });
}

/** Joins continued lines. Comments among them are skipped over: they come out before the line they stand in. */
function* logicalLines(text: string): Generator<Line> {
  let open: Line | undefined;
  for (const { number, text: raw } of physicalLines(text)) {
    if (isComment(raw)) {
      yield { number, text: raw };
      continue;
    }
    const joined: Line = { number: open?.number ?? number, text: (open?.text ?? "") + raw };
    open = isContinued(joined.text) ? { ...joined, text: `${joined.text.slice(0, -1)} ` } : undefined;
    if (!open) yield joined;
  }
  if (open) yield open;
}

function physicalLines(text: string): Line[] {
  const lines = text.split(/\r\n|\n\r|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  // systemd drops the first mark that begins a line, whichever line that is.
  const marked = lines.findIndex((line) => !isComment(line) && line.startsWith(BYTE_ORDER_MARK));
  return lines.map((line, i) => ({ number: i + 1, text: i === marked ? line.slice(1) : line }));
}

function isComment(line: string): boolean {
  return /^[ \t]*[#;]/.test(line);
}

function readLine(line: Line, blocks: Block[]): void {
  const text = strip(line.text);
  const at = PropPath.of(`line ${line.number}`);
  const entries = blocks[blocks.length - 1].entries;
  if (text === "") entries.push(BLANK);
  else if (isComment(text)) entries.push(comment(at, text));
  else if (text.startsWith("[")) blocks.push({ name: sectionName(at, text), entries: [] });
  else entries.push(assignment(at, text, blocks[blocks.length - 1].name));
}

function sectionName(at: PropPath, text: string): string {
  if (!text.endsWith("]")) at.refuse("end with ']', as a section header", text);
  const name = text.slice(1, -1);
  checkSectionName(at, name);
  return name;
}

function assignment(at: PropPath, text: string, section: string | undefined): Directive {
  const equals = text.indexOf("=");
  if (equals < 0) at.refuse("be a [Section], a Name=value or a # comment", text);
  if (section === undefined) return at.refuse("come after a section header", text);
  const name = strip(text.slice(0, equals));
  return directive(at.key(section).key(name), name, strip(text.slice(equals + 1)));
}
