import { posix } from "node:path";
import { checkCharacters, checkNormal } from "../values/characters";
import { checkString } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { checkWords, type Word } from "./command-words";
import { shellCommands, type ShellCommand, type ShellWord } from "./shell-script";

/** Shells that do not read what the others read. */
const OTHER_SHELLS = ["csh", "elvish", "fish", "nu", "pwsh", "tcsh", "xonsh"];

const NOTHING = "end with exec and the command that becomes Puma";

/** What ends a command of several commands, and is none itself. */
const CLOSING = ["fi", "done", "esac", "}", ")"];

/** What is wrong with a script whose last command hangs together with another one by this operator. */
const BEFORE: Readonly<Record<string, string>> = {
  "|": "not end in a pipeline, beside which the shell stays; Puma's output goes to the journal",
  "|&": "not end in a pipeline, beside which the shell stays; Puma's output goes to the journal",
  "||": "not end behind '||', where Puma starts only if something fails",
};
const AFTER: Readonly<Record<string, string>> = {
  "&": "not end with '&': the shell goes, and systemd ends what it leaves behind",
};

/** Refuses a shell that reads another language. */
export function checkShell(at: PropPath, shell: string): void {
  if (OTHER_SHELLS.includes(posix.basename(shell)))
    at.refuse("be a shell that reads what POSIX says, such as /bin/bash", shell);
}

/**
 * A script that hands the shell's arguments on to its last command.
 * @throws if the last command is not one that becomes Puma
 */
export function withArguments(at: PropPath, shell: string, script: string): string {
  checkCharacters(at, checkString(at, script));
  checkNormal(at, script);
  const commands = commandsOf(at, script);
  const last = commands.at(-1);
  if (last === undefined) return at.refuse(NOTHING, script);
  const hang = BEFORE[last.before] ?? AFTER[last.after];
  if (hang !== undefined) at.refuse(hang, script);
  checkSource(at, shell, commands);
  const words = executed(at, script, last);
  checkWords(words.map(({ text }): Word => [at, text]));
  return handsOn(at, script, words) ? script : `${script.slice(0, last.end)} "$@"${script.slice(last.end)}`;
}

function commandsOf(at: PropPath, script: string): ShellCommand[] {
  try {
    return shellCommands(script);
  } catch (error) {
    return at.refuse(`be a script whose end is plain, without ${(error as Error).message}`, script);
  }
}

/** The words of the command that takes the shell's place. */
function executed(at: PropPath, script: string, { words }: ShellCommand): readonly ShellWord[] {
  const variables = words.findIndex(({ raw }) => !/^\w+\+?=/.test(raw));
  const [exec, ...others] = variables < 0 ? [] : words.slice(variables);
  if (exec !== undefined && CLOSING.includes(exec.raw)) at.refuse(NOTHING, script);
  if (exec !== undefined && exec.raw !== "exec") {
    const command = words.map(({ raw }) => raw).join(" ");
    at.refuse(`end with "exec ${command}", so that Puma takes the shell's place`, script);
  }
  const command = withoutOptions(others);
  const isArguments = command[0]?.args !== undefined;
  return command.length === 0 || isArguments ? at.refuse(NOTHING, script) : command;
}

/** What follows the options of `exec` itself. */
function withoutOptions(words: readonly ShellWord[]): readonly ShellWord[] {
  const [first] = words;
  if (first?.raw === "-a") return withoutOptions(words.slice(2));
  return first !== undefined && /^-[cl]*-?$/.test(first.raw) ? withoutOptions(words.slice(1)) : words;
}

function handsOn(at: PropPath, script: string, words: readonly ShellWord[]): boolean {
  if (words.some(({ args }) => args === "split"))
    at.refuse('hand its arguments on as "$@", in quotes', script);
  return words.some(({ args }) => args === "whole");
}

function checkSource(at: PropPath, shell: string, commands: readonly ShellCommand[]): void {
  if (!["sh", "dash", "ash"].includes(posix.basename(shell))) return;
  if (commands.some(({ words }) => words[0]?.raw === "source"))
    at.refuse(`be without 'source', which ${shell} does not know everywhere; use "." or bash`, shell);
}
