import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCommand } from "../fleet/install";
import { buildOnce, cacheFolder } from "../fleet/rootfs";
import { type Result, run } from "../fleet/run";

/** Runs conftest, whatever its exit code is. */
export async function conftest(cwd: string, args: readonly string[]): Promise<Result> {
  const env = { ...process.env, CONFTEST_NO_COLOR: "1" };
  return run(await builtConftest(), [...args], { cwd, env, allowFailure: true });
}

/** The path of a conftest built from its Go module: three minutes on two cores, once. */
async function builtConftest(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["build.sh", "go.mod", "go.sum"]) hash.update(await readFile(join(__dirname, file)));
  const target = join(cacheFolder(), `conftest-${hash.digest("hex").slice(0, 12)}`);
  if (!existsSync(target)) {
    if (!isCommand("go")) throw new Error("conftest has to be built here: install Go (https://go.dev/dl)");
    process.stderr.write("Building conftest from its Go module, once\n");
    await buildOnce(target, [join(__dirname, "build.sh")]);
  }
  return join(target, "conftest");
}
