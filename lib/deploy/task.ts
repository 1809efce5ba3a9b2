import { createHash } from "node:crypto";
import { Host } from "../host/host";
import { checkOptional } from "../values/check";
import { Duration } from "../values/duration";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { checkCommand } from "./command-words";

const ONCE = PropPath.of("Task.once");

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

/** A task that runs once for each release, with nothing left open. */
export interface OnceTask {
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
    return new Task({ words: [...words], timeout, host });
  }

  private constructor(private readonly task: OnceTask) {}

  /** @internal What runs once for each release. */
  get _once(): OnceTask {
    return this.task;
  }
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
