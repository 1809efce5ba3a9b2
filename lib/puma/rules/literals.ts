import { mapPieces } from "../../values/marker";
import { type PropPath } from "../../values/prop-path";
import { type Service } from "../service";
import { type Written } from "./rule";

/*
 * What a shell would expand, and nobody does here: Environment= takes `$` and `~` as they are (systemd.exec(5)), and of
 * arguments the library says that they are meant so. An error is what can only be a slip.
 */

/** Where systemd looks for programs unless told otherwise (systemd.exec(5)). */
export const SYSTEMD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Variables that systemd sets, or that everyone has in a shell. */
const WELL_KNOWN = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "LANG", "HOSTNAME", "MAINPID", "INVOCATION_ID"],
  ...["RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CREDENTIALS_DIRECTORY"],
];

const VARIABLE = /\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/g;

/** A path that begins in somebody's home, or in what a variable says. */
const SHELL_PATH = /^(~[\w-]*|\$\{[A-Z_][A-Z0-9_]*\}|\$[A-Z_][A-Z0-9_]*)(?=\/)/;

/** A whole value that a shell would put the output of a command into. */
const COMMAND = /^(\$\(.*\)|`.*`)$/s;

/** What an engine would interpolate if it stood in a configuration of its own. */
const REFERENCE = /\$\{((var|local|data|module|each|self)\.[^}]*)\}/;

/** Throws if a value can only be meant for a shell. */
export function checkLiterals({ service }: Written): void {
  for (const { at, name, text, value } of valuesOf(service)) {
    const slip = name === undefined ? slipInArgument(text) : slipInVariable(name, text);
    if (slip !== undefined)
      at.refuse(`be written out: nobody expands ${slip} here${adviceOn(name, slip)}`, value);
  }
}

/** What looks like meant for a shell, and may be meant as it is. */
export function literalsWarnings({ service }: Written): string[] {
  const known = [...WELL_KNOWN, ...Object.keys(service.environment)];
  return valuesOf(service).flatMap(({ at, text }) => {
    const found = suspect(text, known);
    return found === undefined
      ? []
      : [`${at}: holds ${found}, which nobody expands: it arrives as it is; write what it stands for`];
  });
}

interface Value {
  readonly at: PropPath;
  /** Of a variable. */
  readonly name?: string;
  readonly value: string;
  /** The value without its tokens. */
  readonly text: string;
}

function valuesOf({ at, environment, args }: Service): Value[] {
  const variables = Object.entries(environment).map(([name, value]) => ({
    ...{ at: at.key("environment").key(name), name, value },
    text: withoutTokens(value),
  }));
  const words = args.map((value, i) => ({
    ...{ at: at.key("args").index(i), value },
    text: withoutTokens(value),
  }));
  return [...variables, ...words];
}

function withoutTokens(value: string): string {
  return mapPieces(
    value,
    (piece) => piece,
    () => "\0",
  );
}

function slipInVariable(name: string, text: string): string | undefined {
  const itself = variablesIn(text).find((variable) => variable.name === name);
  // Behind a host, as in `ops@backup:~/dumps`, it is for that host to expand.
  const parts = /^[\w.-]*[\w@][\w.-]*:/.test(text) ? [] : text.split(":");
  const path = parts.flatMap((part) => SHELL_PATH.exec(part)?.[0] ?? []);
  return itself?.text ?? path[0] ?? COMMAND.exec(text)?.[0];
}

/** An argument, or the value of a long option in it. */
function slipInArgument(text: string): string | undefined {
  const value = text.replace(/^--[\w-]+=/, "");
  const [variable] = variablesIn(value);
  const whole = variable?.text === value ? value : undefined;
  return whole ?? SHELL_PATH.exec(value)?.[0] ?? COMMAND.exec(value)?.[0];
}

function suspect(text: string, known: readonly string[]): string | undefined {
  const variable = variablesIn(text).find(
    (one) => known.includes(one.name) || one.text.startsWith("${") || one.text === text,
  );
  return variable?.text ?? REFERENCE.exec(text)?.[0] ?? /\$\([^)]*\)/.exec(text)?.[0];
}

function variablesIn(text: string): { readonly name: string; readonly text: string }[] {
  return [...text.matchAll(VARIABLE)].map(([found, braced, plain]) => ({
    name: braced ?? plain ?? "",
    text: found,
  }));
}

function adviceOn(name: string | undefined, slip: string): string {
  if (name === "PATH" && /PATH/.test(slip)) return `, and systemd's own PATH is ${SYSTEMD_PATH}`;
  if (name === undefined) return "";
  return "; what is meant as it is can stand in a file of 'environmentFiles'";
}
