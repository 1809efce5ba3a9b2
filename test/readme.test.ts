import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ts from "typescript";
import * as library from "../lib";

const README = readFileSync(join(__dirname, "../README.md"), "utf8");
const PLANS = readFileSync(join(__dirname, "../docs/plan.md"), "utf8");

/** The blocks of a language, in the order in which they stand there. */
function blocks(language: string): string[] {
  const fences = README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"));
  return [...fences].map(([, text]) => text as string);
}

/** Runs a program, which synthesizes into a folder, and returns the units by name. */
function unitsOf(program: string, outdir: string): Record<string, string[]> {
  const compilerOptions = { module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(program, { compilerOptions });
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

/** What the compiler has to say of programs that stand in the folder of the library. */
function complaintsAbout(...programs: string[]): string[][] {
  const root = join(__dirname, "..");
  const texts = new Map(programs.map((program, i) => [join(root, `main${i}.ts`), program]));
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const compiled = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].map((path) =>
    ts
      .getPreEmitDiagnostics(compiled, compiled.getSourceFile(path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  );
}

test("the README's example compiles", () => {
  const [example] = blocks("ts") as [string];
  const [complaints, ofAnother] = complaintsAbout(example, example.replace('"/srv/blog/current"', "7"));
  expect(complaints).toEqual([]);
  expect(ofAnother).toEqual(["Type 'number' is not assignable to type 'string'."]);
});

test("the README's example has a whole host key", () => {
  const [, blob = ""] = /"ecdsa-sha2-nistp256 (AAAA[^"]*)"/.exec(blocks("ts")[0] as string) ?? [];
  const key = Buffer.from(blob, "base64");
  // Two names and a point on the curve, each with its length before it (RFC 5656).
  expect([key.length, key.readUInt32BE(0), key.readUInt32BE(23), key.readUInt32BE(35)]).toEqual([
    104, 19, 8, 65,
  ]);
});

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

test("the README's plan is one of those of docs/plan.md, which an engine has printed", () => {
  const [plan = ""] = blocks("text").filter((text) => text.includes("must be replaced"));
  const resources = plan.split("\n\n").map((text) => text.trimEnd());
  expect(resources).toHaveLength(2);
  for (const resource of resources) expect(PLANS).toContain(resource);
});
