import { Duration } from "../values/duration";
import { type Variables } from "./shell-settings";

/** How long a run waits for another one of the same service on the same host. */
export const DEFAULT_LOCK_TIMEOUT = Duration.minutes(10);

/** What the launcher is told, which hands a bundle to systemd. One field is one variable of launch.sh. */
export interface LauncherSettings {
  readonly service: string;
  /** An `Action`, or an expression of an engine. */
  readonly action: string;
  /** Seconds, or an expression of an engine. */
  readonly lockTimeout: string;
  /** Seconds: how long a run may take, on its way forward and on its way back. */
  readonly runTimeout: string;
  /** The bundle's settings. */
  readonly settings: string;
  /** The host's script, as gzip and base64. */
  readonly script: string;
  /** For a removal: the stack that the service belongs to. */
  readonly owner?: string;
  /** Who deploys, beside the user that logs in. */
  readonly deployedBy?: string;
}

/** Settings of the launcher as variables of the shell. */
export function launcherVariables(settings: LauncherSettings): Variables {
  const { service, action, lockTimeout, runTimeout, script, owner, deployedBy = "" } = settings;
  return {
    PUMA_SERVICE: service,
    PUMA_ACTION: action,
    PUMA_LOCK_TIMEOUT: lockTimeout,
    PUMA_RUN_TIMEOUT: runTimeout,
    PUMA_SETTINGS: settings.settings,
    PUMA_SCRIPT: script,
    ...(owner !== undefined && { PUMA_OWNER: owner }),
    ...(deployedBy !== "" && { PUMA_DEPLOYED_BY: deployedBy }),
  };
}
