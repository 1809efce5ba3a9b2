import { posix } from "node:path";
import { PumaCommand } from "../../puma/command";
import { unquote, type Word } from "../../systemd/unquote";
import { PropPath } from "../../values/prop-path";
import { type Launch, launchOf } from "./launcher";
import { type Arg } from "./puma-arguments";
import { scriptLaunch, type ShellCall, shellCall, type Values } from "./shell";
import { expand, type UnitName } from "../../systemd/specifiers";
import { withoutSecrets } from "./environment";
import { call, render, type Written } from "./written";

/** What an `ExecStart=` says. */
export interface Start {
  readonly command: Written<PumaCommand>;
  /** Puma's own arguments. */
  readonly args: readonly Arg[];
  /** What is said otherwise than it was, and what is left away. */
  readonly notes: readonly string[];
}

/** What an `ExecStart=` is read with. */
export interface Surroundings {
  readonly unit: UnitName;
  readonly directory: string;
  /** Of the variables that the unit itself sets. */
  readonly values: Values;
}

/** What systemd does with a command that begins so (systemd.service(5)). */
const PREFIXES: Readonly<Record<string, string>> = {
  "-": "a Puma that fails counts as one that failed",
  "@": "Puma is called by its own name",
  "+": "Puma runs as 'user' and with all restrictions",
  "!": "Puma runs as 'user'",
  "|": "no login shell of the user's is in between",
};

/**
 * Reads an `ExecStart=`.
 * @throws what cannot be said of it
 */
export function readExecStart(value: string, surroundings: Surroundings): Start {
  const [, prefixes = "", command = ""] = /^([-@:+!|]*)(.*)$/s.exec(value) ?? [];
  const notes = [...prefixes].flatMap((prefix) => PREFIXES[prefix] ?? []);
  const given = unquote(PropPath.of("ExecStart"), command);
  const all = firstCommand(given);
  if (all.length < given.length) notes.push("only the first of several commands is Puma's");
  const words = prefixes.includes("@") ? [all[0], ...all.slice(2)] : all;
  const start = withoutSecret(startOf(words, surroundings, prefixes.includes(":")));
  return { ...start, notes: [...notes, ...start.notes] };
}

/** What is secret in a command stays out of a program. */
function withoutSecret(start: Start): Start {
  const code = render(start.command.code);
  if (withoutSecrets(code) === code) return start;
  const file = byFile(`a secret is in the command: write it into ${START_FILE}, which only root may read`);
  return { ...file, args: start.args };
}

/** Type=oneshot may have several, with a `;` between them. */
function firstCommand(words: readonly Word[]): Word[] {
  const end = words.findIndex(({ text, isQuoted }) => text === ";" && !isQuoted);
  const command = end < 0 ? words : words.slice(0, end);
  return command.map((word) => (word.text === "\\;" ? { ...word, text: ";" } : word));
}

function startOf(words: readonly Word[], surroundings: Surroundings, isLiteral: boolean): Start {
  const { unit, values } = surroundings;
  const expanded = words.map(({ text }) => expand(text, unit));
  const texts = expanded.map(({ text }) => (isLiteral ? text : text.replaceAll("$$", "$")));
  const shell = shellCall(texts);
  if (shell !== undefined) return throughShell(shell, surroundings);
  const args = expanded.flatMap((word): Arg[] =>
    isLiteral || word.unknown.length > 0 ? [argOf(word)] : withVariables(word.text, values),
  );
  return directly(args, surroundings);
}

function argOf({ text, unknown }: { text: string; unknown: readonly string[] }): Arg {
  return unknown.length > 0 ? { raw: text } : { raw: text, text };
}

/** systemd splits a `$NAME` that stands alone, and puts in a `${NAME}` as it is. */
function withVariables(text: string, values: Values): Arg[] {
  const [, alone] = /^\$(\w+)$/.exec(text) ?? [];
  if (alone !== undefined) {
    const value = values[alone];
    return value === undefined
      ? [{ raw: text }]
      : value
          .split(/\s+/)
          .filter(Boolean)
          .map((word) => ({ raw: text, text: word }));
  }
  let isKnown = true;
  const known = text.replace(/\$\$|\$\{(\w+)\}/g, (all, name?: string) => {
    if (name === undefined) return "$";
    isKnown &&= name in values;
    return values[name] ?? all;
  });
  return [isKnown ? { raw: text, text: known } : { raw: text }];
}

