import { PropPath } from "../values/prop-path";
import { type Block, checkSectionName, comment, type Directive, directive, type Entry } from "./entry";
import { strip } from "./line";

/**
 * A section of a unit file, under one name however many headers it has: systemd reads duplicates as one. The
 * directives stay in order, and a name may occur more than once.
 *
 * @example
 * const service = new UnitFile().section("Service");
 * service.add("ExecStart", "/srv/blog/current/sbin/puma");
 * service.set("Restart", "always");
 */
export class Section {
  /** @internal Sections are made by `UnitFile.section()`. */
  public static _of(blocks: readonly Block[], name: string): Section {
    checkSectionName(PropPath.of("section name"), name);
    return new Section(blocks, name);
  }

  private constructor(
    private readonly blocks: readonly Block[],
    /** The section's name, without brackets. */
    public readonly name: string,
  ) {}

  /**
   * Every value that the file assigns to a directive, in order. An empty one resets those before it.
   * @param name of the directive
   */
  public get(name: string): string[] {
    return this.own.flatMap(({ entries }) => entries.filter(isNamed(name)).map((entry) => entry.value));
  }

  /**
   * Adds a directive at the section's end, once for each value.
   * @param name of the directive
   * @param values in systemd's own syntax
   * @throws if a name or value would not come back the same from systemd's parser, a line break above all
   */
  public add(name: string, values: string | string[]): void {
    this.append(this.directives(name, values));
  }

  /**
   * Puts `values` in the place of all that the file assigns to a directive. An empty list removes it.
   * @param name of the directive
   * @param values in systemd's own syntax
   * @throws if a name or value would not come back the same from systemd's parser
   */
  public set(name: string, values: string | string[]): void {
    const directives = this.directives(name, values);
    const block = this.own.find(({ entries }) => entries.some(isNamed(name)));
    if (!block) return this.append(directives);
    const index = block.entries.findIndex(isNamed(name));
    this.remove(name);
    block.entries.splice(index, 0, ...directives);
  }

  /**
   * Removes a directive wherever the section has it.
   * @param name of the directive
   */
  public remove(name: string): void {
    for (const { entries } of this.own) {
      const kept = entries.filter((entry) => !isNamed(name)(entry));
      entries.splice(0, entries.length, ...kept);
    }
  }

  /**
   * Adds a line of comment at the section's end.
   * @param text one line, without its `#`
   */
  public comment(text: string): void {
    this.append([comment(this.at.key("comment"), strip(`# ${text}`))]);
  }

  private get at(): PropPath {
    return PropPath.of(`[${this.name}]`);
  }

  private get own(): Block[] {
    return this.blocks.filter((block) => block.name === this.name);
  }

  private directives(name: string, values: string | string[]): Directive[] {
    return [values].flat().map((value) => directive(this.at.key(name), name, value));
  }

  private append(entries: readonly Entry[]): void {
    const last = this.own.at(-1);
    if (last) insertBeforeBlanks(last.entries, entries);
  }
}

function isNamed(name: string): (entry: Entry) => entry is Directive {
  return (entry): entry is Directive => entry.kind === "directive" && entry.name === name;
}

/** Empty lines at a block's end set it apart from the next: what is added comes before them. */
export function insertBeforeBlanks(entries: Entry[], added: readonly Entry[]): void {
  let end = entries.length;
  while (end > 0 && entries[end - 1].kind === "blank") end--;
  entries.splice(end, 0, ...added);
}
