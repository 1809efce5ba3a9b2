import { milliseconds } from "../../systemd/time-span";
import { valuesIn } from "../unit-values";
import { directiveAt, serviceIn, type Written } from "./rule";

/** `worker_shutdown_timeout`, unless the configuration file says another (Puma's configuration.rb). */
const WORKER_SHUTDOWN = 30;

/** A stop that systemd ends before Puma would give its workers up. */
export function timeoutsWarnings(written: Written): string[] {
  const unit = serviceIn(written);
  const value = valuesIn(unit?.unit, "Service", "TimeoutStopSec").at(-1);
  // No time at all is no limit.
  const span = milliseconds(value ?? "") || undefined;
  if (!unit || span === undefined || span >= WORKER_SHUTDOWN * 1000 || !written.service.workers) return [];
  const why = `Puma gives a worker ${WORKER_SHUTDOWN}s to end its requests (worker_shutdown_timeout)`;
  return [
    `${directiveAt(unit, "Service", "TimeoutStopSec")}: is ${value}, but ${why}: what takes longer is cut off; say less in ` +
      "Puma's configuration file, or more here",
  ];
}
