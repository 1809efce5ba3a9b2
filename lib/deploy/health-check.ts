import { Bind } from "../puma/bind";
import { type Probe } from "../puma/probe";
import {
  checkInstance,
  checkInteger,
  checkList,
  checkObject,
  checkOptional,
  checkString,
} from "../values/check";
import { Duration } from "../values/duration";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { checkCommand } from "./command-words";

const HTTP = PropPath.of("HealthCheck.http");
const COMMAND = PropPath.of("HealthCheck.command");

/** Options of every health check. */
export interface SettleOptions {
  /**
   * How long a healthy Puma has to stay up before it is trusted, in whole seconds, rounded up. `false` trusts it at once.
   * @default Duration.seconds(5)
   */
  readonly settle?: Duration | false;
}

/** How often, and for how long, the new Puma is checked. */
export interface CheckOptions extends SettleOptions {
  /**
   * Time between two tries.
   * @default Duration.seconds(1)
   */
  readonly interval?: Duration;
  /**
   * How long one try may take, to the millisecond.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;
  /**
   * How many tries may fail before one has to pass, 0 to 1000.
   * @default 10
   */
  readonly retries?: number;
}

/** The request of a check over HTTP, and its expected response. */
export interface HttpCheckOptions extends CheckOptions {
  /**
   * Expected HTTP status, 100 to 599.
   * @default 200
   */
  readonly status?: number;
  /**
   * Headers of the request, such as `{ "X-Forwarded-Proto": "https" }` for an application that insists on TLS.
   * No secrets: every user of the host can read them while the check runs, and they stand in the configuration.
   * @default - none
   */
  readonly header?: Record<string, string>;
  /**
   * Value of the Host header.
   * @default "localhost"
   */
  readonly host?: string;
  /**
   * The bind that gets the request: one of the service's own, of any kind.
   * @default - the first that asks for no client certificate
   */
  readonly bind?: Bind;
  /**
   * Paths that a new Puma is asked for before it is checked, one after the other in this order: up to 50, of the form of `path`, with the
   * same header, host and bind. A rehearsal and a stand-in are asked at binds of their own: what is slow at first is slow for no user, and
   * what fails there meets none. An answer of 500 or above, and none in `warmUpTimeout`, is a failure of the new version, and any
   * other is none. In a cluster each request warms one worker: a path may stand here several times.
   * @default - nothing
   */
  readonly warmUp?: string[];
  /**
   * How long each of them may take, to the millisecond.
   * @default Duration.seconds(30)
   */
  readonly warmUpTimeout?: Duration;
}

const SETTLE_OPTIONS: Fields<SettleOptions> = { settle: true };

const CHECK_OPTIONS: Fields<CheckOptions> = {
  ...SETTLE_OPTIONS,
  interval: true,
  timeout: true,
  retries: true,
};

const HTTP_OPTIONS: Fields<HttpCheckOptions> = {
  ...CHECK_OPTIONS,
  status: true,
  header: true,
  host: true,
  bind: true,
  warmUp: true,
  warmUpTimeout: true,
};

/** What a host is told of a health check. */
export interface HealthSettings {
  readonly kind: "answer" | "http" | "tcp" | "command" | "none";
  readonly path: string;
  readonly status: number;
  readonly host: string;
  /** A header each, as HTTP has it. */
  readonly headers: readonly string[];
  /** The bind that gets the request, if one was named. */
  readonly bind?: Probe;
  readonly command: readonly string[];
  /** Paths. */
  readonly warmUp: readonly string[];
  readonly warmUpTimeout: Duration;
  readonly interval: Duration;
  readonly timeout: Duration;
  readonly retries: number;
  /** Seconds. */
  readonly settle: number;
}

/**
 * How a deploy decides that the new Puma is healthy. Checks run on the host itself, with curl or Puma's own Ruby.
 *
 * @example
 * const healthCheck = HealthCheck.http("/up", { settle: Duration.seconds(10) });
 */
export class HealthCheck {
  /**
   * Every bind answers HTTP with any status, and systemd has not restarted Puma since. The default of a service.
   * @param options how long Puma has to stay up then
   * @throws if `settle` is neither a Duration nor false
   * @example
   * HealthCheck.answers({ settle: Duration.seconds(30) });
   */
  static answers(options: SettleOptions = {}): HealthCheck {
    return new HealthCheck({
      kind: "answer",
      settle: settleOf(PropPath.of("HealthCheck.answers"), options, SETTLE_OPTIONS),
    });
  }

  /**
   * Every bind answers, and a page answers with the expected status.
   * @param path absolute, with its query: printable ASCII without spaces
   * @param options the request, its expected response, how often it is tried, and how long Puma has to stay up then
   * @throws if the request could not be made
   * @example
   * HealthCheck.http("/up", { status: 204, header: { "X-Forwarded-Proto": "https" } });
   */
  static http(path: string, options: HttpCheckOptions = {}): HealthCheck {
    checkPath(HTTP.key("path"), path);
    const tries = triesOf(HTTP, options, HTTP_OPTIONS);
    const { status = DEFAULTS.status, host = DEFAULTS.host, bind } = options;
    checkHeaderValue(HTTP.key("host"), host);
    return new HealthCheck({
      kind: "http",
      path,
      status: checkInteger(HTTP.key("status"), status, 100, 599),
      host,
      headers: headerLines(HTTP.key("header"), options.header),
      ...warmUpOf(options),
      bind: bind === undefined ? undefined : checkInstance(HTTP.key("bind"), bind, Bind)._probe,
      ...tries,
    });
  }

