/**
 * The engine that tests apply with: `terraform` or `tofu` from the PATH, or an OpenTofu that is built.
 *
 * Where its registry cannot be reached, it gets the null provider from a folder, built from a pinned Go module and shown
 * to the engine under a version that it is not ({@link CLAIMED_VERSION} says why). All builds are kept and reused.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Result, run } from "../fleet/run";
import { builtTofu, mirrorConfig, reachesRegistry } from "./provider";

export type { Result } from "../fleet/run";

/** Which of the two engines. */
export type EngineKind = "terraform" | "tofu";

/** How a command of the engine is run. */
export interface EngineOptions {
  /** How many resources at once. @default - the engine's own 10 */
  readonly parallelism?: number;
  /** Resolve whatever the exit code is. @default false */
  readonly allowFailure?: boolean;
  /** Called with each line of the output as it comes. @default - nobody is told before the end */
  readonly onLine?: (line: string) => void;
}

const REGISTRY: Record<EngineKind, string> = {
  terraform: "registry.terraform.io",
  tofu: "registry.opentofu.org",
};

/** A Terraform or OpenTofu that works on this machine, and the environment that makes it do so. */
export class Engine {
  constructor(
    readonly kind: EngineKind,
    /** The path of the program. */
    readonly binary: string,
    readonly env: NodeJS.ProcessEnv,
    /** Whether the null provider comes from a folder, as the registry cannot be reached. */
    readonly mirrored: boolean,
  ) {}

  /** Installs the providers of a configuration. */
  async init(dir: string, options: EngineOptions = {}): Promise<Result> {
    return this.run(dir, ["init", "-input=false", "-no-color"], options);
  }

  /** Plans, with arguments such as `-out=plan`. */
  async plan(dir: string, args: string[] = [], options: EngineOptions = {}): Promise<Result> {
    return this.run(dir, ["plan", ...common(options), ...args], options);
  }

  /** Applies without asking. The arguments may end in a plan's file. */
  async apply(dir: string, args: string[] = [], options: EngineOptions = {}): Promise<Result> {
    return this.run(dir, ["apply", "-auto-approve", ...common(options), ...args], options);
  }

  /** Destroys without asking. */
  async destroy(dir: string, args: string[] = [], options: EngineOptions = {}): Promise<Result> {
    return this.run(dir, ["destroy", "-auto-approve", ...common(options), ...args], options);
  }

  /** A plan, or the state where no plan's file is given, as the engine's JSON. */
  async showJson(dir: string, planFile?: string): Promise<unknown> {
    const { stdout } = await this.run(dir, ["show", "-json", "-no-color", ...(planFile ? [planFile] : [])]);
    return JSON.parse(stdout);
  }

  /** Runs any command of the engine. Rejects, with its errors, where it fails. */
  async run(dir: string, args: string[], options: EngineOptions = {}): Promise<Result> {
    const { allowFailure, onLine } = options;
    return run(this.binary, args, { cwd: dir, env: this.env, allowFailure, onLine });
  }

  /** Starts a command that a test wants to interrupt or to kill, with more variables of its environment. */
  start(dir: string, args: string[], variables: NodeJS.ProcessEnv = {}): Running {
    const env = { ...this.env, ...variables };
    // A process group of its own, so that a kill reaches the provider, which would outlive the engine.
    return new Running(spawn(this.binary, args, { cwd: dir, env, detached: true, stdio: "ignore" }));
  }
}

/** A command of the engine that runs. */
export class Running {
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;

  constructor(private readonly child: ChildProcess) {
    this.ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  }

  /** Sends a signal to the engine and to its providers. */
  kill(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }
}

/**
 * An engine that works. Without a kind: terraform from the PATH, or else tofu from the PATH, or else one that is built.
 * @throws where there is none and none can be built; the message says what to install
 */
export async function findEngine(kind?: EngineKind): Promise<Engine> {
  const found = kind ?? (onPath("terraform") ? "terraform" : "tofu");
  return engineAt(found, onPath(found) ?? (await buildEngine(found)));
}

/** The engine whose program is at a path. */
export async function engineAt(kind: EngineKind, binary: string): Promise<Engine> {
  const mirrored = !(await reachesRegistry(REGISTRY[kind]));
  return new Engine(kind, binary, await environment(binary, mirrored), mirrored);
}

function common({ parallelism }: EngineOptions): string[] {
  const flags = ["-input=false", "-no-color"];
  return parallelism === undefined ? flags : [...flags, `-parallelism=${parallelism}`];
}

function onPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function buildEngine(kind: EngineKind): Promise<string> {
  if (kind === "tofu") return builtTofu();
  throw new Error("no terraform on the PATH: install Terraform 1.11 or newer, or ask for tofu");
}

/**
 * No plugin cache: not every engine here locks it, and tests run several at once. The engine's garbage collection takes a fifth of
 * its time, for memory that is there.
 */
async function environment(binary: string, mirrored: boolean): Promise<NodeJS.ProcessEnv> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    TERRAFORM_BINARY_NAME: binary,
    CHECKPOINT_DISABLE: "1",
    GOGC: "400",
  };
  if (mirrored) env.TF_CLI_CONFIG_FILE = await mirrorConfig();
  // It is a mere warning of the engine's that the file is not there, but one in the midst of what tests read.
  else if (!existsSync(env.TF_CLI_CONFIG_FILE ?? "")) delete env.TF_CLI_CONFIG_FILE;
  return env;
}
