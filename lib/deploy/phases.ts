import { type Argument, flagsOf, isFlag } from "../puma/arguments";
import { type Service } from "../puma/service";
import { isToken } from "../values/marker";

/*
 * Whether a Puma can replace its workers one by one (`Restart.phased()`), as far as synth knows. It cannot without
 * workers, or if it preloads the application. The host decides by what the running Puma said as it booted (phased.sh).
 */

/**
 * Throws if Puma could never replace its workers one by one.
 * @throws if it runs without workers, if an argument lets it preload the application, or if it does so by default and has no
 * file to say otherwise
 */
export function checkPhases(service: Service): void {
  const { at, configFile, pumaVersion, workers } = service;
  if (workersOf(service) === 0) {
    const why = "Puma runs without workers";
    at.key("workers").refuse(`be at least 1 where 'restart' is Restart.phased(): ${why}`, workers);
  }
  for (const [path, arg] of flagsGivenTo(service)) {
    if (isFlag(arg, "--preload")) path.refuse(`be left away where 'restart' is Restart.phased()`, arg);
  }
  if (configFile === false && preloadsByDefault(service) === true) {
    const why = `Puma ${pumaVersion} preloads the application unless told otherwise`;
    at.key("configFile").refuse(
      `say 'preload_app! false' where 'restart' is Restart.phased(): ${why}`,
      configFile,
    );
  }
}

/** What has to be so on the hosts that nothing in the stack says. */
export function phasesWarnings(service: Service): string[] {
  const { at, configFile, pumaVersion } = service;
  if (typeof configFile === "string" || preloadsByDefault(service) === false) return [];
  const needed = `Restart.phased() needs 'preload_app! false' in Puma's configuration file`;
  return [
    `${at.key("restart")}: ${needed}: Puma ${pumaVersion} preloads the application unless told otherwise, and is ` +
      `then restarted as a whole; name the file that says it as 'configFile'`,
  ];
}

/**
 * From 7.0 on with more than one worker, from 5.0 on with more than one by WEB_CONCURRENCY (Puma's configuration.rb). It is
 * undefined where nobody knows before the apply.
 */
function preloadsByDefault(service: Service): boolean | undefined {
  const { version } = service;
  if (!version || flagsGivenTo(service).some(([, arg]) => isFlag(arg, "--prune-bundler"))) return false;
  if (!version.since(7, 0)) return version.since(5, 0) && (webConcurrency(service) ?? 0) > 1;
  const workers = workersOf(service);
  return workers === undefined ? undefined : workers > 1;
}

/** Whether Puma loads the application before it forks its workers; false where nobody knows. */
export function preloads(service: Service): boolean {
  return (
    preloadsByDefault(service) === true || flagsGivenTo(service).some(([, arg]) => isFlag(arg, "--preload"))
  );
}

/** How many workers Puma has; undefined where the stack does not tell. */
export function workersOf(service: Service): number | undefined {
  const { workers, configFile } = service;
  return workers ?? (configFile === false ? webConcurrency(service) : undefined);
}

/** How many workers WEB_CONCURRENCY asks for; undefined where a file or the engine may tell. */
function webConcurrency({ environment, environmentFiles }: Service): number | undefined {
  const { WEB_CONCURRENCY: value } = environment;
  if (value === undefined) return environmentFiles.length > 0 ? undefined : 0;
  if (isToken(value)) return undefined;
  return value === "auto" ? 2 : Number(value);
}

function flagsGivenTo({ at, args }: Service): readonly Argument[] {
  return flagsOf(args.map((arg, i): Argument => [at.key("args").index(i), arg]));
}
