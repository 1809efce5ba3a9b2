import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../lab/fleet/run";
import { ROOT } from "../example";

/** What docs/state.md says. */
export const TEXT = readFileSync(join(ROOT, "docs/state.md"), "utf8");

/** The folder with the command line of each CDK; cdktn's comes from the registry, with a Node.js that is new enough for it. */
export const CLI = {
  cdktf: async (): Promise<string> => join(ROOT, "node_modules/.bin"),
  cdktn: async (folder: string): Promise<string> => {
    const node = `node@npm:node-${process.platform}-${process.arch}@22`;
    const packages = ["cdktn@0.24.0", "cdktn-cli@0.24.0", "constructs@10.7.2", node];
    const words = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
    await run("npm", ["install", `--prefix=${folder}`, ...words, ...packages]);
    return join(folder, "node_modules/.bin");
  },
};

/** The commands of docs/state.md right under a heading, one for each block. */
export function commandsOf(heading: string): string[] {
  return blocksOf(heading, "sh");
}

/** The programs of docs/state.md right under a heading. */
export function programsOf(heading: string): string[] {
  return blocksOf(heading, "ts");
}

function blocksOf(heading: string, language: string): string[] {
  const [, section] = new RegExp(`^#+ ${heading}$(.*?)(?=^#+ |(?![^]))`, "ms").exec(TEXT) ?? [];
  if (section === undefined) throw new Error(`docs/state.md has no heading ${heading}`);
  const blocks = [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)\n\`\`\`$`, "gms"))];
  if (blocks.length === 0) throw new Error(`docs/state.md has no block of ${language} under ${heading}`);
  return blocks.map(([, block]) => block as string);
}
