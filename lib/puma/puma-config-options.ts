import { type Duration } from "../values/duration";
import { type Fields } from "../values/fields";
import { type ThreadOptions } from "./service-props";

/** Whom Puma takes for the client of a request: one of them. */
export interface RemoteAddressOptions {
  /**
   * The header in which a proxy says it, such as "X-Real-IP".
   * @default - no header
   */
  readonly header?: string;
  /**
   * The version of the PROXY protocol in which a proxy says it, from Puma 5.5 on: "v1".
   * @default - not that protocol
   */
  readonly proxyProtocol?: string;
  /**
   * An address that all clients have.
   * @default - the one of the connection
   */
  readonly address?: string;
}

/** The names of all that. */
export const REMOTE_ADDRESS_OPTIONS: Fields<RemoteAddressOptions> = {
  ...{ header: true, proxyProtocol: true, address: true },
};

/**
 * What a configuration file of Puma says, under Puma's own names. What is left away is left to Puma. One that the service's
 * `pumaVersion` does not have is an error; where that is not given, the host's own Puma tells.
 */
export interface PumaConfigOptions {
  /**
   * Worker processes of cluster mode, 0 for single mode. Not beside the service's `workers`.
   * @default - Puma's own
   */
  readonly workers?: number;
  /**
   * Threads that serve requests. Not beside the service's `threads`.
   * @default - Puma's own
   */
  readonly threads?: ThreadOptions;
  /**
   * Whether the application is loaded before workers are forked (`preload_app!`).
   * @default - Puma's own: from 7.0 on it is, with more than one worker
   */
  readonly preloadApp?: boolean;
  /**
   * The rackup file, under `workingDirectory` unless it is absolute.
   * @default - config.ru
   */
  readonly rackup?: string;
  /**
   * What Puma's process is called beside its binds.
   * @default - the name of the directory
   */
  readonly tag?: string;
  /**
   * Plugins that are loaded, by their names: `tmp_restart`.
   * @default - none
   */
  readonly plugins?: string[];
  /**
   * Whether Puma's master runs without the application's gems, so that phased restarts can take up new ones.
   * @default - Puma's own: false
   */
  readonly pruneBundler?: boolean;
  /**
   * Gems that the master has all the same where `pruneBundler` is true.
   * @default - none
   */
  readonly extraRuntimeDependencies?: string[];
  /**
   * How long a worker may be silent until it is restarted, in whole seconds.
   * @default - Puma's own: 60 seconds
   */
  readonly workerTimeout?: Duration;
  /**
   * How long a worker may take to boot, in whole seconds.
   * @default - Puma's own: 60 seconds
   */
  readonly workerBootTimeout?: Duration;
  /**
   * How long a worker may take to stop, in whole seconds.
   * @default - Puma's own: 30 seconds
   */
  readonly workerShutdownTimeout?: Duration;
  /**
   * How often workers report, in whole seconds. From Puma 5.6 on.
   * @default - Puma's own: 5 seconds
   */
  readonly workerCheckInterval?: Duration;
  /**
   * Which workers go first where there are too many: "youngest" or "oldest". From Puma 5.6 on.
   * @default - Puma's own: "youngest"
   */
  readonly workerCullingStrategy?: "youngest" | "oldest";
  /**
   * After how many requests worker 0 becomes what the others are forked from. From Puma 5.0 on.
   * @default - it does not
   */
  readonly forkWorker?: number;
  /**
   * Whether memory is compacted before workers are forked. Of Puma 5 alone.
   * @default - Puma's own: false
   */
  readonly nakayoshiFork?: boolean;
  /**
   * How long a busy worker waits before it takes a connection that another may take. From Puma 5.0 on.
   * @default - Puma's own: 5 milliseconds
   */
  readonly waitForLessBusyWorker?: Duration;
  /**
   * How long the first data of a connection may take, in whole seconds.
   * @default - Puma's own: 30 seconds
   */
  readonly firstDataTimeout?: Duration;
  /**
   * How long a kept connection may be idle, in whole seconds.
   * @default - Puma's own: 20 seconds, from 7.0 on 65
   */
  readonly persistentTimeout?: Duration;
  /**
   * After how long without a request Puma ends, in whole seconds. From Puma 6.4 on. A service restarts it then (`Restart=always`).
   * @default - never
   */
  readonly idleTimeout?: Duration;
  /**
   * How long requests under way may take when Puma stops: a time, or "immediately" for none. Before Puma 5.0 in whole seconds.
   * @default - Puma's own: as long as they want
   */
  readonly forceShutdownAfter?: Duration | "immediately";
  /**
   * Whether connections that wait in the backlog are served before Puma stops.
   * @default - Puma's own: false
   */
  readonly drainOnShutdown?: boolean;
  /**
   * Whether SIGTERM ends Puma by an exception, and so by a status other than 0.
   * @default - Puma's own: true
   */
  readonly raiseExceptionOnSigterm?: boolean;
  /**
   * Whether the backtraces of all threads are printed when Puma stops.
   * @default - Puma's own: false
   */
  readonly shutdownDebug?: boolean;
  /**
   * Whether requests are buffered before a thread serves them.
   * @default - Puma's own: true
   */
  readonly queueRequests?: boolean;
  /**
   * How many requests of one connection are served in a row. From Puma 5.1 on; in 7.0 `maxKeepAlive` took its place.
   * @default - Puma's own: 10
   */
  readonly maxFastInline?: number;
  /**
   * How many requests of one connection are served before it is closed. From Puma 7.0 on.
   * @default - Puma's own: 999
   */
  readonly maxKeepAlive?: number;
  /**
   * Whether connections are kept after a request. From Puma 6.5 on.
   * @default - Puma's own: true
   */
  readonly enableKeepAlives?: boolean;
  /**
   * How many more threads there may be for requests that wait. From Puma 8.0 on.
   * @default - Puma's own: 0
   */
  readonly maxIoThreads?: number;
  /**
   * Whether each request has a Fiber of its own. From Puma 7.0 on; before, `cleanThreadLocals` is its name.
   * @default - Puma's own: false
   */
  readonly fiberPerRequest?: boolean;
  /**
   * Whether a request finds no variables of a thread that others left. From Puma 7.0 on `fiberPerRequest` is its name.
   * @default - Puma's own: false
   */
  readonly cleanThreadLocals?: boolean;
  /**
   * How many bytes a request may have. From Puma 6.1 on.
   * @default - any number
   */
  readonly httpContentLengthLimit?: number;
  /**
   * The methods of HTTP that are answered, "any" alone for all. From Puma 6.3 on.
   * @default - Puma's own: those of the standards
   */
  readonly supportedHttpMethods?: string[];
  /**
   * Whether `103 Early Hints` are sent.
   * @default - Puma's own: false
   */
  readonly earlyHints?: boolean;
  /**
   * What the application is told of the scheme, "http" or "https". From Puma 5.4 on.
   * @default - that of the bind
   */
  readonly rackUrlScheme?: "http" | "https";
  /**
   * Whom Puma takes for the client of a request (`set_remote_address`).
   * @default - who opened the connection
   */
  readonly remoteAddress?: RemoteAddressOptions;
  /**
   * What waits for data of connections: "auto", "select", "epoll" and others of nio4r. From Puma 5.2 on.
   * @default - Puma's own: "auto"
   */
  readonly ioSelectorBackend?: string;
  /**
   * Whether each request is logged.
   * @default - Puma's own: false
   */
  readonly logRequests?: boolean;
  /**
   * Whether Puma prints what it does.
   * @default - Puma's own: false
   */
  readonly debug?: boolean;
  /**
   * Whether what is printed is written at once. From Puma 5.3 on.
   * @default - Puma's own: true
   */
  readonly mutateStdoutAndStderrToSyncOnWrite?: boolean;
  /**
   * Whether Puma warns of a single worker. From Puma 5.3 on: false silences it.
   * @default - Puma's own: true
   */
  readonly singleWorkerWarning?: boolean;
  /**
   * Whether Puma warns of hooks of workers in single mode. From Puma 6.2 on: false silences it.
   * @default - Puma's own: true
   */
  readonly forkCallbackWarning?: boolean;
  /**
   * Lines of Ruby behind all that, as they are: hooks (`before_fork { … }`), a control server, whatever has no name above.
   * @default - none
   */
  readonly lines?: string[];
}
