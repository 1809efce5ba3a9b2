import { type Argument, flagsOf, isFlag } from "../puma/arguments";
import { type Service } from "../puma/service";

/*
 * Whether a Puma can replace its workers one by one (`Restart.phased()`), as far as synth knows. It cannot if it preloads
 * the application. The host decides by what the running Puma said as it booted (phased.sh).
 */

/**
 * Throws if Puma could never replace its workers one by one.
 * @throws if an argument lets it preload the application, or if it does so by default and has no file to say otherwise
 */
export function checkPhases(service: Service): void {
  const { at, configFile, pumaVersion } = service;
  for (const [path, arg] of flagsGivenTo(service)) {
    if (isFlag(arg, "--preload")) path.refuse(`be left away where 'restart' is Restart.phased()`, arg);
  }
  if (configFile === false && preloadsByDefault(service)) {
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
  if (configFile !== undefined || !preloadsByDefault(service)) return [];
  const needed = `Restart.phased() needs 'preload_app! false' in Puma's configuration file`;
  return [
    `${at.key("restart")}: ${needed}: Puma ${pumaVersion} preloads the application unless told otherwise, and is ` +
      `then restarted as a whole; name the file that says it as 'configFile'`,
  ];
}

/** From 7.0 on with more than one worker, from 5.0 on with more than one by WEB_CONCURRENCY (Puma's configuration.rb). */
function preloadsByDefault(service: Service): boolean {
  const { version, environment, workers } = service;
  if (!version || flagsGivenTo(service).some(([, arg]) => isFlag(arg, "--prune-bundler"))) return false;
  const { WEB_CONCURRENCY } = environment;
  if (version.since(7, 0)) return (workers ?? Number(WEB_CONCURRENCY ?? 2)) !== 1;
  return version.since(5, 0) && (WEB_CONCURRENCY === "auto" || Number(WEB_CONCURRENCY) > 1);
}

function flagsGivenTo({ at, args }: Service): readonly Argument[] {
  return flagsOf(args.map((arg, i): Argument => [at.key("args").index(i), arg]));
}
