import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import { type Engine, type EngineKind, type EngineOptions, findEngine } from "./engine";
import type { Result } from "../fleet/run";
import type { Plan } from "./output";

/** Fills a stack, as the program of somebody who uses the library does. */
export type Build = (stack: TerraformStack) => void;

/** A folder in which a stack is synthesized, planned and applied, again and again as it changes. */
export class Workspace {
  private initialized = false;

  private constructor(
    readonly folder: string,
    readonly engine: Engine,
    private readonly stackName: string,
    private readonly addBackend?: Build,
  ) {}

  /**
   * @param stackName - the owner of what the stack puts on hosts
   * @param addBackend - says where the state is; it is in the folder otherwise
   */
  static async open(kind?: EngineKind, stackName = "blog", addBackend?: Build): Promise<Workspace> {
    const engine = await findEngine(kind);
    const folder = await mkdtemp(join(tmpdir(), "cdktf-puma-e2e-"));
    return new Workspace(folder, engine, stackName, addBackend);
  }

  /** Removes the folder, state and all. What is still on hosts stays there. */
  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Synthesizes the stack, validations and all, and installs its providers at the first time. */
  async synth(build: Build): Promise<void> {
    const app = new App({ outdir: join(this.folder, "cdktf.out") });
    const stack = new TerraformStack(app, this.stackName);
    if (this.addBackend) this.addBackend(stack);
    else new LocalBackend(stack, { path: join(this.folder, "terraform.tfstate") });
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
