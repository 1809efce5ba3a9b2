/** The recipes of examples/ci, and a machine of a CI's in which their lines are run: the tools are there, the services are stubs. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { type Engine } from "../../lab/engine/engine";

export const ROOT = join(__dirname, "../..");
export const RECIPES = join(ROOT, "examples/ci");

/** A recipe's text. */
export const read = (file: string): string => readFileSync(join(RECIPES, file), "utf8");

/** One script that a CI runs, and what it has in its environment. */
export interface Step {
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

type Env = Record<string, string>;

/** The scripts of a job of GitHub's; what stands in `${{ }}` is replaced. */
export function githubSteps(file: string, job: string, values: Env): Step[] {
  const workflow = parse(read(file)) as {
    jobs: Record<string, { env?: Env; steps: { run?: string; env?: Env }[] }>;
  };
  const filled = (text: string): string =>
    text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
      expect(Object.keys(values)).toContain(name);
      return values[name] as string;
    });
  const { env: ofJob = {}, steps } = workflow.jobs[job] as {
    env?: Env;
    steps: { run?: string; env?: Env }[];
  };
  return steps.flatMap(({ run, env = {} }) => {
    const all = Object.entries({ ...ofJob, ...env }).map(([name, value]) => [name, filled(value)]);
    return run === undefined ? [] : [{ run: filled(run), env: Object.fromEntries(all) as Env }];
  });
}

/** The script of a job of GitLab's: its lines are one. Variables refer to others. */
export function gitlabSteps(job: string, given: Env): Step[] {
  const all = parse(read("gitlab-ci.yml"));
  const { script, variables = {} } = all[job] as { script: string[]; variables?: Env };
  const env: Env = { ...given };
  for (const [name, value] of Object.entries<string>({ ...all.variables, ...variables }))
    env[name] = value.replace(/\$(\w+)/g, (_, other: string) => env[other] ?? "");
  return [{ run: [...all.default.before_script, ...script].join("\n"), env }];
}

/** The steps of a stage of Atlantis's. */
export function atlantisSteps(stage: "plan" | "apply"): Step[] {
  const { workflows } = parse(read("atlantis.yaml"));
  const env: Env = {};
  return (
    workflows.puma[stage].steps as {
      run?: string | { command: string };
      env?: { name: string; value: string };
    }[]
  ).flatMap(({ run, env: variable }) => {
    if (variable !== undefined) env[variable.name] = variable.value;
    return run === undefined ? [] : [{ run: typeof run === "string" ? run : run.command, env: { ...env } }];
  });
}

/** What came of a step. */
export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout on a machine of a CI's. */
export class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), "cdktf-puma-ci-"));
  private readonly bin = join(this.folder, "bin");
  readonly checkout = join(this.folder, "checkout");

  constructor(private readonly engine: Engine) {
    mkdirSync(this.bin);
    mkdirSync(join(this.checkout, "ci"), { recursive: true });
    cpSync(join(RECIPES, "with-certificate.sh"), join(this.checkout, "ci/with-certificate.sh"));
    symlinkSync(join(ROOT, "node_modules"), join(this.checkout, "node_modules"));
    const paths = { "cdktf-puma": [join(ROOT, "lib/index.ts")] };
    this.write("tsconfig.json", JSON.stringify({ compilerOptions: { paths } }));
    this.write("cdktf.json", JSON.stringify({ language: "typescript", app: "npx tsx main.ts" }));
    this.tool("npm", "exit 0");
    this.tool("npx", NPX);
    this.tool("terraform", `exec '${engine.binary}' "$@"`);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file of the repository. */
  write(file: string, text: string): void {
    writeFileSync(join(this.checkout, file), text);
  }

  /** What a file of the checkout says. */
  read(file: string): string {
    return readFileSync(join(this.checkout, file), "utf8");
  }

  has(file: string): boolean {
    return existsSync(join(this.checkout, file));
  }

  /** A program on the PATH. */
  tool(name: string, script: string): void {
    const file = join(this.bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs steps one after another, as long as none fails: what the last one came to. */
  run(steps: readonly Step[], shell: readonly string[], env: Env = {}): Ran {
    let ran: Ran = { status: 0, stdout: "", stderr: "" };
    for (const step of steps) {
      ran = this.runOne(step, shell, env);
      if (ran.status !== 0) return ran;
    }
    return ran;
  }

  private runOne({ run, env: own }: Step, [shell = "sh", ...words]: readonly string[], env: Env): Ran {
    const { status, stdout, stderr } = spawnSync(shell, [...words, run], {
      cwd: this.checkout,
      encoding: "utf8",
      env: {
        ...this.engine.env,
        PATH: `${this.bin}:${dirname(process.execPath)}:${process.env.PATH}`,
        ...{ CI: "true", ROOT, FOLDER: this.folder, ...env, ...own },
      },
    });
    return { status, stdout, stderr };
  }
}

/** Programs of the checkout, without a package that is built. What would reach a host is left out of the stack. */
const NPX = `case $1 in
  cdktf)
    shift
    node "$ROOT/node_modules/cdktf-cli/bundle/bin/cdktf.js" "$@" || exit
    node -e '
      const file = "cdktf.out/stacks/blog/cdk.tf.json";
      const text = fs.readFileSync(file, "utf8");
      const without = (key, value) => (key === "provisioner" && !process.env.KEEP ? undefined : value);
      fs.writeFileSync(file, JSON.stringify(JSON.parse(text, without)));
    '
    ;;
  cdktf-puma)
    shift
    exec node --import "file://$ROOT/node_modules/tsx/dist/loader.mjs" "$ROOT/test/cli/cdktf-puma.ts" "$@"
    ;;
  tsx)
    shift
    exec node "$ROOT/node_modules/tsx/dist/cli.mjs" "$@"
    ;;
  *) exit 9 ;;
esac`;
