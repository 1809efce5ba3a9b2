import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Cost } from "./measured";

const ROOT = join(__dirname, "..");
const OUT = join(ROOT, "node_modules/.cache/cdktf-puma-bench");

/**
 * Compiles the library and the programs of this folder, as users get it: sources that are compiled as they load make each
 * stack trace dear, of which the CDK takes one for each token. The folder of the compiled programs.
 */
function compiled(): string {
  const node = (...args: string[]): void => {
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  };
  rmSync(OUT, { recursive: true, force: true });
  node(require.resolve("typescript/bin/tsc"), "--noEmit", "false", "--outDir", OUT);
  node("scripts/place-shell.mjs", join(OUT, "lib"));
  return join(OUT, "bench");
}

let programs: string | undefined;

/** What a program of this folder costs, compiled, in a process of its own. */
export function cost(program: string, ...args: string[]): Cost {
  programs ??= compiled();
  const command = [join(programs, program), ...args];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: "utf8" })) as Cost;
}
