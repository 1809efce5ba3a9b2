import { HealthCheck } from "./health-check";
import { probeLine } from "../puma/probe";
import {
  checkBoolean,
  checkInstance,
  checkList,
  checkOneOf,
  checkOptional,
  refuse,
  checkTokenString,
} from "../values/check";
import { Duration } from "../values/duration";
import { byteLength, checkLiterals } from "../values/characters";
import { type Bind } from "../puma/bind";
import { CONTROL_SOCKET, type ServiceBinds, understudyFolder } from "../puma/exec-start";
import { type Directives } from "../puma/directives";
import { PumaVersion } from "../puma/version";
import { type ServiceSettings } from "../puma/service-props";

/** What sun_path of unix(7) holds, without its NUL: the sockets of a second Puma have to fit into it. */
const LONGEST_SOCKET_PATH = 107;

const CHANGES = ["overlap", "hot", "full", "phased", "none"] as const;

/** How a running Puma gives way to a changed one. */
export type OnChange = (typeof CHANGES)[number];

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
   * Restarts Puma when it changes, though no unit does: the version of the application, or of its configuration. One
   * line; Terraform tokens are welcome.
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
  const { onChange = "hot", startOn = "boot", release, settle, healthCheck } = settings;
  checkOneOf(`${prop} 'onChange'`, onChange, CHANGES);
  checkOneOf(`${prop} 'startOn'`, startOn, ["boot", "firstConnection"]);
  checkBoolean(`${prop} 'rehearse'`, settings.rehearse);
  checkBoolean(`${prop} 'takeOver'`, settings.takeOver);
  if (release !== undefined) checkRelease(`${prop} 'release'`, release);
  if (settle !== undefined && settle !== false) checkInstance(`${prop} 'settle'`, settle, Duration);
  if (sockets.socket === undefined) checkWithoutSocket(prop, onChange, startOn);
  if (onChange === "overlap") checkOverlap(prop, settings);
  if (rehearses(settings)) checkRehearsal(prop, service, settings);
  checkOptional(`${prop} 'healthCheck'`, healthCheck, HealthCheck);
  checkHealthCheck(`${prop} 'healthCheck'`, healthCheck, sockets.binds);
}

function checkRelease(prop: string, release: string): void {
  if (/[\r\n]/.test(checkTokenString(prop, release))) {
    refuse(prop, "be one line: .trim() what comes from a file", release);
  }
  checkLiterals(prop, release);
}

/** Whether a new version boots on a bind of its own first. */
export function rehearses({ rehearse, onChange }: DeploySettings): boolean {
  return rehearse ?? onChange === "overlap";
}

function checkOverlap(prop: string, settings: DeploySettings): void {
  const { onChange, rehearse, pumaVersion, directives } = settings;
  if (rehearse === false) {
    refuse(`${prop} 'rehearse'`, "be true where 'onChange' is \"overlap\"", rehearse);
  }
  if (pumaVersion !== undefined && !PumaVersion.parse(`${prop} 'pumaVersion'`, pumaVersion).since(5, 0)) {
    refuse(`${prop} 'onChange'`, 'be "hot" before Puma 5, which loses requests in an overlap', onChange);
  }
  checkRuntimeDirectory(prop, directives);
}

/** systemd removes a service's folder in /run when the service stops, also where the stand-in works in it. */
function checkRuntimeDirectory(prop: string, directives: Directives = {}): void {
  const { RuntimeDirectory, RuntimeDirectoryPreserve } = directives.Service ?? {};
  if (RuntimeDirectory === undefined || ["yes", "restart", "true"].includes(String(RuntimeDirectoryPreserve)))
    return;
  refuse(
    `${prop} 'directives.Service.RuntimeDirectory'`,
    "go with RuntimeDirectoryPreserve=restart where 'onChange' is \"overlap\"",
    RuntimeDirectory,
  );
}

function checkRehearsal(prop: string, service: string, { args = [] }: DeploySettings): void {
  const socket = `${understudyFolder(service, "rehearsal")}/${CONTROL_SOCKET}`;
  const most = byteLength(service) + LONGEST_SOCKET_PATH - byteLength(socket);
  if (byteLength(service) > most) {
    refuse(`${prop} 'name'`, `be at most ${most} characters long where a new version is rehearsed`, service);
  }
  checkList(`${prop} 'args'`, args).forEach((arg, i) => {
    // Puma takes --bind-to-activated-sockets also where it is cut short.
    if (!checkTokenString(`${prop} 'args[${i}]'`, arg).startsWith("--bind-")) return;
    refuse(`${prop} 'args[${i}]'`, "not drop the bind that a new version is rehearsed on", arg);
  });
}

function checkHealthCheck(prop: string, check: HealthCheck | undefined, binds: readonly Bind[]): void {
  if (!check?.asksAPage) return;
  const named = check.bind && probeLine(check.bind.probe);
  const asked = binds.filter((bind) => named === undefined || probeLine(bind.probe) === named);
  if (named !== undefined && asked.length === 0) refuse(prop, "ask one of the service's own binds", named);
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
