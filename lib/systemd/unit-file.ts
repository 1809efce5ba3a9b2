import { PropPath } from "../values/prop-path";
import { BLANK, type Block, checkSectionName, comment, type Entry } from "./entry";
import { parseBlocks } from "./parse";
import { renderLines } from "./render";
import { insertBeforeBlanks, Section } from "./section";
import { strip } from "./line";

/** A section header and what follows it up to the next header: a copy. */
export interface SectionContent {
  readonly name: string;
  readonly entries: readonly Entry[];
}

/**
 * A systemd unit file: sections in order, in each its directives, comments and empty lines in order. Whatever is put
 * in, the rendered file has one line for each entry, and parses to the same model.
 *
 * @example
 * const unit = UnitFile.parse("[Service]\nExecStart=/bin/true\n");
 * unit.section("Service").add("Restart", "always");
 * const text = unit.toString();
 *
 * @see https://www.freedesktop.org/software/systemd/man/systemd.syntax.html
 */
export class UnitFile {
  /**
   * Reads a unit file as systemd does. Continuation lines are joined, as systemd joins them.
   * @param text the file's
   * @throws with the line's number and text, on what systemd would refuse, or skip with a warning
   * @example
   * UnitFile.parse("[Service]\nExecStart=/bin/true\n");
   */
  public static parse(text: string): UnitFile {
    const file = new UnitFile();
    file.blocks.splice(0, 1, ...parseBlocks(text));
    return file;
  }

  // The first block holds what stands before the first section header.
  private readonly blocks: Block[] = [{ entries: [] }];

  /**
   * The section of this name. A new one at the file's end if there is none.
   * @param name without brackets
   */
  public section(name: string): Section {
    if (!this.blocks.some((block) => block.name === name)) this.open(name);
    return Section._of(this.blocks, name);
  }

  /**
   * Adds a line of comment at the file's top, before the first section.
   * @param text one line, without its `#`
   */
  public comment(text: string): void {
    insertBeforeBlanks(this.blocks[0].entries, [comment(PropPath.of("comment"), strip(`# ${text}`))]);
  }

  /** @internal What stands before the first section: comments and empty lines. */
  public get _header(): readonly Entry[] {
    return [...this.blocks[0].entries];
  }

  /** @internal The sections in the file's order; one with two headers stands here twice. */
  public get _sections(): readonly SectionContent[] {
    return this.blocks.slice(1).map(({ name = "", entries }) => ({ name, entries: [...entries] }));
  }

  /** The file line by line, without line breaks. */
  public get lines(): string[] {
    return renderLines(this.blocks);
  }

  /** The file's text, with a line break at its end. */
  public toString(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }

  private open(name: string): void {
    checkSectionName(PropPath.of("section name"), name);
    const last = this.lines.at(-1);
    if (last !== undefined && last !== "") this.blocks[this.blocks.length - 1].entries.push(BLANK);
    this.blocks.push({ name, entries: [] });
  }
}
