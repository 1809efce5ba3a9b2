import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ModuleKind, transpileModule } from "typescript";
import { ROOT, stackIn } from "../example";
import { type Synthesized } from "../stack";

const CDKS = ["cdktf", "cdktn"] as const;

export type CdkName = (typeof CDKS)[number];

/** Versions by the names of packages. */
export type Packages = Readonly<Record<string, string>>;

const CDKTF = { cdktf: "0.21.0" };
const CDKTN = { cdktn: "0.24.0" };
const BINDINGS = { "@cdktf/provider-null": "11.0.1" };

/** What a project can have installed beside the library. */
export const SETUPS: Readonly<Record<string, Packages>> = {
  "cdktf alone": { ...CDKTF, ...BINDINGS },
  "cdktn alone": CDKTN,
  "both CDKs": { ...CDKTF, ...CDKTN, ...BINDINGS },
  "cdktf without bindings of the null provider": CDKTF,
};

const PROGRAM = readFileSync(join(__dirname, "program.ts"), "utf8");

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

const OPTIONS = {
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  module: "node16",
  target: "es2022",
  types: [],
};

/** What of vitest's types matchers are added to. */
const VITEST = `export interface Assertion<T = any> { not: Assertion<T>; toBe(other: T): void }
export declare const expect: {
  <T>(value: T): Assertion<T>;
  extend(matchers: object): void;
  stringContaining(text: string): any;
  arrayContaining(list: unknown[]): any;
};
`;

