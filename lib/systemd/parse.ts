import { refuse, refuseMatch } from "../values/check";
import { BLANK, type Block, checkSectionName, comment, directive } from "./entry";
import { isContinued, strip } from "./text";

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
  refuseMatch("unit file", text, /\0/, "NUL");
  const blocks: Block[] = [{ entries: [] }];
  for (const line of logicalLines(text)) readLine(line, blocks);
  return blocks;
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
  const entries = blocks[blocks.length - 1].entries;
  if (text === "") entries.push(BLANK);
  else if (isComment(text)) entries.push(comment(`line ${line.number}`, text));
  else if (text.startsWith("[")) blocks.push({ name: sectionName(line.number, text), entries: [] });
  else entries.push(assignment(line.number, text, blocks[blocks.length - 1].name));
}

function sectionName(number: number, text: string): string {
  if (!text.endsWith("]")) refuse(`line ${number}`, "end with ']', as a section header", text);
  const name = text.slice(1, -1);
  checkSectionName(`line ${number}`, name);
  return name;
}

function assignment(number: number, text: string, section: string | undefined) {
  const equals = text.indexOf("=");
  if (equals < 0) refuse(`line ${number}`, "be a [Section], a Name=value or a # comment", text);
  if (section === undefined) refuse(`line ${number}`, "come after a section header", text);
  const name = strip(text.slice(0, equals));
  return directive(`line ${number}: [${section}] ${name}`, name, strip(text.slice(equals + 1)));
}