function directly(words: readonly Arg[], { directory }: Surroundings): Start {
  const launch = launchOf(words, directory) ?? unnamed(words);
  const { command, notes } = commandOf(launch.launcher, directory);
  return { command, args: launch.args, notes: [...launch.notes, ...notes] };
}

/** Something else may start Puma. */
function unnamed(words: readonly Arg[]): Launch {
  const reason =
    'does not name Puma: what it starts has to hand its arguments on to Puma ("$@"), and to exec it';
  return { launcher: words.map(({ raw }) => raw), args: [], notes: [reason] };
}

function throughShell(shell: ShellCall, { values, directory }: Surroundings): Start {
  const launch = scriptLaunch(shell.script, values, directory);
  if (launch === undefined) {
    const script = withoutSecrets(shell.script);
    return byFile(
      `the script is too much for a unit: write it into ${START_FILE} (#!${shell.shell}): ${script}`,
    );
  }
  const options = {
    ...(shell.shell === "/bin/bash" || shell.shell === "/usr/bin/bash" ? {} : { shell: shell.shell }),
    ...(shell.login && { login: true }),
  };
  const args = Object.keys(options).length === 0 ? [launch.script] : [launch.script, options];
  const notes = [...shell.notes, ...launch.notes];
  const command = call("PumaCommand.shell", args, PumaCommand.shell(launch.script, options));
  return { command, args: launch.args, notes };
}

/** Where a command goes that cannot be said in a unit. */
const START_FILE = "/usr/local/sbin/start-puma";

/** Puma is started by a file, of which the reason tells what is to be in it. */
export function byFile(reason: string): Start {
  return {
    command: call("PumaCommand.executable", [START_FILE], PumaCommand.executable(START_FILE)),
    args: [],
    notes: [`${reason}; its last command has to 'exec' Puma with "$@" for Puma's arguments`],
  };
}

function commandOf(
  launcher: readonly string[],
  directory: string,
): { command: Written<PumaCommand>; notes: string[] } {
  const [path = "", ...others] = launcher;
  if (!path.includes("/")) {
    const { command } = commandOf(["/usr/bin/env", ...launcher], directory);
    return { command, notes: [`a PATH says where ${path} is, so env looks for it`] };
  }
  if (others.length === 0) return { command: program(path, directory), notes: [] };
  if (posix.basename(path) === "bundle" && /^exec( --keep-file-descriptors)? puma$/.test(others.join(" ")))
    return bundler(path, directory, others.length > 2);
  return { command: call("PumaCommand.argv", [[...launcher]], PumaCommand.argv([...launcher])), notes: [] };
}

function program(path: string, directory: string): Written<PumaCommand> {
  const relative = below(path, directory);
  return relative === path || !relative.includes("/")
    ? call("PumaCommand.executable", [path], PumaCommand.executable(path))
    : call("PumaCommand.binstub", [relative], PumaCommand.binstub(relative));
}

function bundler(
  path: string,
  directory: string,
  isOld: boolean,
): { command: Written<PumaCommand>; notes: string[] } {
  const options = {
    ...(path === "/usr/bin/bundle" ? {} : { bundle: below(path, directory) }),
    ...(isOld && { bundlerVersion: "2.2" }),
  };
  const args = Object.keys(options).length === 0 ? [] : [options];
  const notes = ["--keep-file-descriptors is for a Bundler before 2.3, and for the sockets of a PumaSocket"];
  return {
    command: call("PumaCommand.bundler", args, PumaCommand.bundler(options)),
    notes: isOld ? notes : [],
  };
}

function below(path: string, directory: string): string {
  const folder = directory.replace(/\/+$/, "");
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
