import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PumaCommand } from "../../lib/puma/command";

const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-scripts-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const programs = {
    a: "true",
    b: "true",
    c: "false",
    puma: `echo "$$" >pid; printf '<%s>' "$@" >arguments`,
  };
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
});

/** Not the socket that Node has for a pipe: a bash that finds one there reads the user's .bashrc. */
const stdio: SpawnSyncOptions["stdio"] = ["ignore", "pipe", "pipe"];

const SCRIPTS = [
  "exec puma",
  "a && exec puma",
  "c || b && exec puma",
  "(cd /; c); exec puma;\n",
  "a | b\nexec puma # c; d",
  "a && # why\n\n  exec puma",
  "a & exec puma >>log 2>&1",
  'A=b PATH="$PATH:/x" exec puma',
  "exec \\\n  puma",
  'export X="$(echo "it\'s (")"; [ "$X" = "it\'s (" ] && exec puma',
  "if c; then b; else a; fi; exec puma",
  "case x in (y) c ;; x) a ;; esac; exec puma",
  "for i in 1 2; do a; done && { b; } && exec puma",
  "f() { a; }; f && exec puma",
  'set -- "$@" more; exec puma "$@"',
  "exec env X='# ;' \"$(command -v puma)\"",
];

test.each(["/bin/bash", "/bin/dash"].flatMap((shell) => SCRIPTS.map((script) => [shell, script] as const)))(
  "%s becomes Puma, with its arguments: %j",
  (shell, script) => {
    const [program = "", ...words] = PumaCommand.shell(script, { shell })._argv("/srv", false);
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const { pid, stderr, status } = spawnSync(program, [...words, "-b", "it's $1; x"], {
      cwd: folder,
      env,
      stdio,
    });
    expect([status, String(stderr)]).toEqual([0, ""]);
    expect(readFileSync(join(folder, "pid"), "utf8")).toBe(`${pid}\n`);
    const more = script.includes("more") ? "<more>" : "";
    expect(readFileSync(join(folder, "arguments"), "utf8")).toBe(`<-b><it's $1; x>${more}`);
  },
);

test("a shell calls itself puma in its messages", () => {
  const [program = "", ...words] = PumaCommand.shell("exec ./none")._argv("/srv", false);
  expect(String(spawnSync(program, words, { stdio }).stderr)).toMatch(/^puma: line 1: /);
});
