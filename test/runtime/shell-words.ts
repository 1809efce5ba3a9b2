/** A word of a shell script. */
export interface Word {
  /** As it is written, quotes and all. */
  readonly text: string;
  /** Without quotes and expansions. */
  readonly plain: boolean;
}

const NAME = /[A-Za-z_]\w*/y;
const PARAMETER = /\$\{#?([A-Za-z_]\w*|[\d@*#?$!-])(:?=)?/y;
const WORD_END = /[\s;&|()<>]/;

/** Reads the words of a shell script and what is in them: quotes, parameters, arithmetic, commands. */
export abstract class WordReader {
  protected at = 0;

  constructor(
    protected readonly file: string,
    protected readonly text: string,
  ) {}

  /** Reads commands up to what ends a list. */
  protected abstract list(): void;
  protected abstract readVariable(name: string): void;
  protected abstract assign(name: string): void;

  protected get line(): number {
    return this.text.slice(0, this.at).split("\n").length;
  }

  protected unknown(): never {
    throw new Error(
      `${this.file}:${this.line}: no such shell is known here: ${this.text.slice(this.at, this.at + 40)}`,
    );
  }

  protected next(string: string): boolean {
    return this.text.startsWith(string, this.at);
  }

  protected match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at += found[0].length;
    return found ?? undefined;
  }

  protected expect(string: string): void {
    if (!this.next(string)) this.unknown();
    this.at += string.length;
  }

  protected enclosed(begin: string, end: string): void {
    this.expect(begin);
    this.list();
    this.expect(end);
  }

  protected atEndOfWord(): boolean {
    return this.at >= this.text.length || WORD_END.test(this.text[this.at] as string);
  }

  protected word(): Word {
    const begin = this.at;
    let plain = true;
    while (!this.atEndOfWord()) {
      if (this.match(/[^\s;&|()<>'"$\\`]+/y)) continue;
      plain = false;
      this.quotedOrExpanded();
    }
    if (this.at === begin) this.unknown();
    return { text: this.text.slice(begin, this.at), plain };
  }

  private quotedOrExpanded(): void {
    if (this.match(/\\[^]/y) || this.match(/'[^']*'/y)) return;
    if (this.next("$")) return this.expansion();
    if (!this.match(/"/y)) this.unknown();
    while (!this.match(/"/y)) {
      if (this.next("$")) this.expansion();
      else if (!this.match(/[^"$\\`]+|\\[^]/y)) this.unknown();
    }
  }

  protected expansion(): void {
    if (this.match(/\$\(\(/y)) return this.arithmetic();
    if (this.match(/\$(?=\()/y)) return this.enclosed("(", ")");
    const parameter = this.match(PARAMETER);
    if (parameter) return this.parameter(parameter[1] as string, parameter[2] !== undefined);
    if (this.match(/\$[\d@*#?$!-]/y)) return;
    this.expect("$");
    const name = this.match(NAME);
    if (name) this.readVariable(name[0]);
  }

  private parameter(name: string, assigns: boolean): void {
    this.readVariable(name);
    if (assigns) this.assign(name);
    while (!this.match(/\}/y)) {
      if (!this.match(/[^}'"$\\`]+/y)) this.quotedOrExpanded();
    }
  }

  private arithmetic(end = /\)\)/y): void {
    while (!this.match(end)) {
      const name = this.match(NAME);
      if (name) this.readVariable(name[0]);
      else if (this.next("$")) this.expansion();
      else if (this.match(/\(/y)) this.arithmetic(/\)/y);
      else if (!this.match(/[^)]/y)) this.unknown();
    }
  }
}
