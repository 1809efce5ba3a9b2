import { createHash } from "node:crypto";
import { Host } from "../host/host";
import { checkBoolean, checkOneOf, checkOptional } from "../values/check";
import { Duration } from "../values/duration";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { checkCommand, checkEngineCommand } from "./command-words";

const ONCE = PropPath.of("Task.once");
const EACH_HOST = PropPath.of("Task.eachHost");

/** Where a task runs, and how long it may take. */
export interface OnceOptions {
  /**
   * How long it may take. Then it is ended, by SIGTERM and ten seconds later by SIGKILL, and has failed.
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;
  /**
   * The host that it runs on: one of the service's.
   * @default - the first of `hosts`
   */
  readonly host?: Host;
}

const ONCE_OPTIONS: Fields<OnceOptions> = { timeout: true, host: true };

/** What is done around the change of each host. */
export interface EachHostOptions {
  /**
   * Runs before a host changes, such as what takes it out of a balancer: the executable and its arguments.
   * @default - nothing
   */
  readonly before?: string[];
  /**
   * Runs when a host serves again, such as what puts it back in: after the new version is healthy, or the old one is back.
   * @default - nothing
   */
  readonly after?: string[];
  /**
   * How long the host waits after `before`, so that what is under way ends.
   * @default - not at all
   */
  readonly drain?: Duration;
  /**
   * How long each of the two may take.
   * @default Duration.minutes(1)
   */
  readonly timeout?: Duration;
  /**
   * Whether they run as root and without the service's lines. They have to begin with an absolute path then, of a program that no
   * other user can alter.
   * @default false: as the service's user, with its environment, workingDirectory and sandbox
   */
  readonly asRoot?: boolean;
  /**
   * "engine" to run them where Terraform or OpenTofu runs, with its environment, such as what asks a cloud's load balancer: for hosts
   * that are reached by Connection.openssh() or .local(). They find the host's name, address and identity in CDKTF_PUMA_HOST,
   * CDKTF_PUMA_ADDRESS and CDKTF_PUMA_IDENTITY. Terraform tokens are welcome in their words.
   * @default "host"
   */
  readonly where?: "host" | "engine";
}

const EACH_HOST_OPTIONS: Fields<EachHostOptions> = {
  ...{ before: true, after: true, drain: true, timeout: true, asRoot: true, where: true },
};

/** What is done around the change of each host, with nothing left open. */
export interface EachHostTask {
  readonly kind: "eachHost";
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly drain: Duration | undefined;
  readonly timeout: Duration;
  readonly asRoot: boolean;
  /** Where they run. */
  readonly where: "host" | "engine";
}

/** A task that runs once for each release, with nothing left open. */
export interface OnceTask {
  readonly kind: "once";
  readonly words: readonly string[];
  readonly timeout: Duration;
  /** The first of the service's where none is named. */
  readonly host: Host | undefined;
}

/**
 * What is done beside the change of the units.
 *
 * @example
 * const tasks = [Task.once(["bin/rails", "db:migrate"], { timeout: Duration.minutes(5) })];
 */
export class Task {
  /**
   * Runs once for each `release`, on one host, before any host changes: a migration of the database, say. It runs as the service's
   * own: by the lines of its new unit, with its user, environment, workingDirectory and sandbox, in a unit of its own, and no shell
   * reads its words. If it fails, no host is changed.
   * @param words the executable, by a path that may begin in `workingDirectory`, and its arguments
   * @param options where it runs, and how long it may take
   * @throws if there is no command, or if an argument would not reach the host unaltered
   * @example
   * Task.once(["bin/rails", "db:migrate"]);
   */
  static once(words: string[], options: OnceOptions = {}): Task {
    checkCommand(ONCE.key("words"), words);
    const { timeout = DEFAULT_TIMEOUT, host } = checkOptions(ONCE, options, ONCE_OPTIONS);
    checkOptional(ONCE.key("timeout"), timeout, Duration);
    checkOptional(ONCE.key("host"), host, Host);
    return new Task({ kind: "once", words: [...words], timeout, host });
  }

  /**
   * Runs on each host that changes, around its change: what takes it out of a balancer, and puts it back in. Where nothing is to do,
   * nothing runs. If `before` fails, the host is not changed.
   * @param options what runs, and as whom
   * @throws if there is neither a `before` nor an `after`, or if an argument would not reach the host unaltered
   * @example
   * Task.eachHost({ before: ["bin/balancer", "drain"], after: ["bin/balancer", "ready"], drain: Duration.seconds(10) });
   */
  static eachHost(options: EachHostOptions): Task {
    const { before, after, drain, timeout = Duration.minutes(1), asRoot = false } = eachHostOptions(options);
    const { where = "host" } = options;
    checkOptional(EACH_HOST.key("drain"), drain, Duration);
    checkOptional(EACH_HOST.key("timeout"), timeout, Duration);
    checkBoolean(EACH_HOST.key("asRoot"), asRoot);
    const commands = { before: [...(before ?? [])], after: [...(after ?? [])] };
    if (asRoot) for (const [name, words] of Object.entries(commands)) checkOfRoot(name, words);
    return new Task({ kind: "eachHost", ...commands, drain, timeout, asRoot, where });
  }

  private constructor(private readonly task: OnceTask | EachHostTask) {}

  /** @internal What is done. */
  get _task(): OnceTask | EachHostTask {
    return this.task;
  }
}

function eachHostOptions(options: EachHostOptions): EachHostOptions {
  const { before, after, where = "host", asRoot } = checkOptions(EACH_HOST, options, EACH_HOST_OPTIONS);
  if (before === undefined && after === undefined) EACH_HOST.fail("must have a 'before' or an 'after'");
  const isAtEngine = checkOneOf(EACH_HOST.key("where"), where, ["host", "engine"]) === "engine";
  if (isAtEngine && asRoot)
    EACH_HOST.key("asRoot").fail(
      "must be left away where 'where' is \"engine\": what runs there runs as who applies",
    );
  const check = isAtEngine ? checkEngineCommand : checkCommand;
  if (before !== undefined) check(EACH_HOST.key("before"), before);
  if (after !== undefined) check(EACH_HOST.key("after"), after);
  return options;
}

function checkOfRoot(name: string, [program]: readonly string[]): void {
  if (program === undefined || program.startsWith("/")) return;
  EACH_HOST.key(name).index(0).refuse("be an absolute path where 'asRoot' is true", program);
}

const DEFAULT_TIMEOUT = Duration.minutes(30);

/** How a task is called where people read of it. */
export function taskName({ words }: OnceTask): string {
  return words.join(" ");
}

/** What tells a task from others of its service, on hosts and in Terraform. */
export function taskKey({ words }: OnceTask): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 12);
}
