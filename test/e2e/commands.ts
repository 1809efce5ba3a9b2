/** The command line: as somebody calls it where a stack was synthesized, and for one host. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../lib/cli/main";
import { type Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";

const ROOT = join(__dirname, "../..");

/** How a call ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A call that goes on: what is typed is sent once it has said something. */
export class Call {
  readonly ended: Promise<Ended>;
  private out = "";
  private err = "";

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (data: Buffer) => (this.out += String(data)));
    child.stderr?.on("data", (data: Buffer) => (this.err += String(data)));
    this.ended = new Promise((resolve) => {
      child.on("close", (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  /** With pipes, or in a terminal of 33 lines of 99 characters. */
  static start(workspace: Workspace, words: readonly string[], isTerminal = false): Call {
    const [word = "", ...others] = words;
    const script = join(ROOT, "test/cli/cdktf-puma.ts");
    const output = join(workspace.folder, "cdktf.out");
    const call = [process.execPath, "--import", "tsx", script, word, "--output", output, ...others];
    const line = call.map((one) => `'${one.replaceAll("'", `'\\''`)}'`).join(" ");
    const terminal = ["script", "-qec", `stty rows 33 cols 99 && exec ${line}`, "/dev/null"];
    const [program = "", ...args] = isTerminal ? terminal : call;
    const env = { ...process.env, SHELL: "/bin/sh", TERM: "xterm-256color" };
    return new Call(spawn(program, args, { cwd: ROOT, env }));
  }

  /** Until it has said something. */
  async says(text: string): Promise<void> {
    while (!this.out.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended without '${text}': ${this.out}${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  close(): void {
    this.child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

/** One that nothing is typed to. */
export async function called(workspace: Workspace, ...words: string[]): Promise<Ended> {
  const call = Call.start(workspace, words);
  call.close();
  return call.ended;
}

/** Lets the tests of the `describe` around the call reach hosts by the command line: by the system's ssh, with the key of a fleet. */
export function reachByCommandLine(host: () => FleetHost): void {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-ssh-"));
  const { PATH } = process.env;
  beforeAll(() => {
    const options = `-i ${host().keyFile} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null`;
    writeFileSync(join(folder, "ssh"), `#!/bin/sh\nexec /usr/bin/ssh -q ${options} "$@"\n`);
    chmodSync(join(folder, "ssh"), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
  });
  afterAll(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Calls the command line on a host, as somebody who may sudo there. */
export async function callOn(host: FleetHost, ...words: string[]): Promise<Ended> {
  let [out, err] = ["", ""];
  const output = { out: (text: string) => (out += text), err: (text: string) => (err += text) };
  const code = await main([...words, "--host", `ops@${host.address}`], output);
  return { code, out, err };
}
