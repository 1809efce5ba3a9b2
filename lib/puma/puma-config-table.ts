import {
  checkBoolean,
  checkInstance,
  checkInteger,
  checkList,
  checkObject,
  checkOneOf,
} from "../values/check";
import { Duration } from "../values/duration";
import { checkFields } from "../values/fields";
import { type PropPath } from "../values/prop-path";
import {
  type PumaConfigOptions,
  REMOTE_ADDRESS_OPTIONS,
  type RemoteAddressOptions,
} from "./puma-config-options";
import { rubyString, rubyStrings } from "./ruby";
import { THREAD_OPTIONS, type ThreadOptions } from "./service-props";
import { type PumaVersion } from "./version";

/** What stands behind a method's name; of several values, a line each; `false` for no line. */
type Write<T> = (at: PropPath, value: T, version?: PumaVersion) => string | string[] | false;

type Release = readonly [major: number, minor: number];

/** How an option stands in a configuration file. */
interface Row<T> {
  /** The method of Puma's DSL. */
  readonly method: string;
  readonly write: Write<T>;
  /** The first version that has it. */
  readonly since?: Release;
  /** The first that no longer has it, and what took its place. */
  readonly until?: readonly [...release: Release, instead: string];
}

const MOST = 2 ** 31 - 1;

const yesOrNo: Write<boolean> = (at, value) => String(checkBoolean(at, value));
/** A method that says yes, and has no way to say no. */
const onlyYes: Write<boolean> = (at, value) => checkBoolean(at, value) && "";
/** One that silences what the option is. */
const onlyNo: Write<boolean> = (at, value) => !checkBoolean(at, value) && "";
const text: Write<string> = (at, value) => rubyString(at, value);
const texts: Write<string[]> = (at, value) => rubyStrings(at, checkList(at, value));
const each: Write<string[]> = (at, value) =>
  checkList(at, value).map((one, i) => rubyString(at.index(i), one));

function integer(min: number, max = MOST): Write<number> {
  return (at, value) => String(checkInteger(at, value, min, max));
}

function oneOf<T extends string>(choices: readonly T[], write: (value: T) => string): Write<T> {
  return (at, value) => write(checkOneOf(at, value, choices));
}

/** Puma cuts off fractions of a second. */
const seconds: Write<Duration> = (at, value) => {
  const milliseconds = checkInstance(at, value, Duration).toMilliseconds();
  if (milliseconds % 1000 !== 0) at.refuse("be a whole number of seconds", value.toString());
  return String(milliseconds / 1000);
};

const fractions: Write<Duration> = (at, value) =>
  String(checkInstance(at, value, Duration).toMilliseconds() / 1000);

const forced: Write<Duration | "immediately"> = (at, value, version) => {
  if (value === "immediately") return ":immediately";
  return version && !version.since(5, 0) ? seconds(at, value) : fractions(at, value);
};

const threads: Write<ThreadOptions> = (at, value) => {
  const { min, max } = checkFields(at, checkObject(at, value), THREAD_OPTIONS);
  checkInteger(at.key("max"), max, 1, 1024);
  return `${checkInteger(at.key("min"), min, 0, max)}, ${max}`;
};

const methods: Write<string[]> = (at, value) => {
  const names = checkList(at, value);
  if (names.length === 0 || new Set(names).size < names.length)
    at.refuse("name at least one method, each once", names);
  return names.length === 1 && names[0] === "any" ? ":any" : rubyStrings(at, names);
};

const remoteAddress: Write<RemoteAddressOptions> = (at, value, version) => {
  const { header, proxyProtocol, address } = checkFields(at, checkObject(at, value), REMOTE_ADDRESS_OPTIONS);
  if ([header, proxyProtocol, address].filter((one) => one !== undefined).length !== 1)
    at.fail("must say one of 'header', 'proxyProtocol' and 'address'");
  if (header !== undefined) return `header: ${rubyString(at.key("header"), header)}`;
  if (address !== undefined) return rubyString(at.key("address"), address);
  if (version && !version.since(5, 5)) at.key("proxyProtocol").fail("must be left away before Puma 5.5");
  return `proxy_protocol: :${checkOneOf(at.key("proxyProtocol"), proxyProtocol, ["v1"])}`;
};

/*
 * Puma's dsl.rb at 4.3.0, at each x.y.0 since, and at 8.0.2: which version has which method. In the order in which they stand in
 * a file: worker_timeout is judged by worker_check_interval.
 */
