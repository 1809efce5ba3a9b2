import { type Result, run } from "../fleet/run";
import { builtTool } from "./built";

/** Runs conftest, whatever its exit code is. */
export async function conftest(cwd: string, args: readonly string[]): Promise<Result> {
  const env = { ...process.env, CONFTEST_NO_COLOR: "1" };
  return run(await builtTool("conftest"), [...args], { cwd, env, allowFailure: true });
}
