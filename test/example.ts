import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Synthesized } from "./stack";

/** The folder that every path of a test begins from. */
export const ROOT = join(__dirname, "..");

/** The one stack that a program wrote into a folder. */
export function stackIn(folder: string): Synthesized {
  const [name] = readdirSync(join(folder, "stacks"));
  return JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8"));
}

/** Runs an example in this process, as a program that writes into a folder. */
export function runExample(name: string, folder: string): Synthesized {
  const { CDKTF_OUTDIR } = process.env;
  process.env.CDKTF_OUTDIR = folder;
  try {
    jest.isolateModules(() => jest.requireActual(join(ROOT, "examples", name)));
  } finally {
    if (CDKTF_OUTDIR === undefined) delete process.env.CDKTF_OUTDIR;
    else process.env.CDKTF_OUTDIR = CDKTF_OUTDIR;
  }
  return stackIn(folder);
}
