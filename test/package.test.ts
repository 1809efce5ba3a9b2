import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runScript } from "../lib/deploy/run-script";

const ROOT = join(__dirname, "..");

let folder: string;
let archive: string;
let packed: string;

/** The names of a folder's files, relative to it. */
function filesOf(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(root.length + 1)).sort();
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cdktf-puma-package-"));
  // Its `prepack` builds.
  execFileSync("npm", ["pack", "--silent", `--pack-destination=${folder}`], { cwd: ROOT, stdio: "pipe" });
  const [name] = readdirSync(folder) as [string];
  archive = join(folder, name);
  execFileSync("tar", ["-xzf", archive], { cwd: folder });
  packed = join(folder, "package");
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true });
});

test("holds what users need, and no more", () => {
  const sources = filesOf(join(ROOT, "lib"));
  const compiled = sources.flatMap((file) =>
    file.endsWith(".ts") ? [".js", ".d.ts"].map((end) => file.replace(/\.ts$/, end)) : [file],
  );
  const texts = ["API.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"];
  texts.push("package.json");
  const linked = ["bin", "docs", "examples", "policy"]
    .flatMap((folder) => filesOf(join(ROOT, folder)).map((file) => `${folder}/${file}`))
    .filter((file) => !file.startsWith("docs/.vitepress/"));
  const built = [...compiled, "runtime/run-script.gz.b64"].map((file) => `dist/${file}`);
  expect(filesOf(packed)).toEqual([...texts, ...linked, ...built].sort());
});

test.each([
  ["publint", ["run", "--strict"]],
  // Under each way in which TypeScript looks a package up: node10, node16 from CommonJS and from modules, bundler.
  ["attw", ["--no-definitely-typed", "--no-color", "--no-emoji", "--format=ascii"]],
])("%s has nothing to say against it", (linter, words) => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, "node_modules/.bin", linter), [...words, archive], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ status, said: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, said: "" });
});

test.each(["module", "commonjs"])(
  "its entry points, and no other file, can be imported from a %s",
  (type) => {
    const names = [
      "cdktf-puma",
      "cdktf-puma/package.json",
      "cdktf-puma/dist/index.js",
      "cdktf-puma/dist/puma/bind",
    ];
    const load = type === "module" ? `import(name, json(name))` : `(async () => require(name))()`;
    const program = `
    const json = (name) => (name.endsWith("json") ? { with: { type: "json" } } : {});
    const load = (name) => ${load}.then((all) => (all.default?.name ?? all.name ?? typeof all.PumaService), (error) => error.code);
    Promise.all(${JSON.stringify(names)}.map(load)).then((said) => console.log(JSON.stringify(said)));`;
    // A package may import itself by its name, as others do.
    const printed = execFileSync(process.execPath, [`--input-type=${type}`, "-e", program], { cwd: packed });
    const closed = "ERR_PACKAGE_PATH_NOT_EXPORTED";
    expect(JSON.parse(String(printed))).toEqual(["function", "cdktf-puma", closed, closed]);
  },
);

test("a module can import names", () => {
  const program = `import { PumaService, Bind } from "cdktf-puma"; console.log(typeof PumaService, typeof Bind)`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: packed });
  expect(String(printed)).toBe("function function\n");
});

test("has what tests ask, by the name that users import", () => {
  const { exports, typesVersions } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  const { types, default: main } = exports["./testing"];
  const [older] = typesVersions["*"].testing;
  expect(readFileSync(join(packed, types), "utf8")).toBe(readFileSync(join(packed, older), "utf8"));
  expect(Object.keys(createRequire(__filename)(join(packed, main))).sort()).toEqual([
    "hostsOf",
    "matchers",
    "unitsOf",
  ]);
});

test("has a command line, which starts from its own files", () => {
  const unit = join(ROOT, "test/cli/import/units/18-syslog-output.service");
  const { bin } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
  const printed = execFileSync(join(packed, bin["cdktf-puma"]), ["import", unit], {
    encoding: "utf8",
    stdio: "pipe",
  });
  expect(printed).toContain('import { App, TerraformStack } from "cdktf";');
  expect(printed).toContain('new PumaService(stack, "18-syslog-output", {');
});

test("what is marked as internal is not among the types", () => {
  const types = readFileSync(join(packed, "dist/puma/bind.d.ts"), "utf8");
  expect(types).toContain("get listenStream(): string;");
  expect(types).not.toMatch(/@internal|\b_\w/);
});

test("works from its entry point, with the scripts that it reads", () => {
  const { Host, PumaService, Bind, SshKey } = createRequire(__filename)(packed) as typeof import("../lib");
  const { App, TerraformStack, Testing } = createRequire(join(packed, "dist/index.js"))("cdktf");
  const stack = new TerraformStack(new App({ outdir: join(folder, "out") }), "stack");
  new PumaService(stack, "web", {
    hosts: [new Host("web1", { address: "192.0.2.1", key: SshKey.agent() })],
    binds: [Bind.tcp(9292)],
    workingDirectory: "/srv/blog",
  });
  const { variable } = JSON.parse(Testing.synth(stack)) as { variable: Record<string, { default: string }> };
  const sent = variable.puma_host_script?.default ?? "";
  expect(sent).toBe(readFileSync(join(packed, "dist/runtime/run-script.gz.b64"), "utf8"));
  const script = gunzipSync(Buffer.from(sent, "base64")).toString();
  expect(script).toBe(runScript());
});
