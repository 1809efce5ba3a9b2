import { valuesIn } from "../unit-values";
import { directiveAt, unitOf, type Written } from "./rule";

/** `worker_shutdown_timeout`, unless the configuration file says another (Puma's configuration.rb). */
const WORKER_SHUTDOWN = 30;

/** systemd.time(7), as far as anyone writes it in a unit. */
const UNITS: Readonly<Record<string, number>> = {
  ...{ ms: 0.001, msec: 0.001, s: 1, sec: 1, second: 1, seconds: 1 },
  ...{ m: 60, min: 60, minute: 60, minutes: 60, h: 3600, hr: 3600, hour: 3600, hours: 3600 },
};

/** A stop that systemd ends before Puma would give its workers up. */
export function timeoutsWarnings(written: Written): string[] {
  const unit = unitOf(written, "service");
  const value = valuesIn(unit?.unit, "Service", "TimeoutStopSec").at(-1);
  const seconds = value === undefined ? undefined : secondsOf(value);
  if (!unit || seconds === undefined || seconds >= WORKER_SHUTDOWN || !written.service.workers) return [];
  const why = `Puma gives a worker ${WORKER_SHUTDOWN}s to end its requests (worker_shutdown_timeout)`;
  return [
    `${directiveAt(unit, "Service", "TimeoutStopSec")}: is ${value}, but ${why}: what takes longer is cut off; say less in ` +
      "Puma's configuration file, or more here",
  ];
}

/** A span of time in seconds; undefined where it is none, or has no end. */
export function secondsOf(span: string): number | undefined {
  const parts = [...span.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)\s*/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== span) return undefined;
  const seconds = parts.map(([, count, unit]) => Number(count) * (UNITS[unit || "s"] ?? NaN));
  const sum = seconds.reduce((one, other) => one + other, 0);
  // No time at all is no limit.
  return Number.isNaN(sum) || sum === 0 ? undefined : sum;
}
