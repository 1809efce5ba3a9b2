import { posix } from "node:path";
import { shellCommands, type ShellCommand, type ShellWord } from "../../puma/shell-script";
import { type Launch, launchOf, placeOfPuma } from "./launcher";
import { type Arg, isKnown, pumaOptions } from "./puma-arguments";

/** A shell that is given a script. */
export interface ShellCall {
  readonly shell: string;
  readonly login: boolean;
  readonly script: string;
  readonly notes: readonly string[];
}

/** What a script starts: its launcher is the script itself. */
export interface ScriptLaunch extends Omit<Launch, "launcher"> {
  readonly script: string;
}

type TextLaunch = Omit<Launch, "launcher"> & { readonly text: string };

/** The values of variables, by their names. */
export type Values = Readonly<Record<string, string>>;

/** Words that make one command of several. */
const COMPOUND = /^(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|function|[{}()!]|\[\[)$/;

/** The script that a command gives to a shell; undefined where it is no shell's. */
export function shellCall(words: readonly string[]): ShellCall | undefined {
  const [first = "", ...others] = posix.basename(words[0] ?? "") === "env" ? words.slice(1) : words;
  const name = posix.basename(first);
  if (!/^(?:ba|da|a|k|z)?sh$/.test(name)) return undefined;
  const end = others.findIndex((word) => !/^[-+]/.test(word));
  const flags = others.slice(0, end < 0 ? others.length : end);
  const letters = flags.filter((flag) => /^-\w/.test(flag)).join("");
  if (end < 0 || !letters.includes("c")) return undefined;
  const set = [...letters].filter((letter) => /[aeux]/.test(letter)).join("");
  return {
    shell: first.startsWith("/") ? first : `/bin/${name}`,
    login: letters.includes("l") || flags.includes("--login"),
    script: `${set === "" ? "" : `set -${set}; `}${others[end]}`,
    notes: letters.includes("i") ? [`no terminal is there for ${name} -i: say what ~/.${name}rc sets`] : [],
  };
}

/**
 * What a script starts; undefined where it is not plain enough to tell.
 * @param values of variables that are known
 */
export function scriptLaunch(script: string, values: Values, directory: string): ScriptLaunch | undefined {
  const commands = commandsOf(script);
  const isPumas = ({ words }: ShellCommand): boolean =>
    placeOfPuma(words.map((word) => argOf(word, values))) >= 0;
  const place = commands.lastIndexOf(commands.filter(isPumas).at(-1) ?? commands[commands.length - 1]);
  const command = commands[place];
  if (command === undefined || commands.some(({ words }) => COMPOUND.test(words[0]?.raw ?? "")))
    return undefined;
  const start = script.indexOf(command.words[0]?.raw ?? "", commands[place - 1]?.end ?? 0);
  const { text, args, notes } = commandLaunch(script.slice(start, command.end), command, values, directory);
  const behind = script.slice(command.end).trim();
  const left = behind === "" || behind === ";" ? [] : [`what stands behind Puma is left away: ${behind}`];
  return { script: `${script.slice(0, start)}${text}`, args, notes: [...notes, ...left] };
}

function commandsOf(script: string): ShellCommand[] {
  try {
    return shellCommands(script);
  } catch {
    return [];
  }
}

function commandLaunch(text: string, { words }: ShellCommand, values: Values, directory: string): TextLaunch {
  const assigned = words.findIndex(({ raw }) => !/^\w+\+?=/.test(raw));
  const told = words
    .slice(assigned)
    .filter(({ raw, args }, i) => args === undefined && (i > 0 || raw !== "exec"));
  const raws = told.map(({ raw }) => raw);
  const all = told.map((word) => argOf(word, values));
  const launch = launchOf(all, directory, "bundle") ?? { launcher: raws, args: [], notes: [] };
  const isSame = launch.notes.length === 0 && launch.args.length > 0;
  const launcher = isSame ? raws.slice(0, -launch.args.length) : launch.launcher;
  const [kept, args] = apart(launch.args);
  const own = words.slice(0, assigned).map(({ raw }) => raw);
  const parts = [...own, "exec", ...launcher, ...kept, ...redirections(text, words)];
  return { text: parts.join(" "), args, notes: launch.notes };
}

/** What only the shell knows and no prop says stays with it, as it stands there. */
function apart(args: readonly Arg[]): [kept: string[], others: Arg[]] {
  const options = pumaOptions(args);
  const shells = options.filter((option) => option.flag === undefined && !isKnown(option));
  const kept = shells.flatMap(({ words }) => words.map(({ raw }) => raw));
  return [kept, options.filter((option) => !shells.includes(option)).flatMap(({ words }) => words)];
}

/** What is left of a command without its words. */
function redirections(text: string, words: readonly ShellWord[]): string[] {
  let [rest, from] = [text, 0];
  for (const { raw } of words) {
    from = rest.indexOf(raw, from);
    rest = `${rest.slice(0, from)} ${rest.slice(from + raw.length)}`;
  }
  return rest.trim() === "" ? [] : [rest.trim().replace(/\s+/g, " ")];
}

/** A word with the values of variables in it that are known. */
function argOf({ raw, text }: ShellWord, values: Values): Arg {
  if (text !== undefined) return { raw, text };
  const [, quote, name = ""] = /^("?)\$\{?(\w+)\}?\1$/.exec(raw) ?? [];
  const value = values[name];
  return value === undefined || (quote === "" && /[\s*?[]/.test(value)) ? { raw } : { raw, text: value };
}
