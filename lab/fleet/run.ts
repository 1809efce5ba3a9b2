import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** How a command ended. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What {@link run} may be told besides the command. */
export interface RunOptions {
  /** @default - the command's standard input is empty */
  readonly input?: string;
  /** @default - this process's environment */
  readonly env?: NodeJS.ProcessEnv;
  /** @default - this process's folder */
  readonly cwd?: string;
  /** Also resolve where the command fails. @default false */
  readonly allowFailure?: boolean;
  /** Called with each line of the output, of both kinds, as it comes. @default - nobody is told before the end */
  readonly onLine?: (line: string) => void;
}

/** Runs a command without a shell. Rejects, with its error output, where it fails. */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Result> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env });
  const stdout = collect(child.stdout, options.onLine);
  const stderr = collect(child.stderr, options.onLine);
  // A command that ends without reading its input is judged by its exit code alone.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");

  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  const result = {
    code: code ?? 128,
    stdout: stdout(),
    stderr: stderr() + (signal ? `ended by ${signal}\n` : ""),
  };
  if (result.code !== 0 && !options.allowFailure) throw new Error(failure([command, ...args], result));
  return result;
}

function collect(stream: Readable, onLine?: (line: string) => void): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return () => Buffer.concat(chunks).toString();
}

function failure(command: string[], { code, stdout, stderr }: Result): string {
  return `exit code ${code} from: ${command.join(" ")}\n${stderr}${stdout}`;
}
