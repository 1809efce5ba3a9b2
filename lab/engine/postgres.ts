import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canInstall, installPackages } from "../fleet/install";
import { run } from "../fleet/run";

const VERSIONS = "/usr/lib/postgresql";
/** It refuses to be root. */
const ITSELF = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--reset-env"];

/**
 * Debian's PostgreSQL, for states: on this machine, as its own user, in a folder of its own, where it listens on a socket that
 * nobody else may reach. It asks for no password, and takes any.
 */
export class Postgres {
  private process?: ChildProcess;

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
  ) {}

  /** Starts a server with an empty database. Installs it where this machine has none and packages can be installed. */
  static async start(): Promise<Postgres> {
    const server = new Postgres(await programs(), await mkdtemp(join(tmpdir(), "cdktf-puma-postgres-")));
    await run("chown", ["postgres:", server.folder]);
    await server.asItself("initdb", "--auth=trust", "--username=postgres", "--no-sync", server.data);
    await server.up();
    await server.asItself("createdb", `--host=${server.folder}`, "--username=postgres", "state");
    return server;
  }

  /** What reaches it, for `PG_CONN_STR`. */
  address(password: string): string {
    return `postgres://postgres:${password}@/state?host=${this.folder}`;
  }

  /** What commands need that reach it: `psql`, and the address. */
  env(password: string): NodeJS.ProcessEnv {
    return {
      PATH: [this.programs, process.env.PATH].join(delimiter),
      PG_CONN_STR: this.address(password),
    };
  }

  /** Ends all connections, and serves again. */
  async restart(): Promise<void> {
    await this.down();
    await this.up();
  }

  /** Stops it, and removes its data. */
  async stop(): Promise<void> {
    await this.down();
    await rm(this.folder, { recursive: true });
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private async up(): Promise<void> {
    const settings = ["listen_addresses=", `unix_socket_directories=${this.folder}`, "fsync=off"];
    const words = [`-D${this.data}`, ...settings.flatMap((setting) => ["-c", setting])];
    // It goes where this process goes, whatever ends it.
    const args = [...ITSELF, "--pdeathsig=INT", join(this.programs, "postgres"), ...words];
    this.process = spawn("setpriv", args, { cwd: "/", stdio: "ignore" });
    while (!(await this.answers())) {
      if (this.process.exitCode !== null)
        throw new Error(`postgres ended with code ${this.process.exitCode}`);
      await sleep(100);
    }
  }

  private async answers(): Promise<boolean> {
    const args = [`--host=${this.folder}`, "--quiet"];
    return (await run(join(this.programs, "pg_isready"), args, { allowFailure: true })).code === 0;
  }

  private async down(): Promise<void> {
    const { process } = this;
    if (process === undefined || process.exitCode !== null) return;
    // A fast shutdown, which ends all connections.
    process.kill("SIGINT");
    await once(process, "exit");
  }

  private async asItself(program: string, ...words: string[]): Promise<string> {
    const args = [...ITSELF, join(this.programs, program), ...words];
    const { stdout } = await run("setpriv", args, { cwd: "/" });
    return stdout;
  }
}

/** Where the server's programs are: no distribution has all of them on the PATH. */
async function programs(): Promise<string> {
  if (!existsSync(VERSIONS) && canInstall()) await installPackages(["postgresql"]);
  if (!existsSync(VERSIONS)) throw new Error("no PostgreSQL here: install the package postgresql");
  const newest = readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one))[0] as string;
  return join(VERSIONS, newest, "bin");
}