function run(folder: string, command: string, ...args: string[]): void {
  const env = { ...process.env, CHECKPOINT_DISABLE: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stdout}${stderr}`);
}

function npm(folder: string, ...args: string[]): void {
  run(folder, "npm", ...args, "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");
}

/** Projects that use the library as it comes from a registry. */
export class Consumers {
  private readonly folder = mkdtempSync(join(tmpdir(), "cdktf-puma-consumers-"));
  private readonly archive = this.pack();

  /** A new project that has the library and, of others, exactly these packages; the program is in it for each CDK. */
  install(name: string, packages: Packages): Consumer {
    const folder = this.project(name, {
      "cdktf-puma": `file:${this.archive}`,
      constructs: "10.7.2",
      ...packages,
    });
    const consumer = new Consumer(folder);
    consumer.write(CDKS.filter((cdk) => cdk in packages));
    return consumer;
  }

  /** The folder of a new project that has these packages. */
  project(name: string, dependencies: Packages): string {
    const folder = join(this.folder, name.replaceAll(" ", "-"));
    mkdirSync(folder);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    npm(folder, "install");
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Its `prepack` would build in the checkout, where another test may be about to do the same. */
  private pack(): string {
    const folder = join(this.folder, "package");
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    mkdirSync(folder);
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ ...manifest, scripts: {}, devDependencies: {} }),
    );
    run(ROOT, process.execPath, TSC, "-p", "tsconfig.build.json", "--outDir", join(folder, "dist"));
    const isShell = (file: string): boolean => !file.endsWith(".ts");
    cpSync(join(ROOT, "bin"), join(folder, "bin"), { recursive: true });
    cpSync(join(ROOT, "lib/runtime"), join(folder, "dist/runtime"), { recursive: true, filter: isShell });
    const name = execFileSync("npm", ["pack", "--silent"], { cwd: folder, encoding: "utf8" });
    return join(folder, name.trim());
  }
}

/** A project that the library is installed in. */
export class Consumer {
  constructor(private readonly folder: string) {}

  /** The packages that npm put there. */
  get packages(): string[] {
    const lock = JSON.parse(readFileSync(join(this.folder, "package-lock.json"), "utf8"));
    const names = Object.keys(lock.packages).filter((path) =>
      /^node_modules\/((?!\/node_modules\/).)*$/.test(path),
    );
    return names.map((path) => path.slice("node_modules/".length));
  }

  /** Puts the program there, once for each CDK. */
  write(cdks: readonly CdkName[]): void {
    for (const cdk of cdks) {
      const program = PROGRAM.replace(/(["-])cdktf"/g, `$1${cdk}"`);
      const { outputText } = transpileModule(program, { compilerOptions: { module: ModuleKind.CommonJS } });
      writeFileSync(join(this.folder, `${cdk}.ts`), program);
      writeFileSync(join(this.folder, `${cdk}.js`), outputText);
    }
    const main = cdks.map((cdk) => `require("./${cdk}.js");\n`).join("");
    writeFileSync(join(this.folder, "main.js"), main);
    writeFileSync(join(this.folder, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS }));
  }

  /** Checks the program's types, and those of the libraries, as strictly as TypeScript can. */
  checkTypes(tsc = TSC): void {
    run(this.folder, process.execPath, tsc);
  }

  /** Checks the types of what tests write, for each test runner, whichever way TypeScript finds a module. */
  checkTypesOfTests(): void {
    const modules = join(this.folder, "node_modules");
    for (const scope of ["@types", "@jest"]) mkdirSync(join(modules, scope), { recursive: true });
    for (const name of ["@types/jest", "@jest/globals", "@jest/expect", "expect"])
      symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
    mkdirSync(join(modules, "vitest"));
    writeFileSync(join(modules, "vitest/index.d.ts"), VITEST);
    const text = readFileSync(join(__dirname, "tests.ts"), "utf8");
    const runners = {
      jest: "",
      globals: 'import { expect } from "@jest/globals";',
      vitest: 'import { expect } from "vitest";',
    };
    for (const [name, line] of Object.entries(runners))
      writeFileSync(join(this.folder, `${name}.tests.ts`), `${line}\n${text}`);
    const files = Object.keys(runners).map((name) => `${name}.tests.ts`);
    for (const [moduleResolution, module] of [
      ["node16", "node16"],
      ["node10", "commonjs"],
    ]) {
      const options = { ...OPTIONS, skipLibCheck: true, types: ["jest"], module, moduleResolution };
      const compilerOptions = { ...options, ignoreDeprecations: "6.0" };
      writeFileSync(join(this.folder, "tests.json"), JSON.stringify({ compilerOptions, files }));
      run(this.folder, process.execPath, TSC, "-p", "tests.json");
    }
  }

  /** Runs a program of its own, as JavaScript, which is told the rest by its environment. */
  runProgram(name: string, text: string, node: string, env: NodeJS.ProcessEnv): void {
    writeFileSync(join(this.folder, name), text);
    const options = { cwd: this.folder, env: { ...process.env, ...env }, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(node, [name], options);
    if (status !== 0) throw new Error(`${node} ${name}: ${stdout}${stderr}`);
  }

  /** Puts a file there; one of CommonJS is made from TypeScript. */
  writeModule(name: string, text: string): void {
    const compilerOptions = { module: ModuleKind.CommonJS };
    const written = name.endsWith(".js") ? transpileModule(text, { compilerOptions }).outputText : text;
    writeFileSync(join(this.folder, name), written);
  }

  /** Runs `synth` of a CDK's command line, which has to be installed. */
  synthByCommandLine(cdk: CdkName, node: string): void {
    const project = { language: "typescript", app: `${node} main.js`, sendCrashReports: "false" };
    writeFileSync(join(this.folder, "cdktf.json"), JSON.stringify(project));
    run(this.folder, node, join(this.folder, "node_modules/.bin", cdk), "synth", "--output", `out-of-${cdk}`);
  }

  /** Runs a command that an installed package has, and returns what it prints. */
  runCommand(name: string, ...words: string[]): string {
    const command = join(this.folder, "node_modules/.bin", name);
    return execFileSync(command, words, { cwd: this.folder, encoding: "utf8", stdio: "pipe" });
  }

  /** Runs a command that must fail, and returns what it prints. */
  runInVain(name: string, ...words: string[]): string {
    const command = join(this.folder, "node_modules/.bin", name);
    const { status, stdout, stderr } = spawnSync(command, words, { cwd: this.folder, encoding: "utf8" });
    if (status === 0) throw new Error(`${name} should have failed: ${stdout}${stderr}`);
    return stdout + stderr;
  }

  /** Runs a Node.js, which must succeed. */
  runNode(...words: string[]): void {
    run(this.folder, process.execPath, ...words);
  }

  /** Runs the program, which writes a stack for each CDK. */
  synth(node = process.execPath): Map<CdkName, Synthesized> {
    run(this.folder, node, "main.js");
    const folders = readdirSync(this.folder).filter((name) => name.startsWith("out-of-"));
    return new Map(
      folders.map((name) => [name.slice("out-of-".length) as CdkName, stackIn(join(this.folder, name))]),
    );
  }
}

/** A stack without what a CDK writes of itself, the state's place, and where the provider comes from. */
export function essence(json: Synthesized): Synthesized {
  const others = ["//", "backend", "required_providers"];
  return JSON.parse(JSON.stringify(json, (key, value) => (others.includes(key) ? undefined : value)));
}
