import { type Word } from "../unquote";
import { quotedWordsOf, type ValueType, withSpecifiers } from "./value-type";

/** Escapes that systemd knows in a command, and `\;`. */
const ESCAPES = /\\([abfnrtvs\\"';]|x[\da-fA-F]{2}|[0-3][0-7]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})/g;

/** What a program's name may stand behind: each mark once, and the user's shell from systemd 262 on. */
function programOf(word: string, version: number): string | undefined {
  const marks = /^[-@:+!|]*/.exec(word)?.[0] ?? "";
  const [, privilege = ""] = [marks, marks.replace(/[^+!]/g, "")];
  const isKnown = !marks.includes("|") || version >= 262;
  const isOnce = ["-", "@", ":", "|"].every((mark) => marks.split(mark).length <= 2);
  const isOne =
    privilege === "" || privilege === "+" || privilege === "!" || (privilege === "!!" && version < 262);
  return isKnown && isOnce && isOne ? word.slice(marks.length) : undefined;
}

function isProgram(name: string, version: number): boolean {
  // From systemd 262 on no pattern names a program.
  if (version >= 262 && /[*?[]/.test(name)) return false;
  return name.includes("/")
    ? name.startsWith("/") && !name.endsWith("/")
    : !["", ".", "..", "~"].includes(name);
}

/** The commands of a line: a `;` by itself ends one. */
function commandsOf(words: readonly Word[]): string[][] {
  const commands: string[][] = [[]];
  for (const { text, isQuoted } of words) {
    if (text === ";" && !isQuoted) commands.push([]);
    else commands.at(-1)?.push(text);
  }
  return commands.filter((command) => command.length > 0);
}

function isCommand([first = "", ...others]: readonly string[], version: number): boolean {
  const program = programOf(first, version);
  const needsName = /^[-:+!|]*@/.test(first);
  return program !== undefined && isProgram(program, version) && (!needsName || others.length > 0);
}

/** Commands with their arguments; what the arguments are is the program's to say. */
export const command: ValueType = withSpecifiers({
  must: "be a command: a program by an absolute path or a name, and arguments whose quotes are closed and escapes known",
  takes: (value, version) => {
    const words = quotedWordsOf(value);
    if (words === undefined || value.replace(ESCAPES, "").includes("\\")) return false;
    const [{ text: first } = { text: "" }] = words;
    // A shell is handed the line, whatever it says.
    if (/^[-:@+!]*\|/.test(first)) return programOf(first, version) !== undefined;
    return commandsOf(words).every((one) => isCommand(one, version));
  },
  emptySince: 0,
});

/** A list in which systemd takes no escape that it does not know. */
export function withEscapes(list: ValueType): ValueType {
  return {
    ...list,
    takes: (value, version) => textWithEscapes.takes(value, version) && list.takes(value, version),
  };
}

export const textWithEscapes: ValueType = {
  must: "have no other escapes than those of C",
  takes: (value) => !value.replace(ESCAPES, "").includes("\\"),
  emptySince: 0,
};
