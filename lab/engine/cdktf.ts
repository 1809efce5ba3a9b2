import { dirname, join } from "node:path";
import { type Result, run } from "../fleet/run";
import { type EngineOptions, findEngine } from "./engine";

const CLI = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf.js");

/** Those of cdktf's commands that run the engine, and so lock the providers. */
const LOCKING = ["deploy", "destroy", "diff"];

/**
 * Runs `cdktf` with an engine that works here, as `cdktf(["deploy", "--auto-approve"], folder)`.
 *
 * Where the registry cannot be reached it adds `--skip-provider-lock`: cdktf asks the registry for the provider's
 * checksums on all platforms at the first run, even though the provider itself comes from a folder.
 */
export async function cdktf(args: string[], cwd: string, options: EngineOptions = {}): Promise<Result> {
  const engine = await findEngine();
  const flags = engine.mirrored && LOCKING.includes(args[0] ?? "") ? ["--skip-provider-lock"] : [];
  const { allowFailure, onLine } = options;
  return run(process.execPath, [CLI, ...args, ...flags], { cwd, env: engine.env, allowFailure, onLine });
}
