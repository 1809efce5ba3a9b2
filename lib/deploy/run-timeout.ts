import { type Service } from "../puma/service";
import { Duration } from "../values/duration";
import { type DeployStrategy } from "./deploy-strategy";
import { type HealthSettings } from "./health-check";

/** What all else takes that a run does: its checks before, other units that go, a disk that is slow. */
const ALL_ELSE = 600;

/** systemd's own, where a unit says nothing. Without an end, the host waits for an hour (time-outs.sh). */
const DEFAULT_STOP = 90;
const ENDLESS_STOP = 3600;

/** What a host waits for the end of a command where the engine runs, beyond its limit (engine.sh), and a little more. */
const ANSWERED = 35;

/** As many workers as a phased restart may have to replace where only Puma's configuration file knows. */
const MANY_WORKERS = 32;

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, sec: 1, m: 60, min: 60, h: 3600, hr: 3600 };

/** What of a service says how long it may take to start and to stop. */
type Timed = Pick<Service, "startTimeout" | "directives"> & Partial<Pick<Service, "workers">>;

/** How long a removal may take. */
export const REMOVAL_TIMEOUT = Duration.minutes(30);

/**
 * How long a run may take on its way forward, and as long again on its way back: longer than all of its parts together, each of
 * which has a limit of its own. At it, systemd ends whatever hangs.
 */
export function runTimeout(service: Timed, strategy: DeployStrategy): Duration {
  const start = service.startTimeout.toSeconds();
  const stop = stopSeconds(service);
  // As change_units of the host's script has it, and then what answers, and accepts connections.
  const oneStart = 2 * start + 10 + 2 * start;
  const oneStop = 2 * stop + 10;
  const checked = oneStart + checkSeconds(strategy.healthCheck._settings);
  const pumas = 1 + Number(strategy.rehearse) + Number(strategy.restart === "overlap");
  const phases = strategy.restart === "phased" ? start * (service.workers ?? MANY_WORKERS) : 0;
  // What an earlier run left is ended before and after.
  return Duration.seconds(
    ALL_ELSE + aroundSeconds(strategy) + pumas * (checked + oneStop) + 2 * (oneStart + oneStop) + phases,
  );
}

/** Each command is asked to stop, and has a second for that; from where the engine runs, its answer has as long as a host waits for it. */
function aroundSeconds({ tasks: { eachHost } }: DeployStrategy): number {
  if (eachHost === undefined) return 0;
  const more = eachHost.where === "engine" ? ANSWERED : 11;
  return 2 * (eachHost.timeout.toSeconds() + more) + (eachHost.drain?.toSeconds() ?? 0);
}

function stopSeconds({ directives }: Timed): number {
  const given = [directives.Service?.TimeoutStopSec ?? DEFAULT_STOP].flat().map(String).at(-1) ?? "";
  const parts = [...given.matchAll(/(\d+(?:\.\d+)?) *([a-z]*)/g)];
  const seconds = parts.map(([, amount, unit = ""]) => Number(amount) * (SECONDS[unit] ?? ENDLESS_STOP));
  const sum = Math.ceil(seconds.reduce((sum, one) => sum + one, 0));
  return sum === 0 ? ENDLESS_STOP : sum;
}

function checkSeconds({ retries, timeout, interval, settle, warmUp, warmUpTimeout }: HealthSettings): number {
  // A command that is ended has another second, and systemd one to start it.
  const tries = (retries + 1) * (timeout.toSeconds() + interval.toSeconds() + 2);
  return tries + warmUp.length * (warmUpTimeout.toSeconds() + 2) + settle;
}
