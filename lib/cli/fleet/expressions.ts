import { createHash } from "node:crypto";

/** What an expression comes to. */
export type Value = string | number | boolean | readonly Value[] | { readonly [name: string]: Value };

/** Looks up what is known by a name: undefined if it is not. */
export type Known = (name: readonly string[]) => unknown;

/** What only the engine knows. */
export class UnknownValue extends Error {
  constructor(readonly expression: string) {
    super(`known to the engine alone (${expression})`);
  }
}

const texts = (value: Value | undefined): string[] => (value as readonly Value[]).map(String);

const flat = (value: Value): Value[] => (Array.isArray(value) ? (value as Value[]).flatMap(flat) : [value]);

/** Those functions of the engine's that this library writes into a service's settings. */
const FUNCTIONS: Readonly<Record<string, (...args: Value[]) => Value>> = {
  base64decode: (text) => Buffer.from(String(text), "base64").toString(),
  base64encode: (text) => Buffer.from(String(text)).toString("base64"),
  concat: (...lists) => (lists as (readonly Value[])[]).flat(),
  flatten: flat,
  join: (between, list) => texts(list).join(String(between)),
  jsonencode: (value) => JSON.stringify(value),
  nonsensitive: (value) => value,
  replace: (text, what, by) => String(text).replaceAll(String(what), () => String(by)),
  sha256: (text) => createHash("sha256").update(String(text)).digest("hex"),
  substr: (text, from, length) => String(text).slice(Number(from), Number(from) + Number(length)),
  tostring: String,
  trimprefix: (text, end) => String(text).replace(new RegExp(`^${escaped(end)}`), ""),
  trimsuffix: (text, end) => String(text).replace(new RegExp(`${escaped(end)}$`), ""),
};

function escaped(text: Value | undefined): string {
  return String(text).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** Reads what stands in a configuration, as an engine evaluates it: no more of its language than is written there. */
export class Expressions {
  private at = 0;
  private readonly own = new Map<string, Value>();

  private constructor(
    private readonly text: string,
    private readonly known: Known,
  ) {}

  /**
   * What a template of a configuration in JSON comes to.
   * @throws an UnknownValue for what only the engine knows
   */
  static template(text: string, known: Known): Value {
    return new Expressions(text, known).template(undefined);
  }

  /** Up to an end, or to that of the text. A template that is one expression is as that is. */
  private template(end: '"' | undefined): Value {
    const parts: Value[] = [];
    while (this.at < this.text.length && (end === undefined || this.text[this.at] !== end)) {
      parts.push(this.part(end !== undefined));
    }
    this.at += end === undefined ? 0 : 1;
    const [first = ""] = parts;
    return parts.length === 1 ? first : parts.map(String).join("");
  }

  private part(isQuoted: boolean): Value {
    const [doubled] = /^(?:\$\$|%%)\{/.exec(this.text.slice(this.at, this.at + 3)) ?? [];
    if (doubled !== undefined) return this.taken(3).slice(1);
    if (this.text.startsWith("${", this.at)) {
      this.at += 2;
      const value = this.expression();
      this.expect("}");
      return value;
    }
    if (isQuoted && this.text[this.at] === "\\") return this.escape();
    const [plain = ""] = this.match(isQuoted ? /[^"\\$%]+/y : /[^$%]+/y) ?? [];
    return plain === "" ? this.taken(1) : plain;
  }

  private escape(): string {
    const [, code] = this.match(/\\u([0-9a-fA-F]{4})/y) ?? [];
    if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
    const character = this.taken(2)[1] ?? "";
    return ESCAPES[character] ?? character;
  }

  private expression(): Value {
    const value = this.value();
    if (this.match(/\s*==\s*/y)) return this.choice(value === this.value());
    return this.choice(value);
  }

  private choice(value: Value): Value {
    if (!this.match(/\s*\?\s*/y)) return value;
    const yes = this.expression();
    this.expect(":");
    const no = this.expression();
    return value === true ? yes : no;
  }

  private value(): Value {
    this.match(/\s+/y);
    if (this.match(/"/y)) return this.template('"');
    if (this.match(/\[/y)) return this.list();
    const [number] = this.match(/\d+/y) ?? [];
    if (number !== undefined) return Number(number);
    const [name] = this.match(/[A-Za-z_][\w-]*/y) ?? [];
    if (name === undefined) throw new UnknownValue(this.text.slice(this.at, this.at + 40));
    return this.match(/\(/y) ? this.call(name) : this.lookUp(name);
  }

  private call(name: string): Value {
    const args = this.items(")");
    const call = FUNCTIONS[name];
    if (call === undefined) throw new UnknownValue(`${name}(…)`);
    return call(...args);
  }

  /** Values up to a bracket. */
  private items(end: string): Value[] {
    const items: Value[] = [];
    while (!this.match(new RegExp(`\\s*\\${end}`, "y"))) {
      items.push(this.expression());
      this.match(/\s*,/y);
    }
    return items;
  }

  private list(): Value {
    const [, key, name] = this.match(/for (\w+), (\w+) in /y) ?? [];
    if (key === undefined || name === undefined) return this.items("]");
    const entries = Object.entries(this.expression());
    this.expect(":");
    const body = this.at;
    const items = entries.sort().map(([one, value]) => {
      this.at = body;
      this.own.set(key, one).set(name, value as Value);
      return this.expression();
    });
    this.expect("]");
    return items;
  }

  private lookUp(first: string): Value {
    const name = [first];
    for (;;) {
      const [, field] = this.match(/\.(\w+)/y) ?? [];
      if (field !== undefined) name.push(field);
      else if (this.match(/\[/y)) name.push(...this.items("]").map(String));
      else break;
    }
    const own = this.own.get(first);
    if (own !== undefined) return own;
    const value = this.known(name);
    if (value === undefined) throw new UnknownValue(name.join("."));
    return this.resolved(value);
  }

  /** What stands in a configuration has templates of its own. */
  private resolved(value: unknown): Value {
    if (typeof value === "string") return Expressions.template(value, this.known);
    if (Array.isArray(value)) return value.map((one) => this.resolved(one));
    if (typeof value !== "object" || value === null) return value as Value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.resolved(one)]));
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found ?? undefined;
  }

  private expect(text: string): void {
    if (!this.match(new RegExp(`\\s*\\${text}`, "y")))
      throw new UnknownValue(this.text.slice(this.at, this.at + 40));
  }

  private taken(length: number): string {
    this.at += length;
    return this.text.slice(this.at - length, this.at);
  }
}
