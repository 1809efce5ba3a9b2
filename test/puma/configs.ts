import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, PumaConfig, type PumaConfigOptions } from "../../lib";
import { PumaVersion } from "../../lib/puma/version";
import { PropPath } from "../../lib/values/prop-path";

/** The versions whose files are kept: those of the releases, and each that has more or less than the one before it. */
export const VERSIONS = ["4.3", "5.0", "5.6", "6.0", "6.6", "7.0", "8.0"] as const;

/** Each option, with a value that no other has. */
export const EACH: Required<PumaConfigOptions> = {
  workers: 2,
  threads: { min: 3, max: 4 },
  preloadApp: true,
  rackup: "config.ru",
  tag: `a "b" #{c} \\ é\n`,
  plugins: ["tmp_restart"],
  pruneBundler: false,
  extraRuntimeDependencies: ["json", "base64"],
  workerTimeout: Duration.seconds(61),
  workerBootTimeout: Duration.seconds(62),
  workerShutdownTimeout: Duration.seconds(33),
  workerCheckInterval: Duration.seconds(6),
  workerCullingStrategy: "oldest",
  forkWorker: 1001,
  nakayoshiFork: true,
  waitForLessBusyWorker: Duration.milliseconds(7),
  firstDataTimeout: Duration.seconds(31),
  persistentTimeout: Duration.seconds(21),
  idleTimeout: Duration.minutes(60),
  forceShutdownAfter: Duration.seconds(34),
  drainOnShutdown: true,
  raiseExceptionOnSigterm: false,
  shutdownDebug: true,
  queueRequests: true,
  maxFastInline: 11,
  maxKeepAlive: 998,
  enableKeepAlives: true,
  maxIoThreads: 12,
  fiberPerRequest: false,
  cleanThreadLocals: false,
  httpContentLengthLimit: 1_000_000,
  supportedHttpMethods: ["GET", "HEAD"],
  earlyHints: false,
  rackUrlScheme: "https",
  remoteAddress: { header: "X-Real-IP" },
  ioSelectorBackend: "auto",
  logRequests: false,
  debug: true,
  mutateStdoutAndStderrToSyncOnWrite: true,
  singleWorkerWarning: false,
  forkCallbackWarning: false,
  lines: ["before_fork do", "  GC.start", "end"],
};

const versionOf = (version: string): PumaVersion => PumaVersion.parse(PropPath.of("test"), version);

/** The file of a service whose Puma has this version. */
export function rendered(options: PumaConfigOptions, version: string): string {
  return PumaConfig.of(options)._render("web", versionOf(version));
}

/** All that a version has. */
export function everything(version: string): string {
  const has = ([name, value]: [string, unknown]): boolean => {
    try {
      rendered({ [name]: value }, version);
      return true;
    } catch {
      return false;
    }
  };
  return rendered(Object.fromEntries(Object.entries(EACH).filter(has)), version);
}

/** The file that is kept; `WRITE_GOLDEN=true` writes it anew. */
export function kept(version: string, text: string): string {
  const file = join(__dirname, "configs", `${version}.rb`);
  if (process.env.WRITE_GOLDEN === "true") writeFileSync(file, text);
  return readFileSync(file, "utf8");
}
