import { posix } from "node:path";
import { type PropPath } from "../values/prop-path";
import { type Argument, checkArguments } from "./arguments";

/** A word of a command, and where it was given; without a value where only a shell knows it. */
export type Word = readonly [at: PropPath, value: string | undefined];

/** Programs that are given the command of another one. */
const LAUNCHERS = [
  ...["asdf", "bundle", "bundler", "chruby-exec", "env", "mise", "nice", "puma", "rails", "rbenv", "ruby"],
  ...["rvm", "sudo"],
];
const SHELLS = ["ash", "bash", "dash", "ksh", "sh", "zsh"];

/** What stays there as the parent of Puma, and what is to be used for it. */
const PARENTS: ReadonlyMap<string, string> = new Map([
  ["sudo", "; use 'user'"],
  ["su", "; use 'user'"],
  ["runuser", "; use 'user'"],
  ["foreman", ""],
]);

const RAILS =
  `be Puma itself, such as PumaCommand.binstub("bin/puma"): 'rails server' takes one bind and none of Puma's other ` +
  "arguments, and its tmp/pids/server.pid keeps a second Puma from starting";
const PUMACTL =
  "be Puma itself, such as PumaCommand.bundler(): 'pumactl start' takes none of Puma's arguments, and its -F is " +
  "'configFile'";

/** Refuses what is no path of a program, but a command, or something for a shell. */
export function checkProgram(at: PropPath, path: string): void {
  const words = path.split(/ +/).filter(Boolean);
  if (/^\w+=/.test(path)) at.refuse("begin with a program: variables go into 'environment'", path);
  if (isCommand(words)) {
    checkWords(words.map((word): Word => [at, word]));
    at.refuse(`be one path: of several words it is ${factoryFor(words)}`, path);
  }
  checkWords([[at, path]]);
}

/** Refuses the name of a program that people have in their PATH, and not in the application's folder. */
export function checkIsPath(at: PropPath, path: string, example: string): void {
  if (LAUNCHERS.includes(path))
    at.refuse(`be a path such as "${example}": systemd looks in no PATH for it`, path);
}

function isCommand([first = "", ...others]: readonly string[]): boolean {
  if (others.length === 0) return false;
  return LAUNCHERS.includes(posix.basename(first)) || others.some((word) => /^-|^(?:exec|do)$/.test(word));
}

function factoryFor(words: readonly string[]): string {
  const [first = "", ...others] = words;
  if (posix.basename(first) !== "bundle" || others.join(" ") !== "exec puma")
    return `PumaCommand.argv(${JSON.stringify(words)})`;
  return first === "bundle"
    ? "PumaCommand.bundler()"
    : `PumaCommand.bundler({ bundle: ${JSON.stringify(first)} })`;
}

/** Refuses words that only a shell would read, and words with words in them. */
export function checkPlainWords(words: readonly Word[]): void {
  checkNoShell(words);
  for (const [at, word = ""] of words) {
    if (/^(?:&|\||;)$|&&|\|\||\$[\w({]|`|^\d?[<>]|^~\/|;$/.test(word))
      at.refuse("be without a shell's syntax, which nothing reads here; use PumaCommand.shell", word);
    if (isCommand(word.split(/ +/))) at.refuse("be one word: each word of a command stands by itself", word);
  }
}

/** A shell that is given a script would hand Puma's arguments to that, and not to Puma. */
function checkNoShell(words: readonly Word[]): void {
  const shell = words.findIndex(([, word = ""]) => SHELLS.includes(posix.basename(word)));
  if (shell < 0) return;
  const options = words.slice(shell + 1);
  const script = options.findIndex((word) => !isFlag(word));
  const [at, text] = options[script] ?? [];
  if (at && options.slice(0, script).some(([, word = ""]) => /^-\w*c\w*$/.test(word)))
    at.refuse("be the script of PumaCommand.shell, which gets Puma's arguments", text);
}

/** Refuses commands that end in something else than Puma, or say what a prop says. */
export function checkWords(words: readonly Word[]): void {
  const puma = placeOfPuma(words);
  const programs = puma < 0 ? words : words.slice(0, puma);
  programs.forEach(([at, word = ""], i) => {
    const wrong = isFlag(words[i - 1]) ? undefined : whyNot(posix.basename(word));
    if (wrong !== undefined) at.refuse(wrong, word);
  });
  checkArguments(argumentsOfPuma(words));
}

/** Why a program cannot be what starts Puma, if it cannot. */
function whyNot(program: string): string | undefined {
  if (program === "rails") return RAILS;
  if (program.endsWith("pumactl")) return PUMACTL;
  const advice = PARENTS.get(program);
  return advice === undefined
    ? undefined
    : `be without '${program}', which stays there as Puma's parent${advice}`;
}

/** Puma's own arguments among the words of a command: those behind its name. */
export function argumentsOfPuma(words: readonly Word[]): Argument[] {
  const puma = placeOfPuma(words);
  if (puma < 0) return [];
  return words.slice(puma + 1).flatMap(([at, word]): Argument[] => (word === undefined ? [] : [[at, word]]));
}

function placeOfPuma(words: readonly Word[]): number {
  const texts = words.map(([, word]) => word);
  return placeOfProgram(texts, (word) => posix.basename(word) === "puma");
}

/** Where a program is named among the words of a command; -1 for nowhere. As in `sudo -u puma`, a flag may have its name for a value. */
export function placeOfProgram(
  words: readonly (string | undefined)[],
  isIt: (word: string, i: number) => boolean,
): number {
  return words.findIndex((word = "", i) => !/^-\w$/.test(words[i - 1] ?? "") && isIt(word, i));
}

/** What may take the next word for its value, as in `env -u puma`. */
function isFlag([, word = ""]: Word | readonly [] = []): boolean {
  return word.startsWith("-") && word !== "--";
}
