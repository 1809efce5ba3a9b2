import { type HealthCheck } from "../remote/health-check";
import { refuse } from "../values/check";
import { type Duration } from "../values/duration";
import { Bind } from "./bind";
import { type ServiceBinds } from "./exec-start";
import { type ServiceSettings } from "./service-settings";

/** How a running Puma gives way to a changed one. */
export type OnChange = "overlap" | "hot" | "full" | "phased" | "none";

/** How a service changes on a host. None of it is in a unit, so none of it restarts anything by itself. */
export interface DeploySettings extends ServiceSettings {
  /**
   * Whether Puma starts with the host, or when the first connection comes, which then waits for the boot of the application
   * ("firstConnection" wants a `socket`).
   * @default "boot"
   */
  readonly startOn?: "boot" | "firstConnection";
  /**
   * How a running Puma gives way to a changed one:
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
   * Restarts Puma when it changes, though no unit does: the version of the application, or of its configuration. One line.
   * @default - only a changed unit restarts Puma
   */
  readonly release?: string;
  /**
   * When a changed Puma is well.
   * @default HealthCheck.answers()
   */
  readonly healthCheck?: HealthCheck;
  /**
   * How long a Puma that is well has to stay up before it is trusted; in whole seconds, rounded up.
   * @default Duration.seconds(5)
   */
  readonly settle?: Duration | false;
  /**
   * Replaces units of this name that something else put on a host, and keeps copies under /var/backups/cdktf-puma.
   * @default false: an apply that meets them fails, and says whose they are
   */
  readonly takeOver?: boolean;
}

/** Refuses ways of changing that cannot be. */
export function checkDeploy(
  prop: string,
  service: string,
  settings: DeploySettings,
  sockets: ServiceBinds,
): void {
  const { onChange = "hot", startOn = "boot", rehearse, healthCheck } = settings;
  oneOf(`${prop} 'onChange'`, onChange, ["overlap", "hot", "full", "phased", "none"]);
  if (/[\n\r\0]/.test(settings.release ?? "")) {
    refuse(`${prop} 'release'`, "be one line: .trim() what comes from a file", settings.release);
  }
  oneOf(`${prop} 'startOn'`, startOn, ["boot", "firstConnection"]);
  if (sockets.socket === undefined) checkWithoutSocket(prop, onChange, startOn);
  if (onChange === "overlap" && rehearse === false) {
    refuse(`${prop} 'rehearse'`, "be true where 'onChange' is \"overlap\"", rehearse);
  }
  // Their own sockets have to fit into the 107 bytes of a path: a service's name can be too long for that.
  if (onChange === "overlap" || rehearse) Bind.unix(`/run/cdktf-puma-${service}-rehearsal/puma.sock`);
  if (onChange === "overlap" && settings.pumaVersion?.startsWith("4.")) {
    refuse(`${prop} 'onChange'`, 'be "hot" with Puma 4, which loses requests in an overlap', onChange);
  }
  checkHealthCheck(`${prop} 'healthCheck'`, healthCheck, sockets.binds);
}

function checkHealthCheck(prop: string, check: HealthCheck | undefined, binds: readonly Bind[]): void {
  if (!check?.asksAPage) return;
  const asked = check.bind ? binds.filter((bind) => bind === check.bind) : binds;
  if (check.bind && asked.length === 0) {
    refuse(prop, "ask one of the service's own binds", JSON.stringify(check.bind.probe));
  }
  if (asked.length > 0 && asked.every((bind) => bind.wantsClientCertificate)) {
    refuse(prop, "ask a bind that answers without a client's certificate", asked[0]?.listenStream);
  }
}

function checkWithoutSocket(prop: string, onChange: OnChange, startOn: string): void {
  if (onChange === "overlap") {
    refuse(`${prop} 'onChange'`, "not be \"overlap\" without a 'socket' that two Pumas can share", onChange);
  }
  if (startOn === "firstConnection") {
    refuse(`${prop} 'startOn'`, "be \"boot\" without a 'socket'", startOn);
  }
}

function oneOf(prop: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) refuse(prop, `be one of ${choices.join(", ")}`, value);
}
