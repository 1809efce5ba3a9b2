/** A word of a command in a shell's script. */
export interface ShellWord {
  /** As it stands in the script. */
  readonly raw: string;
  /** What it comes to; undefined where only the shell knows. */
  readonly text?: string;
  /** The script's arguments, if they are in it: each as one word, or split at the spaces in it. */
  readonly args?: "whole" | "split";
}

/** One simple command of a script, and how it hangs together with the others. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** The operator before it: "" at the beginning. */
  readonly before: string;
  /** The operator behind it: "" at the end. */
  readonly after: string;
  /** Where its last word, or the target of its last redirection, ends in the script. */
  readonly end: number;
}

const OPERATORS = ["&&", "||", ";;", "|&", ";", "&", "|", "(", ")", "\n"];
const REDIRECTIONS = ["&>>", "&>", "<<<", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];

/**
 * The simple commands of a script, read as a shell reads it: quotes, comments, operators, redirections. Words such as `if`,
 * and brackets, are commands of their own or begin one.
 * @throws what is not closed in it, or cannot be read
 */
export function shellCommands(script: string): ShellCommand[] {
  const reader = new Reader(script);
  const commands: ShellCommand[] = [];
  let before = "";
  while (!reader.isAtEnd) {
    const { words, end } = reader.command();
    const after = reader.take(OPERATORS) ?? "";
    const isBracket = /^[()]$/.test(after);
    if (words.length > 0) commands.push({ words, before, after, end });
    if (isBracket) commands.push({ words: [{ raw: after, text: after }], before, after, end });
    // A line break behind an operator says nothing.
    if (words.length > 0 || after !== "\n") before = after;
  }
  return commands;
}

class Reader {
  private i = 0;
  /** What is found in the word at hand. */
  private text: string | undefined = "";
  private args: ShellWord["args"];

  constructor(private readonly script: string) {}

  get isAtEnd(): boolean {
    return this.i >= this.script.length;
  }

  /** Words, with redirections between them, as far as the next operator. */
  command(): { words: ShellWord[]; end: number } {
    const words: ShellWord[] = [];
    let end = this.i;
    for (;;) {
      this.match(/(?:[ \t]|\\\n)*(?:#[^\n]*)?/y);
      const redirection = this.redirection();
      if (redirection === "<<") throw new Error("a here-document");
      if (redirection !== undefined) this.match(/(?:[ \t]|\\\n)*/y);
      else if (this.isAtEnd || OPERATORS.some((operator) => this.isAt(operator))) return { words, end };
      const word = this.word();
      if (redirection === undefined) words.push(word);
      end = this.i;
    }
  }

  /** The one of these that stands here. */
  take(choices: readonly string[]): string | undefined {
    const choice = choices.find((one) => this.isAt(one));
    this.i += choice?.length ?? 0;
    return choice;
  }

  private redirection(): string | undefined {
    const start = this.i;
    this.match(/\d*(?=[<>])/y);
    // `<(…)` is a word.
    const operator = /[<>]\(/y.test(this.script.slice(this.i, this.i + 2))
      ? undefined
      : this.take(REDIRECTIONS);
    if (operator === undefined) this.i = start;
    return operator;
  }

  private word(): ShellWord {
    const start = this.i;
    this.text = "";
    this.args = undefined;
    while (!this.isAtEnd && !this.isWordOver(start)) this.piece();
    const raw = this.script.slice(start, this.i);
    if (raw === "") throw new Error(`${JSON.stringify(this.next)} where a word should be`);
    return { raw, text: this.text, args: raw === '${1+"$@"}' ? "whole" : this.args };
  }

  /** In bash, `<(…)`, `names=(…)` and `*(…)` are in a word. */
  private isWordOver(start: number): boolean {
    if (/[<>]/.test(this.next)) return this.script[this.i + 1] !== "(";
    if (this.next === "(") return !/[=@!+*?<>]$/.test(this.script.slice(start, this.i));
    return /[\s;&|)]/.test(this.next);
  }

  private piece(): void {
    if (this.next === "'") this.literal(this.match(/'[^']*'/y, "a ' that is not closed").slice(1, -1));
    else if (this.next === '"') this.doubleQuotes();
    else if (this.next === "\\")
      this.literal(this.match(/\\[^]/y, "a \\ at its end").slice(1).replace("\n", ""));
    else if (this.next === "$") this.expansion();
    else if (this.next === "`") this.backquotes();
    else if (this.next === "(") this.brackets(")");
    else {
      if (/[*?[]/.test(this.next)) this.text = undefined;
      this.literal(this.match(/[^]/y));
    }
  }

  private doubleQuotes(): void {
    this.match(/"/y);
    while (this.next !== '"') {
      if (this.isAtEnd) throw new Error('a " that is not closed');
      if (this.next === "$") this.expansion(true);
      else if (this.next === "`") this.backquotes();
      else this.literal(this.match(/\\[$`"\\\n]|[^]/y).replace(/^\\(?=.)|^\\\n/, ""));
    }
    this.match(/"/y);
  }

  private expansion(isQuoted = false): void {
    if (!isQuoted && this.isAt("$'")) {
      this.match(/\$'(?:\\[^]|[^'\\])*'/y, "a ' that is not closed");
    } else if (!isQuoted && this.isAt('$"')) {
      this.match(/\$/y);
      return this.doubleQuotes();
    } else {
      const name = this.match(/\$(?:\{[@*]\}|\w+|[@*#?$!-])?/y);
      if (/[@*]/.test(name)) this.args = isQuoted && name.includes("@") && !this.args ? "whole" : "split";
      else if (name === "$" && this.next === "(") this.brackets(")");
      else if (name === "$" && this.next === "{") this.brackets("}");
      else if (name === "$") return this.literal(name);
    }
    this.text = undefined;
  }

  private backquotes(): void {
    this.match(/`(?:\\[^]|[^`\\])*`/y, "a ` that is not closed");
    this.text = undefined;
  }

  /** From a bracket to the one that closes it, with what is quoted between them. */
  private brackets(close: string): void {
    const { args } = this;
    this.match(/[^]/y);
    while (this.next !== close) {
      if (this.isAtEnd) throw new Error(`a bracket that is not closed by "${close}"`);
      if (this.next === "{") this.brackets("}");
      else this.piece();
    }
    this.match(/[^]/y);
    this.text = undefined;
    this.args = args;
  }

  private get next(): string {
    return this.script.charAt(this.i);
  }

  private isAt(text: string): boolean {
    return this.script.startsWith(text, this.i);
  }

  /** What a pattern finds here; nothing if it does not, unless that is wrong. */
  private match(pattern: RegExp, complaint?: string): string {
    pattern.lastIndex = this.i;
    const [found] = pattern.exec(this.script) ?? [];
    if (found === undefined && complaint !== undefined) throw new Error(complaint);
    this.i += found?.length ?? 0;
    return found ?? "";
  }

  private literal(text: string): void {
    if (this.text !== undefined) this.text += text;
  }
}
