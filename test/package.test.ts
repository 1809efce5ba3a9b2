import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const ROOT = join(__dirname, "..");

let folder: string;
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
  const [archive] = readdirSync(folder) as [string];
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
    file.endsWith(".ts") ? [".js", ".d.ts", ".js.map"].map((end) => file.replace(/\.ts$/, end)) : [file],
  );
  const texts = ["API.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "package.json"];
  const linked = ["bin", "docs", "examples"].flatMap((folder) =>
    filesOf(join(ROOT, folder)).map((file) => `${folder}/${file}`),
  );
  expect(filesOf(packed)).toEqual([...texts, ...linked, ...compiled.map((file) => `dist/${file}`)].sort());
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
  const { locals } = JSON.parse(Testing.synth(stack)) as { locals: { puma_host_script: string } };
  const script = gunzipSync(Buffer.from(locals.puma_host_script, "base64")).toString();
  expect(script).toMatch(/\nmain <\/dev\/null\n$/);
});
