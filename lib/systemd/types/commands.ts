import { type ValueType, withSpecifiers, wordsOf } from "./value-type";

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

/** A command with its arguments; what the arguments are is the program's to say. */
export const command: ValueType = withSpecifiers({
  must: "be a command: a program by an absolute path or a name, and arguments whose quotes are closed and escapes known",
  takes: (value, version) => {
    const words = wordsOf(value);
    if (words === undefined || value.replace(ESCAPES, "").includes("\\")) return false;
    const program = programOf(words[0] ?? "", version);
    // A shell is handed the line, whatever it says.
    if (/^[-:@+!]*\|/.test(words[0] ?? "")) return program !== undefined;
    const needsName = /^[-:+!|]*@/.test(words[0] ?? "");
    return (
      program !== undefined &&
      (program === "" ? value.startsWith(";") : isProgram(program, version)) &&
      (!needsName || words.length > 1)
    );
  },
  emptySince: 0,
});

export const textWithEscapes: ValueType = {
  must: "have no other escapes than those of C",
  takes: (value) => !value.replace(ESCAPES, "").includes("\\"),
  emptySince: 0,
};
