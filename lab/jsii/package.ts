import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../fleet/run";
import { type Assembly } from "./assembly";

const ROOT = join(__dirname, "../..");

const TSC = [
  "--ignoreConfig",
  "--strict",
  "--skipLibCheck",
  "--target",
  "ES2022",
  "--module",
  "Node16",
  "--types",
  "node",
];

/** The library as a package for jsii, in a folder of its own. */
export class JsiiPackage {
  private readonly folder = mkdtempSync(join(tmpdir(), "cdktf-puma-jsii-"));

  constructor() {
    cpSync(join(ROOT, "lib"), this.file("lib"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), this.file("node_modules"));
    writeFileSync(this.file("package.json"), JSON.stringify(manifest()));
  }

  /** Puts a text into the place of another, which a file of lib/ has to have. */
  edit(file: string, old: string, text: string): void {
    const path = this.file(join("lib", file));
    const source = readFileSync(path, "utf8");
    if (!source.includes(old)) throw new Error(`lib/${file} has no '${old}'`);
    writeFileSync(path, source.replace(old, text));
  }

  /** What jsii refuses, a line for each. */
  async compile(): Promise<string[]> {
    const { code, stdout, stderr } = await this.run("jsii");
    const output = stdout + stderr;
    const errors = output.split("\n").filter((line) => /\berror (JSII|TS)\d/.test(line));
    if (code !== 0 && errors.length === 0)
      throw new Error(`jsii failed without an error in a file:\n${output}`);
    return errors;
  }

  /** The public names, once it is compiled. */
  assembly(): Assembly {
    return JSON.parse(readFileSync(this.file(".jsii"), "utf8"));
  }

  /** The reference of the public names, once it is compiled. */
  async reference(): Promise<string> {
    const { code, stdout, stderr } = await this.run("jsii-docgen", "--output=API.md");
    if (code !== 0) throw new Error(`jsii-docgen failed:\n${stdout}${stderr}`);
    return readFileSync(this.file("API.md"), "utf8");
  }

  /**
   * Compiles and runs a program that imports the library as `./lib`, once that is compiled.
   * @returns what it prints, or what is wrong with its types
   */
  async runProgram(text: string): Promise<string> {
    writeFileSync(this.file("program.ts"), text);
    const types = await this.run("tsc", ...TSC, "program.ts");
    if (types.code !== 0) return types.stdout;
    const { stdout, stderr } = await this.run("node", "program.js");
    return stdout + stderr;
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private run(command: string, ...args: string[]): ReturnType<typeof run> {
    const file = command === "node" ? process.execPath : join(ROOT, "node_modules/.bin", command);
    return run(file, args, { cwd: this.folder, allowFailure: true });
  }
}

/** What jsii asks of a package, beside what is in this one's own manifest. */
function manifest(): object {
  const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), "utf8"));
  const { name, version, description, license } = read("package.json");
  const constructs = read("node_modules/constructs/package.json").version;
  return {
    ...{ name, version, description, license },
    author: { name, url: "https://example.org", organization: true },
    repository: { type: "git", url: "https://example.org/cdktf-puma.git" },
    main: "lib/index.js",
    types: "lib/index.d.ts",
    stability: "experimental",
    peerDependencies: { constructs: `^${constructs}` },
    devDependencies: { constructs },
    jsii: { targets: {}, outdir: "dist" },
  };
}
