import { type Duration } from "../values/duration";
import { type HealthCheck } from "./health-check";

export const ON_CHANGE = ["overlap", "hot", "full", "phased", "none"] as const;

/** Restart modes: how a changed Puma takes the place of the one that runs. */
export type OnChange = (typeof ON_CHANGE)[number];

/** How a service changes on a host. None of it is in a unit, so none of it restarts anything by itself. */
export interface DeploySettings {
  /**
   * Whether Puma starts with the host, or when the first connection comes, which then waits for the boot of the application
   * ("firstConnection" wants a `socket`).
   * @default "boot"
   */
  readonly startOn?: "boot" | "firstConnection";
  /**
   * How a changed Puma takes the place of the one that runs:
   *
   * - `"overlap"`: the new version is rehearsed, then stands in on the sockets while the service is replaced: no request
   *   waits for a boot, and a version that does not pass its health check meets none. Wants a `socket`, Puma 5 or
   *   newer, and memory for two.
   * - `"hot"`: `systemctl restart` of the service. Sockets that systemd holds stay open: requests wait for the boot.
   * - `"full"`: socket and service are restarted together; connections are refused meanwhile.
   * - `"phased"`: a new `release` replaces the workers one after the other (SIGUSR1). A changed unit is a hot restart.
   * - `"none"`: what runs goes on as it is until somebody restarts it.
   * @default "hot"
   */
  readonly onChange?: OnChange;
  /**
   * Boots and checks the new version on a bind of its own first, where no request of a user meets it. Costs a boot,
   * and memory for two.
   * @default - only where `onChange` is "overlap"
   */
  readonly rehearse?: boolean;
  /**
   * Restarts Puma when it changes, though no unit does: the version of the application, or of its configuration. One
   * line; Terraform tokens are welcome.
   * @default - only a changed unit restarts Puma
   */
  readonly release?: string;
  /**
   * When a changed Puma is healthy.
   * @default HealthCheck.answers()
   */
  readonly healthCheck?: HealthCheck;
  /**
   * How long a healthy Puma has to stay up before it is trusted; in whole seconds, rounded up.
   * @default Duration.seconds(5)
   */
  readonly settle?: Duration | false;
  /**
   * Replaces units of this name that something else put on a host, and keeps copies under /var/backups/cdktf-puma.
   * @default false: an apply that meets them fails, and says whose they are
   */
  readonly takeOver?: boolean;
}
