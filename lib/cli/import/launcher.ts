import { posix } from "node:path";
import { placeOfProgram } from "../../puma/command-words";
import { type Arg, known } from "./puma-arguments";

/** What starts Puma, and what Puma is told. */
export interface Launch {
  /** The words up to Puma's name. */
  readonly launcher: readonly string[];
  /** Puma's own arguments. */
  readonly args: readonly Arg[];
  /** What is said otherwise than it was. */
  readonly notes: readonly string[];
}

/** Where the name of what serves stands among words; -1 where none is Puma's. */
export function placeOfPuma(words: readonly Arg[]): number {
  const texts = words.map(({ text }) => text);
  return placeOfProgram(texts, (text, i) => /(^|[/_])(puma|pumactl)$/.test(text) || isRails(words, i));
}

function isRails(words: readonly Arg[], i: number): boolean {
  return posix.basename(words[i].text ?? "") === "rails" && /^s(erver)?$/.test(words[i + 1]?.text ?? "");
}

/**
 * Takes a command apart at Puma's name; undefined where Puma is not named in it.
 * @param directory of the application
 * @param bundle that starts Puma where only a binstub of the application is named
 */
export function launchOf(
  words: readonly Arg[],
  directory: string,
  bundle = "/usr/bin/bundle",
): Launch | undefined {
  const place = placeOfPuma(words);
  if (place < 0) return undefined;
  const before = words.slice(0, place).map(({ raw, text }) => text ?? raw);
  const name = words[place].text ?? "";
  const rest = words.slice(place + 1);
  if (name.endsWith("pumactl")) return ofPumactl(before, name, rest);
  if (isRails(words, place)) {
    // A binstub of the application does not say which Ruby's it is.
    const isRubys = name.startsWith("/") && !name.startsWith(`${directory}/`);
    return ofRails(before, isRubys ? `${posix.dirname(name)}/bundle` : bundle, rest.slice(1));
  }
  return { launcher: [...before, name], args: rest, notes: [] };
}

/** Flags of `pumactl` by Puma's own. */
const OF_PUMACTL: Readonly<Record<string, string>> = {
  ...{ "-F": "-C", "--config-file": "-C", "-S": "-S", "--state": "-S", "-e": "-e", "--environment": "-e" },
  ...{ "-C": "--control-url", "--control-url": "--control-url", "-P": "--pidfile", "--pidfile": "--pidfile" },
  ...{ "-T": "--control-token", "--control-token": "--control-token" },
};

function ofPumactl(before: readonly string[], name: string, rest: readonly Arg[]): Launch {
  const others = rest.filter(({ text }) => text !== "start" && !/^-[qQ]$|^--quiet$/.test(text ?? ""));
  return {
    launcher: [...before, name.replace(/pumactl$/, "puma")],
    args: renamed(others, OF_PUMACTL),
    notes: ["'pumactl start' takes none of Puma's arguments: Puma itself says the same"],
  };
}

function renamed(args: readonly Arg[], names: Readonly<Record<string, string>>): Arg[] {
  return args.flatMap((arg) => {
    const [, flag = "", , value] = /^([^=]*)(=(.*))?$/s.exec(arg.text ?? "") ?? [];
    const name = names[flag];
    if (name === undefined) return [arg];
    return known(value === undefined ? [name] : [name, value]);
  });
}

/** Flags of `rails server` that Puma has too, by its own. */
const OF_RAILS: Readonly<Record<string, string>> = {
  ...{ "-e": "-e", "--environment": "-e", "-P": "--pidfile", "--pid": "--pidfile" },
  ...{ "-p": "-p", "--port": "-p", "-b": "-b", "--binding": "-b", "-c": "rackup", "--config": "rackup" },
};

function ofRails(before: readonly string[], bundle: string, rest: readonly Arg[]): Launch {
  const isBundled = /(^|\/)bundle$/.test(before.at(-2) ?? "") && before.at(-1) === "exec";
  const { options, others } = railsOptions(rest);
  const left = others.filter((raw) => raw !== "puma").join(" ");
  return {
    launcher: isBundled ? [...before, "puma"] : [...before, bundle, "exec", "puma"],
    args: [...railsBind(options), ...options.flatMap(railsOption)],
    notes: [
      "'rails server' takes one bind and none of Puma's other arguments: Puma itself says the same",
      ...(left === "" ? [] : [`of 'rails server' alone, and left away: ${left}`]),
    ],
  };
}

interface RailsOption {
  readonly name: string;
  readonly value: Arg;
}

function railsOptions(rest: readonly Arg[]): { options: RailsOption[]; others: string[] } {
  const options: RailsOption[] = [];
  const others: string[] = [];
  const args = [...rest];
  for (let arg = args.shift(); arg !== undefined; arg = args.shift()) {
    const { raw, text = "" } = arg;
    const [, flag = text, attached] = /^(--[^=]+)=(.*)$/s.exec(text) ?? /^(-[a-zA-Z])(.+)$/s.exec(text) ?? [];
    const name = OF_RAILS[flag];
    const value = name === undefined || attached !== undefined ? known([attached ?? ""])[0] : args.shift();
    if (name !== undefined && value !== undefined) options.push({ name, value });
    else others.push(raw);
  }
  return { options, others };
}

/** Rails has a host in `-b`, or Puma's whole bind, and the port in `-p`. */
function railsBind(options: readonly RailsOption[]): Arg[] {
  const port = options.find(({ name }) => name === "-p")?.value;
  const host = options.find(({ name }) => name === "-b")?.value;
  if (host?.text?.includes("://")) return [...known(["-b"]), host];
  if (port === undefined && host === undefined) return [];
  const parts = [host ?? known(["0.0.0.0"])[0], port ?? known(["3000"])[0]];
  const raw = `tcp://${parts.map((part) => part.raw).join(":")}`;
  const isKnown = parts.every(({ text }) => text !== undefined);
  const text = isKnown ? `tcp://${parts.map((part) => part.text).join(":")}` : undefined;
  return [...known(["-b"]), { raw, text }];
}

function railsOption({ name, value }: RailsOption): Arg[] {
  if (name === "-p" || name === "-b") return [];
  return name === "rackup" ? [value] : [...known([name]), value];
}
