import { isYes } from "../../puma/unit-values";
import { unquote } from "../../systemd/unquote";
import { type UnitFile } from "../../systemd/unit-file";
import { withoutVar } from "../../values/path";
import { PropPath } from "../../values/prop-path";
import { shown, shownWords } from "./environment";
import { expand, type UnitName } from "../../systemd/specifiers";
import { milliseconds } from "../../systemd/time-span";
import { type Line, saidBy, type Unit } from "./unit";

/** A line that a file has and the unit has not, or the other way round. */
export interface Difference {
  readonly sign: "-" | "+";
  readonly section: string;
  /** As it may be shown. */
  readonly text: string;
  /** The file's line. */
  readonly line?: Line;
}

/** What a line means, and the line. */
interface Meaning {
  readonly section: string;
  readonly meaning: string;
  readonly text: string;
  readonly line?: Line;
}

/** What a unit says that its file does not, and the other way round; the same in other words is no difference. */
export function differences(file: Unit, unit: UnitFile, name: UnitName): Difference[] {
  const theirs = saidBy(file).flatMap(({ lines }) => lines.flatMap((line) => meaningsOf(line, name, line)));
  const ours = unit._sections.flatMap(({ name: section, entries }) =>
    entries.flatMap((entry) => (entry.kind === "directive" ? meaningsOf({ ...entry, section }, name) : [])),
  );
  const minus = without(theirs, ours).map((one): Difference => ({ sign: "-", ...one }));
  const plus = without(ours, theirs).map((one): Difference => ({ sign: "+", ...one }));
  const sections = [...new Set([...minus, ...plus].map(({ section }) => section))];
  return sections.flatMap((section) => [...minus, ...plus].filter((one) => one.section === section));
}

function without(some: readonly Meaning[], others: readonly Meaning[]): Meaning[] {
  const key = ({ section, meaning }: Meaning): string => `${section}\n${meaning}`;
  const known = new Set(others.map(key));
  return some.filter((one) => !known.has(key(one)));
}

type Directive = Pick<Line, "section" | "name" | "value">;

function meaningsOf(directive: Directive, unit: UnitName, line?: Line): Meaning[] {
  const { name, value } = directive;
  // A watchdog of no time is none.
  if (name === "WatchdogSec" && milliseconds(value) === 0) return [];
  if (name === "Environment" && value !== "") return variables(directive, unit, line);
  if (directive.section === "Unit" && /\.socket\b/.test(value)) return unitsIn(directive, unit, line);
  // It is short for two others (systemd.service(5)).
  const names = name === "TimeoutSec" ? ["TimeoutStartSec", "TimeoutStopSec"] : [name];
  return names.map((one) => ({
    ...{ section: directive.section, line, text: shown(directive) },
    meaning: `${one}=${meaningOf(one, expand(value, unit).text)}`,
  }));
}

/** Each unit of a list for itself. */
function unitsIn({ section, name, value }: Directive, unit: UnitName, line?: Line): Meaning[] {
  return value.split(/\s+/).map((word) => ({
    ...{ section, line, text: `${name}=${word}` },
    meaning: `${name}=${expand(word, unit).text}`,
  }));
}

/** Each variable for itself, however they are put together. */
function variables({ section, name, value }: Directive, unit: UnitName, line?: Line): Meaning[] {
  const shownAs = shownWords(value);
  return unquote(PropPath.of(name), value).map(({ text }, i) => ({
    ...{ section, line, meaning: `${name}=${expand(text, unit).text}` },
    text: `${name}=${shownAs[i]}`,
  }));
}

function meaningOf(name: string, value: string): string {
  if (name.startsWith("Exec")) {
    const words = unquote(PropPath.of(name), value);
    return JSON.stringify(words.map(({ text }) => text));
  }
  if (name === "ListenStream") return /^\d+$/.test(value) ? `[::]:${value}` : withoutVar(value);
  if (/Sec$/.test(name)) return String(milliseconds(value) ?? value);
  if (isYes(value) && value !== "1") return "true";
  return /^(no|n|false|f|off)$/i.test(value) ? "false" : value;
}
