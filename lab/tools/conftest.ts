import { type Result, run } from "../fleet/run";
import { builtTool } from "./built";

/** Runs conftest, whatever its exit code is. */
export async function conftest(cwd: string, args: readonly string[]): Promise<Result> {
  return run(await builtTool("conftest"), [...args, "--no-color"], { cwd, allowFailure: true });
}
