import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** One fleet's part of the machine, held by slot.sh: a bridge, a subnet, a folder, and the hosts in them. */
export class Slot {
  private readonly ended: Promise<unknown>;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly keeper: ChildProcessWithoutNullStreams,
    private readonly replies: AsyncIterator<string>,
    private readonly number: string,
  ) {
    this.ended = once(keeper, "close");
  }

  /** Takes a free slot, and removes what processes that were killed have left in others. */
  static async claim(): Promise<Slot> {
    // A session of its own keeps it alive when a Ctrl-C ends the processes of this one.
    const keeper = spawn(join(__dirname, "slot.sh"), { detached: true });
    let errors = "";
    keeper.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    // Its death shows as the end of its replies.
    keeper.stdin.on("error", () => undefined);
    const replies = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
    const first = await replies.next();
    if (first.done || !/^\d+$/.test(first.value)) {
      throw new Error(`no slot for a fleet: ${first.value ?? ""} ${errors}`);
    }
    return new Slot(keeper, replies, first.value);
  }

  /** The folder with everything of this fleet. */
  get folder(): string {
    return `/var/lib/cdktf-puma-${this.number}`;
  }

  /** The address of the host with this number, 2 to 254. */
  address(number: number): string {
    return `10.213.${this.number}.${number}`;
  }

  /** Makes a host, not booted, from a root file system. Its files are in `folder`/name/root. */
  async addHost(name: string, number: number, rootFileSystem: string): Promise<void> {
    await this.ask(`host ${name} ${number} ${rootFileSystem}`);
  }

  /** Begins to boot a host. */
  async boot(name: string): Promise<void> {
    await this.ask(`boot ${name}`);
  }

  /** Kills all of a host's processes at once. */
  async cut(name: string): Promise<void> {
    await this.ask(`cut ${name}`);
  }

  /** Removes everything. */
  async release(): Promise<void> {
    this.keeper.stdin.end();
    await this.ended;
  }

  private ask(line: string): Promise<void> {
    const answer = this.queue.then(async () => {
      this.keeper.stdin.write(`${line}\n`);
      const reply = await this.replies.next();
      if (reply.value !== "ok") throw new Error(reply.value ?? `${line}: slot.sh has ended`);
    });
    this.queue = answer.catch(() => undefined);
    return answer;
  }
}
