import { type Service } from "../puma/service";
import { Duration } from "../values/duration";
import { preloads, workersOf } from "./phases";

/** Puma's own limit for the boot of a worker, `worker_boot_timeout`: nothing but its configuration file says another. */
const WORKER_BOOT_TIMEOUT = Duration.seconds(60);

/** Where `startTimeout` gives a boot more time than Puma itself is known to give its workers. */
export function bootWarnings(service: Service): string[] {
  const { at, configFile, hasStartTimeout, startTimeout } = service;
  const isLonger = startTimeout.toMilliseconds() > WORKER_BOOT_TIMEOUT.toMilliseconds();
  if (configFile !== false || !hasStartTimeout || !isLonger) return [];
  if (!workersOf(service) || preloads(service)) return [];
  return [
    `${at.key("startTimeout")}: is ${startTimeout}, but Puma ends a worker that boots for longer than ` +
      `${WORKER_BOOT_TIMEOUT}: name a 'configFile' that says worker_boot_timeout, or preload the application ('args': "--preload")`,
  ];
}
