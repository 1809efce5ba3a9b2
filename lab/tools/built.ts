/** Programs that neither npm nor Debian has, built from their Go modules: pinned, with checksums, and kept. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCommand } from "../fleet/install";
import { buildOnce, cacheFolder } from "../fleet/rootfs";

/** A tool whose module is pinned in the folder of that name beside. */
export type Tool = "actionlint" | "conftest" | "terraform-1.11" | "terraform-1.13";

/** The path of a tool's program: `await builtTool("actionlint")`. Once, it takes a minute, or some for what is large. */
export async function builtTool(tool: Tool): Promise<string> {
  const remedy = "install Go (https://go.dev/dl)";
  return join(await built({ name: tool, folder: __dirname, args: [tool], remedy }), tool);
}

/** What `build.sh` makes of the module that is pinned in a folder beside it. */
export interface Build {
  /** The folder's name. */
  readonly name: string;
  /** Where the script and that folder are. */
  readonly folder: string;
  /** The script's arguments; the folder to make is added as the last one. */
  readonly args: readonly string[];
  /** What to do where there is no Go. */
  readonly remedy: string;
}

/** The folder that a build has made, now or before. */
export async function built({ name, folder, args, remedy }: Build): Promise<string> {
  const hash = createHash("sha256").update(args.join(" "));
  for (const file of ["build.sh", `${name}/go.mod`, `${name}/go.sum`])
    hash.update(await readFile(join(folder, file)));
  const target = join(cacheFolder(), `${name}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(target)) return target;
  if (!isCommand("go"))
    throw new Error(`${name} has to be built here, which takes Go 1.24 or newer: ${remedy}`);
  process.stderr.write(`Building ${name} from its Go module, once\n`);
  await buildOnce(target, [join(folder, "build.sh"), ...args]);
  return target;
}