const ROWS: {
  readonly [Name in Exclude<keyof PumaConfigOptions, "lines">]-?: Row<NonNullable<PumaConfigOptions[Name]>>;
} = {
  workers: { method: "workers", write: integer(0, 1024) },
  threads: { method: "threads", write: threads },
  preloadApp: { method: "preload_app!", write: yesOrNo },
  rackup: { method: "rackup", write: text },
  tag: { method: "tag", write: text },
  plugins: { method: "plugin", write: each },
  pruneBundler: { method: "prune_bundler", write: yesOrNo },
  extraRuntimeDependencies: { method: "extra_runtime_dependencies", write: texts },
  workerCheckInterval: { method: "worker_check_interval", write: seconds, since: [5, 6] },
  workerTimeout: { method: "worker_timeout", write: seconds },
  workerBootTimeout: { method: "worker_boot_timeout", write: seconds },
  workerShutdownTimeout: { method: "worker_shutdown_timeout", write: seconds },
  workerCullingStrategy: {
    method: "worker_culling_strategy",
    write: oneOf(["youngest", "oldest"], (value) => `:${value}`),
    since: [5, 6],
  },
  forkWorker: { method: "fork_worker", write: integer(0), since: [5, 0] },
  nakayoshiFork: {
    method: "nakayoshi_fork",
    write: yesOrNo,
    since: [5, 0],
    until: [6, 0, "Process.warmup in 'lines'"],
  },
  waitForLessBusyWorker: { method: "wait_for_less_busy_worker", write: fractions, since: [5, 0] },
  firstDataTimeout: { method: "first_data_timeout", write: seconds },
  persistentTimeout: { method: "persistent_timeout", write: seconds },
  idleTimeout: { method: "idle_timeout", write: seconds, since: [6, 4] },
  forceShutdownAfter: { method: "force_shutdown_after", write: forced },
  drainOnShutdown: { method: "drain_on_shutdown", write: yesOrNo },
  raiseExceptionOnSigterm: { method: "raise_exception_on_sigterm", write: yesOrNo },
  shutdownDebug: { method: "shutdown_debug", write: yesOrNo },
  queueRequests: { method: "queue_requests", write: yesOrNo },
  maxFastInline: {
    method: "max_fast_inline",
    write: integer(1),
    since: [5, 1],
    until: [7, 0, "'maxKeepAlive'"],
  },
  maxKeepAlive: { method: "max_keep_alive", write: integer(1), since: [7, 0] },
  enableKeepAlives: { method: "enable_keep_alives", write: yesOrNo, since: [6, 5] },
  maxIoThreads: { method: "max_io_threads", write: integer(0), since: [8, 0] },
  fiberPerRequest: { method: "fiber_per_request", write: yesOrNo, since: [7, 0] },
  cleanThreadLocals: {
    method: "clean_thread_locals",
    write: yesOrNo,
    until: [7, 0, "'fiberPerRequest'"],
  },
  httpContentLengthLimit: {
    method: "http_content_length_limit",
    write: integer(0, Number.MAX_SAFE_INTEGER),
    since: [6, 1],
  },
  supportedHttpMethods: { method: "supported_http_methods", write: methods, since: [6, 3] },
  earlyHints: { method: "early_hints", write: yesOrNo },
  rackUrlScheme: {
    method: "rack_url_scheme",
    write: oneOf(["http", "https"], (value) => `"${value}"`),
    since: [5, 4],
  },
  remoteAddress: { method: "set_remote_address", write: remoteAddress },
  ioSelectorBackend: { method: "io_selector_backend", write: text, since: [5, 2] },
  logRequests: { method: "log_requests", write: yesOrNo },
  debug: { method: "debug", write: onlyYes },
  mutateStdoutAndStderrToSyncOnWrite: {
    method: "mutate_stdout_and_stderr_to_sync_on_write",
    write: yesOrNo,
    since: [5, 3],
  },
  singleWorkerWarning: { method: "silence_single_worker_warning", write: onlyNo, since: [5, 3] },
  forkCallbackWarning: { method: "silence_fork_callback_warning", write: onlyNo, since: [6, 2] },
};

/** An option that has a method of its own. */
export type TypedOption = keyof typeof ROWS;

/** All of them, in their order in a file. */
export const TYPED_OPTIONS = Object.keys(ROWS) as TypedOption[];

/** The method of an option in Puma's DSL. */
export function methodOf(option: TypedOption): string {
  return ROWS[option].method;
}

/**
 * The lines of an option that is given.
 * @throws if the value is none, or if the version does not have the option
 */
export function optionLines(
  at: PropPath,
  option: TypedOption,
  value: unknown,
  version: PumaVersion | undefined,
): string[] {
  const row = ROWS[option] as Row<unknown>;
  if (version) checkVersion(at, row, version);
  const written = row.write(at, value, version);
  if (written === false) return [];
  return [written].flat().map((one) => (one === "" ? row.method : `${row.method} ${one}`));
}

function checkVersion(at: PropPath, { since, until, method }: Row<unknown>, version: PumaVersion): void {
  if (since && !version.since(...since))
    at.fail(`must be left away before Puma ${since.join(".")}, which has no ${method} ('pumaVersion')`);
  if (!until) return;
  const [major, minor, instead] = until;
  if (version.since(major, minor))
    at.fail(`must be left away from Puma ${major}.${minor} on ('pumaVersion'): use ${instead}`);
}
