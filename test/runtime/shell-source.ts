/**
 * Reads shell scripts as far as a test of their habits needs: which functions there are, what each calls, reads, assigns
 * and declares. It knows the grammar that the scripts of this library use, and throws at what it does not know.
 */

import { type Word, WordReader } from "./shell-words";

/** A command in a function: its name, and the arguments as they are written. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
  /** The patterns of the `case` branches around it, outermost first. */
  readonly branches: readonly string[];
}

/** A function, or what stands outside of all functions of a file. The maps tell the line of the first time. */
export class Scope {
  readonly calls: Call[] = [];
  readonly reads = new Map<string, number>();
  readonly assigned = new Map<string, number>();
  readonly locals = new Map<string, number>();
  readonly constants = new Map<string, number>();
  readonly exported = new Map<string, number>();
  /** What signals and the end are answered with. */
  readonly traps = new Set<string>();

  constructor(
    readonly file: string,
    /** "" for what stands outside of all functions. */
    readonly name: string,
  ) {}
}

interface HereDocument {
  readonly end: string;
  readonly literal: boolean;
}

const ASSIGNMENT = /([A-Za-z_]\w*)=/y;
const FUNCTION = /([a-z_]\w*)\(\)\s*\{/y;
const FOR = /for\s+([A-Za-z_]\w*)(?:[ \t]+in\b)?/y;
const KEYWORD = /(?:if|then|else|elif|fi|while|until|do|done|!)(?=[\s;)]|$)/y;
const REDIRECTION = /\d*(<<-?|<>|>>|[<>]&|[<>])/y;

class Reader extends WordReader {
  private scope: Scope;
  private readonly top: Scope;
  private branches: readonly string[] = [];
  private pending: HereDocument[] = [];

  constructor(
    file: string,
    text: string,
    private readonly scopes: Scope[],
  ) {
    super(file, text);
    this.top = new Scope(file, "");
    this.scope = this.top;
    scopes.push(this.top);
  }

  read(): void {
    this.list();
    if (this.at < this.text.length) this.unknown();
  }

