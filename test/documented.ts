/** Commands of README.md and docs/: which there are, and blocks of them to be run as they stand there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { markdownIn } from "../site/pages";
import { ROOT } from "./example";

/** A block of commands of a page. */
export interface Block {
  readonly page: string;
  /** The heading under which it stands. */
  readonly heading: string;
  readonly text: string;
}

const SHELL = /^([ ]*)```(?:sh|bash|console)\n([^]*?)^\1```$/gm;

export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(SHELL)].map(({ 1: indent = "", 2: block = "", index }) => ({
    page,
    heading: [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "",
    text: block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** All blocks of commands that users read. */
export function allBlocks(): Block[] {
  return ["README.md", ...markdownIn("docs")].flatMap(blocksOf);
}

/** The commands of the n-th block under a heading, to be run as they stand there. */
export function documented(page: string, heading: string, n = 1): string {
  const block = blocksOf(page).filter((one) => one.heading === heading)[n - 1];
  if (block === undefined) throw new Error(`${page} has no block ${n} of commands under "${heading}"`);
  return block.text;
}

/** The commands of a block, without their comments; a here-document and what stands in braces belong to their command. */
export function commandsIn(block: string): string[] {
  const commands: string[] = [];
  let end: string | undefined;
  for (const line of block.split("\n")) {
    if (end !== undefined) {
      if (line === end) end = undefined;
      continue;
    }
    [, end] = /<<'(\w+)'$/.exec(line) ?? [];
    const command = line.replace(/(^|\s+)# .*$/, "").trim();
    if (command !== "" && !command.startsWith("#!")) commands.push(command);
  }
  return commands;
}

/** A command, and where it stands. */
export interface Documented {
  readonly page: string;
  readonly command: string;
}

export function allCommands(): Documented[] {
  return allBlocks().flatMap(({ page, text }) => commandsIn(text).map((command) => ({ page, command })));
}

const ON_HOST = ["README.md", "docs/on-call.md", "docs/on-the-host.md"];
const RUN_THERE = /^(sudo )?(cdktf-puma|systemctl|journalctl|ls|df|du|-u deploy ln) /;

/** What test/prove/commands.prove.ts runs on a host as it stands there. */
export function runOnHost({ page, command }: Documented): boolean {
  return ON_HOST.includes(page) && RUN_THERE.test(command);
}

/** What test/commands.test.ts runs as it stands there, against hosts that stand in. */
export function runOfAll({ command }: Documented): boolean {
  return command.startsWith("npx cdktf-puma ");
}
