import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { type Engine, type EngineKind, type EngineOptions, findEngine } from "../../lab/engine/engine";
import type { Result } from "../../lab/fleet/run";

/** Fills a stack, as the program of somebody who uses the library does. */
export type Build = (stack: TerraformStack) => void;

/** What `show -json` says of a plan, as far as tests read it. */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
}

/** One change of a plan. */
export interface ResourceChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
  };
}

/** A folder in which a stack is synthesized, planned and applied, again and again as it changes. */
export class Stage {
  private initialized = false;

  private constructor(
    readonly folder: string,
    readonly engine: Engine,
    private readonly stackName: string,
  ) {}

  /** @param stackName - the owner of what the stack puts on hosts */
  static async open(kind?: EngineKind, stackName = "site"): Promise<Stage> {
    const engine = await findEngine(kind);
    return new Stage(await mkdtemp(join(tmpdir(), "cdktf-puma-e2e-")), engine, stackName);
  }

  /** Removes the folder, state and all. What is still on hosts stays there. */
  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Synthesizes the stack, validations and all, and installs its providers at the first time. */
  async synth(build: Build): Promise<void> {
    const app = new App({ outdir: join(this.folder, "cdktf.out") });
    const stack = new TerraformStack(app, this.stackName);
    new LocalBackend(stack, { path: join(this.folder, "terraform.tfstate") });
    build(stack);
    app.synth();
    const text = join(this.folder, "cdktf.out", "stacks", this.stackName, "cdk.tf.json");
    await copyFile(text, join(this.folder, "cdk.tf.json"));
    if (!this.initialized) await this.engine.init(this.folder);
    this.initialized = true;
  }

  /** Synthesizes and applies; the engine's whole output. */
  async apply(build: Build, args: string[] = []): Promise<string> {
    await this.synth(build);
    return output(await this.engine.apply(this.folder, args, { parallelism: PARALLELISM }));
  }

  /** Synthesizes and applies what must not succeed; the engine's whole output, its line breaks as they were written. */
  async applyInVain(build: Build, args: string[] = []): Promise<string> {
    await this.synth(build);
    const options: EngineOptions = { allowFailure: true, parallelism: PARALLELISM };
    const result = await this.engine.apply(this.folder, args, options);
    if (result.code === 0) throw new Error(`this apply should have failed:\n${output(result)}`);
    return output(result);
  }

  /** Synthesizes and plans. */
  async plan(build: Build, args: string[] = []): Promise<Plan> {
    await this.synth(build);
    await this.engine.plan(this.folder, ["-out=plan", ...args]);
    return (await this.engine.showJson(this.folder, "plan")) as Plan;
  }

  /** Destroys all that the stack made; the engine's whole output. */
  async destroy(args: string[] = []): Promise<string> {
    return output(await this.engine.destroy(this.folder, args, { parallelism: PARALLELISM }));
  }
}

/** More than there are hosts in a test, fewer than make an sshd turn newcomers away. */
const PARALLELISM = 8;

function output({ stdout, stderr }: Result): string {
  return stdout + stderr;
}

/** The changes of a plan that would do something. */
export function changesOf(plan: Plan): readonly ResourceChange[] {
  return (plan.resource_changes ?? []).filter(({ change }) => change.actions.join() !== "no-op");
}

/** What the run on one host printed, without the engine's own lines: `outputOf(text, "null_resource.puma_web_on_a")`. */
export function outputOf(text: string, address: string): string {
  const prefix = `${address} (remote-exec): `;
  const lines = text.split("\n").filter((line) => line.startsWith(prefix));
  return lines.map((line) => line.slice(prefix.length)).join("\n");
}

/** The engine's error about a resource, as one line without its frame; "" where there is none. */
export function errorOf(text: string, address: string): string {
  const errors = text.split(/\n(?=.{0,3}Error: )/).filter((part) => part.includes(`with ${address}`));
  return errors
    .join("\n")
    .replace(/^[│╷╵ ]+/gm, "")
    .replace(/\s*\n\s*/g, " ");
}