  /**
   * Somebody listens on every bind, and systemd has not restarted Puma since.
   * @param options how long Puma has to stay up then
   * @throws if `settle` is neither a Duration nor false
   * @example
   * HealthCheck.tcp({ settle: Duration.seconds(30) });
   */
  static tcp(options: SettleOptions = {}): HealthCheck {
    return new HealthCheck({
      kind: "tcp",
      settle: settleOf(PropPath.of("HealthCheck.tcp"), options, SETTLE_OPTIONS),
    });
  }

  /**
   * Every bind answers, and a command succeeds, run as the service's own: with its user, environment, workingDirectory and
   * sandbox, in a unit of its own. `PUMA_BIND` tells it what to ask: `http://0.0.0.0:9292`, or `unix:/run/…` of the new version
   * alone while that is rehearsed. What it prints goes to the journal. A try that takes longer than its `timeout` is killed, and
   * so is what a try leaves behind.
   * @param command the executable and its arguments: no shell reads them
   * @param options how often it is tried, and how long Puma has to stay up then
   * @throws if there is no command, or if an argument would not reach the host unaltered
   * @example
   * HealthCheck.command(["bin/smoke-test", "--quick"], { timeout: Duration.seconds(20) });
   */
  static command(command: string[], options: CheckOptions = {}): HealthCheck {
    checkCommand(COMMAND.key("command"), command);
    return new HealthCheck({
      kind: "command",
      command: [...command],
      ...triesOf(COMMAND, options, CHECK_OPTIONS),
    });
  }

  /**
   * systemd has started Puma: a version that never answers passes.
   * @param options how long Puma has to stay up then
   * @throws if `settle` is neither a Duration nor false
   * @example
   * HealthCheck.none({ settle: false });
   */
  static none(options: SettleOptions = {}): HealthCheck {
    return new HealthCheck({
      kind: "none",
      settle: settleOf(PropPath.of("HealthCheck.none"), options, SETTLE_OPTIONS),
    });
  }

  private readonly settings: HealthSettings;

  private constructor(given: Partial<HealthSettings>) {
    this.settings = { ...DEFAULTS, ...given };
  }

  /** @internal What a host is told. */
  get _settings(): HealthSettings {
    return this.settings;
  }
}

/** What a check is not about is neutral. */
const DEFAULTS: HealthSettings = {
  kind: "answer",
  path: "/",
  status: 200,
  host: "localhost",
  headers: [],
  command: [],
  warmUp: [],
  warmUpTimeout: Duration.seconds(30),
  ...triesOf(PropPath.of("HealthCheck"), {}, CHECK_OPTIONS),
};

type Tries = Pick<HealthSettings, "interval" | "timeout" | "retries" | "settle">;

function triesOf<T extends CheckOptions>(at: PropPath, options: T, fields: Fields<T>): Tries {
  const settle = settleOf(at, options, fields);
  const { interval = Duration.seconds(1), timeout = Duration.seconds(5), retries = 10 } = options;
  checkOptional(at.key("interval"), interval, Duration);
  checkOptional(at.key("timeout"), timeout, Duration);
  return {
    interval,
    timeout,
    retries: checkInteger(at.key("retries"), retries, 0, 1000),
    settle,
  };
}

function warmUpOf(options: HttpCheckOptions): Pick<HealthSettings, "warmUp" | "warmUpTimeout"> {
  const at = HTTP.key("warmUp");
  const { warmUp = [], warmUpTimeout = DEFAULTS.warmUpTimeout } = options;
  checkList(at, warmUp).forEach((path, i) => checkPath(at.index(i), path));
  if (warmUp.length > 50) at.refuse("have at most 50 paths", warmUp.length);
  if (warmUp.length === 0 && options.warmUpTimeout)
    HTTP.key("warmUpTimeout").fail("must not be given without 'warmUp', whose paths it is for");
  return {
    warmUp: [...warmUp],
    warmUpTimeout: checkInstance(HTTP.key("warmUpTimeout"), warmUpTimeout, Duration),
  };
}

function settleOf<T extends SettleOptions>(at: PropPath, options: T, fields: Fields<T>): number {
  const { settle = Duration.seconds(5) } = checkOptions(at, options, fields);
  return settle === false ? 0 : checkInstance(at.key("settle"), settle, Duration).toSeconds();
}

function checkPath(at: PropPath, path: string): void {
  if (!/^\/[!-~]*$/.test(checkString(at, path))) {
    at.refuse("begin with / and be printable ASCII without spaces", path);
  }
}

function headerLines(at: PropPath, header: Record<string, string> = {}): string[] {
  return Object.entries(checkObject(at, header)).map(([name, value]) =>
    headerLine(at.key(name), name, value),
  );
}

function headerLine(at: PropPath, name: string, value: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) at.refuse("be a header's name (RFC 9110)", name);
  checkHeaderValue(at, value);
  return `${name}: ${value}`;
}

function checkHeaderValue(at: PropPath, value: string): void {
  if (!/^[ -~]*$/.test(checkString(at, value))) at.refuse("be printable ASCII", value);
}
