/** Messages: what the scripts of a host print, and what docs/messages.md explains. Both in one form that can be compared. */

import { type ShellSource } from "./runtime/shell-rules";
import { type Call } from "./runtime/shell-source";

/** Functions of the shell whose arguments a person reads. */
const SPEAKERS = [
  "say",
  "step",
  "mark",
  "problem",
  "fail",
  "give_up",
  "give_up_on_puma",
  "in_its_own_words",
  "back_up",
  "log_end",
  "write_last",
  "audit",
  "abort",
  "echo",
  "printf",
];

/** What printf and echo hand to programs: assignments, headers, commands, scripts, and the lines of a list. */
const FOR_PROGRAMS =
  /^(?:\w+=|\\001|\}\\n\{|X-[\w-]+: |journalctl |unix |unreadable |(?:redirect|config) %|\s*if \[)/;

/** Variables that are made of words, and said later by one of those functions. */
const SPOKEN = "(?:complaint|became|cause|link|(?:\\w+_)?reason)=";

const BEGINNING = new RegExp(
  `(?<![\\w$./'"{-])(?:(?:${SPEAKERS.join("|")})[ \\t]+(?=["'$%])|${SPOKEN})`,
  "g",
);

/** Each message of a script once, sorted. */
export function messagesOf(script: string): string[] {
  const code = script.replace(/^[ \t]*#.*$/gm, "");
  const found = [...code.matchAll(BEGINNING)].map((match) => messageAt(code, match));
  return [...new Set(found.filter(isMessage).map(stablePart))].sort();
}

/** Functions that print a message which they are given, and are not known as such: `messagesOf` would miss it. */
export function unknownSpeakers({ scopes }: ShellSource): string[] {
  const speakers = new Set(SPEAKERS);
  for (let known = 0; known !== speakers.size;) {
    known = speakers.size;
    for (const { name, calls } of scopes) {
      if (calls.some((call) => speakers.has(call.name) && /\$\{?[\d@*]/.test(call.args.join(" "))))
        speakers.add(name);
    }
  }
  const calls = scopes
    .flatMap(({ calls }) => calls)
    .filter(({ name }) => speakers.has(name) && !SPEAKERS.includes(name));
  const isGivenWords = ({ args }: Call): boolean =>
    messagesOf(`say ${args.join(" ")}`).some((message) => message.includes(" "));
  return [...new Set(calls.filter(isGivenWords).map(({ name }) => name))];
}

/** Each message that a page explains: the code spans in the first cells of its tables. May hold one twice. */
export function messagesInTables(page: string): string[] {
  const cells = [...page.matchAll(/^\| (`.*?`) \|/gm)].map(([, cell]) => cell as string);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`(.*?)`/g)].map(([, span]) => stablePart(span as string)),
  );
}

/** What differs from run to run becomes `…`, and nothing is left of that at either end. */
function stablePart(message: string): string {
  return message
    .replace(/\\n/g, " ")
    .replace(/%[sd]/g, "…")
    .replace(/\s+/g, " ")
    .replace(/…\.(?:service|socket)/g, "…")
    .replace(/…(?:[ /]?…)+/g, "…")
    .replace(/^[… ,;:.]+|[… ,;:]+$/g, "");
}

function isMessage(text: string): boolean {
  return /[A-Za-z]{3}/.test(text) && text.includes(" ") && !FOR_PROGRAMS.test(text);
}

function messageAt(code: string, { 0: beginning, index }: RegExpExecArray): string {
  const words = wordsAt(code, index + beginning.length);
  if (/=$|^abort/.test(beginning)) return words[0] ?? "";
  if (!beginning.startsWith("printf")) return words.join(" ");
  const [format = "", ...values] = words;
  return /^%s(\\n)?$/.test(format) ? values.slice(0, 1).join("") : format;
}

/** The words of a command from a place on, to its end. */
function wordsAt(code: string, from: number): string[] {
  const words = [""];
  let at = from;
  while (at < code.length && !"\n;|&)}<>".includes(code[at] as string)) {
    const [text, end] = pieceAt(code, at, false);
    if (text === " ") words.push("");
    else words[words.length - 1] += text;
    at = end;
  }
  return words.filter((word) => word !== "");
}

/** A quoted piece, an expansion or a character as it is printed, with `…` for an expansion; and where it ends. */
function pieceAt(code: string, at: number, quoted: boolean): [string, number] {
  const rest = code.slice(at);
  const name = /^\$(?:\w+|[*@#?!])/.exec(rest)?.[0];
  if (name !== undefined) return ["…", at + name.length];
  if (/^[$#][({]/.test(rest)) return ["…", upTo(rest[1] === "(" ? ")" : "}", code, at + 2, false)[1]];
  if (rest[0] === '"') return upTo('"', code, at + 1, true);
  if (rest[0] === "'" && !quoted) return [rest.slice(1, rest.indexOf("'", 1)), at + rest.indexOf("'", 1) + 1];
  return rest[0] === "\\" ? [rest.slice(0, 2), at + 2] : [rest.slice(0, 1), at + 1];
}

/** All up to a closing character, and where that ends. */
function upTo(end: string, code: string, from: number, quoted: boolean): [string, number] {
  let text = "";
  let at = from;
  while (at < code.length && code[at] !== end) {
    const nested = end === ")" && code[at] === "(";
    const [piece, next] = nested ? upTo(end, code, at + 1, quoted) : pieceAt(code, at, quoted);
    [text, at] = [text + piece, next];
  }
  return [text, at + 1];
}