  /** Commands up to what ends a list: `)`, `;;`, `}`, `esac`, or the end of the text. */
  protected list(): void {
    for (;;) {
      this.skipSeparators();
      if (this.at >= this.text.length || this.next(";;") || this.next(")")) return;
      if (/^(?:\}|esac)(?=[\s;)]|$)/.test(this.text.slice(this.at, this.at + 5))) return;
      this.command();
    }
  }

  private skipSeparators(): void {
    for (;;) {
      if (this.next("\n")) this.newline();
      else if (this.next("#")) this.match(/[^\n]*/y);
      else if (this.next(";;") || !this.match(/[ \t;&|]|\\\n/y)) return;
    }
  }

  private newline(): void {
    this.at++;
    for (const document of this.pending.splice(0)) this.hereDocument(document);
  }

  private hereDocument({ end, literal }: HereDocument): void {
    const stop = new RegExp(`^\\t*${end}$`, "gm");
    stop.lastIndex = this.at;
    const found = stop.exec(this.text) ?? this.unknown();
    while (this.at < found.index) {
      if (literal) this.at = found.index;
      else if (this.next("$")) this.expansion();
      else this.at += this.next("\\") ? 2 : 1;
    }
    this.at = found.index + found[0].length;
  }

  private command(): void {
    if (this.match(KEYWORD)) return;
    if (this.next("(")) return this.enclosed("(", ")");
    if (this.match(/\{(?=\s)/y)) return this.enclosed("", "}");
    if (this.match(/case(?=\s)/y)) return this.choice();
    const loop = this.match(FOR);
    if (loop) return this.loop(loop[1] as string);
    const definition = this.match(FUNCTION);
    if (definition) return this.definition(definition[1] as string);
    this.simpleCommand();
  }

  private loop(name: string): void {
    this.assign(name);
    while (!this.atEndOfCommand()) this.word();
  }

  private definition(name: string): void {
    this.scope = new Scope(this.file, name);
    this.scopes.push(this.scope);
    this.enclosed("", "}");
    this.scope = this.top;
  }

  private choice(): void {
    const around = this.branches;
    this.match(/\s+/y);
    this.word();
    if (!this.match(/\s+in(?=\s)/y)) this.unknown();
    for (this.skipSeparators(); !this.next("esac"); this.skipSeparators()) {
      this.branches = [...around, this.pattern()];
      this.list();
      if (this.next(";;")) this.at += 2;
    }
    this.branches = around;
    this.expect("esac");
  }

  private pattern(): string {
    const begin = this.at;
    this.match(/\(/y);
    do {
      this.match(/[ \t]+/y);
      this.word();
      this.match(/[ \t]+/y);
    } while (this.match(/\|/y));
    const text = this.text.slice(begin, this.at).trim();
    this.expect(")");
    return text;
  }

  private simpleCommand(): void {
    const assigned: string[] = [];
    const words: Word[] = [];
    const line = this.line;
    while (!this.atEndOfCommand()) {
      const redirection = this.match(REDIRECTION);
      const assignment = words.length === 0 && !redirection && this.match(ASSIGNMENT);
      if (redirection) this.target(redirection[1] as string);
      else if (assignment) assigned.push(assignment[1] as string);
      if (assignment && this.atEndOfWord()) continue;
      if (!redirection) (assignment ? [] : words).push(this.word());
    }
    // Before a command it is that command's environment.
    if (words.length === 0) for (const name of assigned) this.assign(name);
    else this.invoke(words, line);
  }

  private atEndOfCommand(): boolean {
    this.match(/(?:[ \t]|\\\n)+/y);
    return this.at >= this.text.length || /[\n;&|()#]/.test(this.text[this.at] as string);
  }

  private target(operator: string): void {
    this.match(/[ \t]+/y);
    const { text, plain } = this.word();
    if (operator.startsWith("<<")) this.pending.push({ end: text.replace(/['"\\]/g, ""), literal: !plain });
  }

  protected readVariable(name: string): void {
    if (/^[A-Za-z_]/.test(name) && !this.scope.reads.has(name)) this.scope.reads.set(name, this.line);
  }

  protected assign(name: string): void {
    if (name !== "_" && !this.scope.assigned.has(name)) this.scope.assigned.set(name, this.line);
  }

  private invoke([command, ...words]: Word[], line: number): void {
    const name = (command as Word).text;
    const args = words.map(({ text }) => text);
    if (name === "trap") return this.trap(args);
    // Outside of functions it only clears what the caller's environment has.
    if (name === "unset" && this.scope.name === "") return;
    if (name === "read" || name === "unset")
      return args.filter((arg) => /^\w+$/.test(arg)).forEach((arg) => this.assign(arg));
    if (name === "local" || name === "readonly" || name === "export") return this.declare(name, args);
    if (name === "eval" || name === ".") throw new Error(`${this.file}:${line}: '${name}' is not allowed`);
    this.scope.calls.push({ name, args, line, branches: this.branches });
  }

  private declare(how: "local" | "readonly" | "export", args: readonly string[]): void {
    const { locals, constants, exported } = this.scope;
    const declared = { local: locals, readonly: constants, export: exported }[how];
    for (const [name, value] of args.map((arg) => arg.split(/=(.*)/s) as [string, string?])) {
      declared.set(name, this.line);
      if (value !== undefined) this.assign(name);
    }
  }

  private trap([action = ""]: readonly string[]): void {
    const code = action.replace(/^(['"])(.*)\1$/s, "$2");
    if (/^[a-z_]\w*$/.test(code)) this.scope.traps.add(code);
  }
}

/** The functions of a file, after what stands outside of them. */
export function scopesOf(file: string, text: string): Scope[] {
  const scopes: Scope[] = [];
  new Reader(file, text, scopes).read();
  return scopes;
}
