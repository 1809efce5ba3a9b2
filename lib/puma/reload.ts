import { reloadHelper } from "../layout";
import { flagsOf, isFlag } from "./arguments";
import { type Service } from "./service";

/** Workers are replaced one after the other. */
const BY_PHASES = "/bin/kill -s USR1 $MAINPID";

/** A hot restart. As root, since a service's user may restart nothing. */
function byRestart({ name, scope }: Service): string {
  return `+/bin/sh ${reloadHelper(name, scope)} ${name}`;
}

/**
 * What `systemctl reload` does: the safest way to take up new code that the service has, if one refuses no connection. Puma's own
 * restart (SIGUSR2, and SIGUSR1 where workers cannot be replaced one by one) is none: it often hangs (puma#3677).
 */
export function execReload(service: Service): string | undefined {
  if (replacesWorkers(service)) return BY_PHASES;
  return service.isSocketActivated ? byRestart(service) : undefined;
}

/** Whether Puma can replace its workers one by one for all that a file or the environment may say. */
function replacesWorkers({
  at,
  args,
  command,
  directives,
  configFile,
  environment,
  environmentFiles,
  version,
  workers,
}: Service): boolean {
  const flags = flagsOf(args.map((arg, i) => [at.key("args").index(i), arg] as const));
  const isTold = configFile === false && environmentFiles.length === 0 && !("WEB_CONCURRENCY" in environment);
  const hasOthers = command._mayBeAScript || directives.Service?.PassEnvironment !== undefined;
  const preloads = !version || version.since(7, 0) || flags.some(([, arg]) => isFlag(arg, "--preload"));
  return isTold && !hasOthers && !preloads && workers !== undefined && workers > 0;
}
