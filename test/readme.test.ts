import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModuleKind, transpileModule } from "typescript";
import * as library from "../lib";

const README = readFileSync(join(__dirname, "../README.md"), "utf8");

/** The blocks of a language, in the order in which they stand there. */
function blocks(language: string): string[] {
  const fences = README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return [...fences].map(([, text]) => text as string);
}

/** Runs a program, which synthesizes into a folder, and returns the units by name. */
function unitsOf(program: string, outdir: string): Record<string, string[]> {
  const { outputText } = transpileModule(program, { compilerOptions: { module: ModuleKind.CommonJS } });
  const load = (name: string): unknown => (name === "cdktf-puma" ? library : createRequire(__filename)(name));
  process.env.CDKTF_OUTDIR = outdir;
  try {
    new Function("require", "exports", outputText)(load, {});
  } finally {
    delete process.env.CDKTF_OUTDIR;
  }
  const stack = JSON.parse(readFileSync(join(outdir, "stacks/blog/cdk.tf.json"), "utf8"));
  return stack.locals.puma_web_units;
}

test("the README's example yields the units that stand under it", () => {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-puma-readme-"));
  try {
    const units = unitsOf(blocks("ts")[0] as string, outdir);
    const shown = Object.entries(units).map(
      ([name, lines]) => `# /etc/systemd/system/${name}\n${lines.join("\n")}\n`,
    );
    expect(blocks("ini").sort()).toEqual(shown.sort());
  } finally {
    rmSync(outdir, { recursive: true });
  }
});
