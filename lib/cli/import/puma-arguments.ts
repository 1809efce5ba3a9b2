import { refusedFlag, type RefusedFlag, takesValue } from "../../puma/arguments";

/** A word of a command line. */
export interface Arg {
  /** As it was written. */
  readonly raw: string;
  /** What it comes to; undefined where only the host knows, as of a variable. */
  readonly text?: string;
}

/** An option of Puma's command line, or what is none. */
export interface PumaOption {
  /** The words that say it, the value's too. */
  readonly words: readonly Arg[];
  /** The flag, if it is one that a prop of the library says, or that it leaves away. */
  readonly flag?: RefusedFlag;
  /** The value of such a flag; undefined for one that takes none, and where only the host knows it. */
  readonly value?: string;
}

const WITHOUT_VALUE = ["--no-config", "--daemon"];

/** The options among Puma's arguments, in order. */
export function pumaOptions(args: readonly Arg[]): PumaOption[] {
  const options: PumaOption[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    // Behind it are no flags.
    if (arg.text === "--") return [...options, ...[arg, ...rest].map((word) => ({ words: [word] }))];
    options.push(optionOf(arg, rest));
  }
  return options;
}

/** The option that begins with a word, and may take the next one. */
function optionOf(arg: Arg, rest: Arg[]): PumaOption {
  const { text = "" } = arg;
  const flag = refusedFlag(text);
  if (flag === undefined) return { words: [arg, ...(takesValue(text) ? rest.splice(0, 1) : [])] };
  if (WITHOUT_VALUE.includes(flag.long)) return { words: [arg], flag };
  const attached = text.startsWith("--") ? /^[^=]*=(.*)$/s.exec(text)?.[1] : text.slice(2) || undefined;
  if (attached !== undefined) return { words: [arg], flag, value: attached };
  const [value] = rest.splice(0, 1);
  return { words: [arg, ...(value ? [value] : [])], flag, value: value?.text };
}

/** Whether all of an option is known. */
export function isKnown({ words }: PumaOption): boolean {
  return words.every(({ text }) => text !== undefined);
}

/** The prop that says a flag, by the words with which it is refused. */
export function propOf({ flag }: PumaOption): string | undefined {
  return /'(\w+)'/.exec(flag?.instead ?? "")?.[1];
}

/** Words that are known. */
export function known(texts: readonly string[]): Arg[] {
  return texts.map((text) => ({ raw: text, text }));
}
