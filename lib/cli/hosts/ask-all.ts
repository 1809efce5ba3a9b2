import { type Fleet, type FleetHost, type Placement } from "../fleet/fleet";
import { type AskOptions } from "../fleet/fleet-options";
import { interruptible } from "../terminal/interrupt";
import { Kept } from "../terminal/lines";
import { forEachOf } from "./many";
import { type Named, namedOf, type Names } from "../fleet/names";
import { type Output, Progress } from "../terminal/output";
import { type Call, HostError, Remote } from "./remote";

/** What is asked of hosts. */
export interface Question<Item> {
  readonly hostOf: (item: Item) => FleetHost;
  /** What people call that host. */
  readonly nameOf: (item: Item) => string;
  /** @throws why it cannot be asked */
  readonly callOf: (item: Item) => Pick<Call, "script" | "input">;
}

/** What a host has said. */
export interface Answer<Item> {
  readonly item: Item;
  readonly lines: readonly string[];
  /** How that ended; undefined where there was no answer. */
  readonly status?: number;
  /** Why there was none. */
  readonly error?: string;
}

/** What a host has said of a service. */
export interface Told extends Named, Omit<Answer<Placement>, "item"> {}

/** Asks for each service of a fleet by itself. Who is not known how to be reached has an error. */
export async function askEach(
  { placements, unreached }: Fleet,
  names: Names,
  options: AskOptions,
  output: Output,
  callOf: Question<Placement>["callOf"],
): Promise<Told[]> {
  const nameOf = (one: Placement): string => names.host(namedOf(one));
  const question = { hostOf: ({ host }: Placement) => host, nameOf, callOf };
  const answers = await askAll(placements, question, options, output);
  const others = unreached.map(({ cause, ...one }): Told => ({ ...one, lines: [], error: cause }));
  return [...answers.map(({ item, ...told }): Told => ({ ...namedOf(item), ...told })), ...others];
}

/**
 * Asks all of them, and says on a terminal which are waited for.
 * @throws an Exit after Ctrl-C
 */
export async function askAll<Item>(
  items: readonly Item[],
  question: Question<Item>,
  { timeout, parallelism }: AskOptions,
  output: Output,
): Promise<Answer<Item>[]> {
  const [remote, waiting] = [new Remote(), new Waiting(items, question.nameOf, output)];
  const all = (signal: AbortSignal): Promise<Answer<Item>[]> =>
    forEachOf(items, parallelism, async (item) => {
      const answer = await askOne(remote, item, question, { timeout, signal });
      waiting.delete(item);
      return answer;
    });
  return interruptible(all).finally(() => {
    waiting.end();
    remote.close();
  });
}

/** Says on a terminal which hosts are waited for. */
class Waiting<Item> {
  private readonly progress: Progress;
  private readonly items: Set<Item>;

  constructor(
    items: readonly Item[],
    private readonly nameOf: (item: Item) => string,
    output: Output,
  ) {
    this.progress = new Progress(output);
    this.items = new Set(items);
    this.say();
  }

  delete(item: Item): void {
    this.items.delete(item);
    this.say();
  }

  end(): void {
    this.progress.end();
  }

  private say(): void {
    const names = [...this.items].map(this.nameOf);
    const hosts = names.length === 1 ? "host" : "hosts";
    this.progress.say(`waiting for ${names.length} ${hosts}: ${names.slice(0, 4).join(", ")}`);
  }
}

async function askOne<Item>(
  remote: Remote,
  item: Item,
  { hostOf, callOf }: Question<Item>,
  given: Pick<Call, "timeout" | "signal">,
): Promise<Answer<Item>> {
  const kept = new Kept();
  const { lines } = kept;
  try {
    const status = await remote.run(hostOf(item), {
      ...callOf(item),
      ...given,
      onLine: (line) => kept.add(line),
    });
    return { item, lines, status };
  } catch (error) {
    return { item, lines, error: error instanceof HostError ? error.reason : (error as Error).message };
  }
}
