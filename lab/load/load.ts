/** Requests of users, for as long as a test has them come. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadOptions, Report } from "./report";

const DEFAULTS: Omit<LoadOptions, "address"> = {
  port: 9292,
  path: "/",
  tls: false,
  fresh: 4,
  keepAlive: 4,
  pause: 25,
  freshPause: 64,
  patience: 60_000,
  seconds: 600,
  requests: 1_000_000,
};

/** Clients in a process of their own, so that a busy test is not taken for a slow answer. */
export class Load {
  private readonly output: Buffer[] = [];
  private readonly closed: Promise<unknown>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.on("data", (chunk: Buffer) => this.output.push(chunk));
    this.closed = once(child, "close");
  }

  /** Resolves when the first requests are under way. */
  static async start(options: Partial<LoadOptions> & { address: string }): Promise<Load> {
    const words = JSON.stringify({ ...DEFAULTS, ...options });
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "generator.ts"), words]);
    const load = new Load(child);
    await once(child.stderr, "data");
    return load;
  }

  /** Ends it; what the clients saw. A second call says the same again. */
  async stop(): Promise<Report> {
    this.child.stdin.end();
    return this.ended();
  }

  /** What the clients saw, once a limit has ended it. */
  async ended(): Promise<Report> {
    await this.closed;
    return JSON.parse(Buffer.concat(this.output).toString()) as Report;
  }
}
