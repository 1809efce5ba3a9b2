/** Every command that README.md and docs/ have is run by a test: here, by one that is named, or by none for a reason. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lib/cli/main";
import { StandIn } from "./cli/stand-in";
import { ON_REAL_HOSTS, type Row, ROWS } from "./commands-run";
import {
  allBlocks,
  allCommands,
  commandsIn,
  type Documented,
  documented,
  runOfAll,
  runOnHost,
} from "./documented";
import { ROOT } from "./example";

const ALL = allCommands();
const has = (row: Row, { page, command }: Documented): boolean =>
  row.commands.test(command) && (row.pages?.test(page) ?? true);

describe("each command", () => {
  test.each(ALL)("$page: $command", (one) => {
    const ways = [runOnHost(one), runOfAll(one), ...ROWS.map((row) => has(row, one))].filter(Boolean);
    expect(ways).toHaveLength(1);
  });

  test("of no page is one that none has any more", () => {
    expect(ROWS.filter((row) => !ALL.some((one) => has(row, one)))).toEqual([]);
  });
});

describe("a test that is named", () => {
  const named = [...ROWS.flatMap(({ by }) => (by ? [by] : [])), ...Object.values(ON_REAL_HOSTS)];

  test.each(named)("%s has what runs it: %s", (file, text) => {
    expect(readFileSync(join(ROOT, file), "utf8")).toContain(text);
  });

  test("is there, or a reason", () => {
    expect(ROWS.filter(({ by, because }) => (by === undefined) === (because === undefined))).toEqual([]);
  });
});

test("what stands in a block is found: functions, here-documents, comments", () => {
  const block =
    "#!/bin/sh\n# what\na # why\n  b 'c'\ncat >x <<'END'\nno command\nEND\nd <<'END'\nEND\ne \"#\"\n";
  expect(commandsIn(block)).toEqual(["a", "b 'c'", "cat >x <<'END'", "d <<'END'", 'e "#"']);
});

test("a shell reads each block", () => {
  for (const { text } of allBlocks()) execFileSync("bash", ["-n"], { input: text, stdio: "pipe" });
});

describe("our commands over hosts", () => {
  const at = new StandIn();
  const { PATH } = process.env;
  const folder = process.cwd();

  beforeAll(() => {
    for (const name of ["puma", "blog_puma_production"])
      writeFileSync(
        join(at.folder, `${name}.service`),
        "[Service]\nExecStart=/srv/app/bin/puma\nWorkingDirectory=/srv/app\n",
      );
    writeFileSync(join(at.folder, "puma.socket"), "[Socket]\nListenStream=9292\n");
    process.env.PATH = `${join(at.folder, "bin")}:${PATH}`;
    process.chdir(at.folder);
  });

  afterAll(() => {
    process.chdir(folder);
    process.env.PATH = PATH;
    at.close();
  });

  /** Runs what stands behind `npx cdktf-puma`, as a shell takes it; what its output is put into is left away. */
  async function call(command: string): Promise<{ code: number; err: string }> {
    // The pages' services, one at a time, as a command of the application's is run as one of them.
    at.synthesize({ [command.includes("--services blog") ? "blog" : "web"]: ["web1", "web2", "web3"] });
    const line = command.replace(/^npx cdktf-puma/, "").replace(/ >.*$/, "");
    const words = execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
      .split("\0")
      .slice(0, -1);
    let err = "";
    const code = await main(words, { out: () => undefined, err: (text) => (err += text) });
    return { code, err };
  }

  /** One that follows what hosts write has no end of its own. */
  const ending = ALL.filter(runOfAll).filter(({ command }) => !command.endsWith("logs -f"));

  test.each(ending)("$page: $command", async ({ command }) => {
    const { code, err } = await call(command);
    // One shows what a slip is told.
    expect({ command, err, slip: code === 2 }).toMatchObject({ slip: command.includes("web[12]") });
  });

  test.each([["npx cdktf-puma statu"], ["npx cdktf-puma status --host web1"], ["npx cdktf-puma remove web"]])(
    "%s would be told",
    async (command) => {
      expect(await call(command)).toMatchObject({
        code: 2,
        err: expect.stringMatching(/^error: /m) as string,
      });
    },
  );

  test("each is run against real hosts as well", () => {
    const verbs = ALL.filter(runOfAll).map(({ command }) => command.split(" ")[2] as string);
    expect(verbs.filter((verb) => !(verb in ON_REAL_HOSTS))).toEqual([]);
  });
});

test("README.md: a project begins", () => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-commands-"));
  try {
    execFileSync("sh", ["-ec", documented("README.md", "Two commands", 2).replace(/^git clone .*$/m, "")], {
      cwd: folder,
      stdio: "pipe",
    });
    const project = join(folder, "blog");
    expect(JSON.parse(readFileSync(join(project, "cdktf.json"), "utf8"))).toMatchObject({
      app: "npx tsx main.ts",
    });
    const [, example = ""] = /```ts\n([^]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
    writeFileSync(
      join(project, "main.ts"),
      example.replace('"cdktf-puma"', JSON.stringify(join(ROOT, "lib"))),
    );
    symlinkSync(join(ROOT, "node_modules"), join(project, "node_modules"));
    execFileSync("npx", ["tsx", "main.ts"], { cwd: project, stdio: "pipe" });
    expect(existsSync(join(project, "cdktf.out/stacks/blog", "cdk.tf.json"))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
