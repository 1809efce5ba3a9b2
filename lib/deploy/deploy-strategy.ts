import { candidateFolder, CONTROL_SOCKET } from "../layout";
import { probeLine } from "../puma/probe";
import { type Service } from "../puma/service";
import { byteLength, checkLiterals } from "../values/characters";
import { checkBoolean, checkInstance, checkOneOf, checkTokenString } from "../values/check";
import { Duration } from "../values/duration";
import { type PropPath } from "../values/prop-path";
import { type DeploySettings, ON_CHANGE, type OnChange } from "./deploy-props";
import { HealthCheck } from "./health-check";

/** What sun_path of unix(7) holds, without its NUL: the sockets of a candidate have to fit into it. */
const LONGEST_SOCKET_PATH = 107;

const START_ON = ["boot", "firstConnection"] as const;

/** How a service changes on a host, with nothing left open. */
export interface DeployStrategy {
  readonly startOn: (typeof START_ON)[number];
  readonly onChange: OnChange;
  readonly rehearse: boolean;
  /** Empty where only a changed unit restarts Puma. */
  readonly release: string;
  readonly healthCheck: HealthCheck;
  /** Seconds. */
  readonly settle: number;
  readonly takeOver: boolean;
}

export const DeployStrategy = {
  /**
   * Checks how a service is to change, and fills in what its props leave open.
   * @throws if the deployment props contradict each other or the service
   */
  resolve(service: Service, props: DeploySettings): DeployStrategy {
    const { at } = service;
    const { startOn = "boot", onChange = "hot", release = "", takeOver = false } = props;
    const strategy = {
      startOn: checkOneOf(at.key("startOn"), startOn, START_ON),
      onChange: checkOneOf(at.key("onChange"), onChange, ON_CHANGE),
      rehearse: rehearses(at.key("rehearse"), onChange, props.rehearse),
      release: checkRelease(at.key("release"), release),
      healthCheck: healthCheckOf(service, props.healthCheck),
      settle: settleOf(at.key("settle"), props.settle),
      takeOver: checkBoolean(at.key("takeOver"), takeOver),
    };
    if (service.socket === undefined) checkWithoutSocket(at, strategy);
    if (onChange === "overlap") checkOverlap(service);
    if (strategy.rehearse) checkRehearsal(service);
    return strategy;
  },
};

function rehearses(at: PropPath, onChange: OnChange, rehearse: boolean | undefined): boolean {
  checkBoolean(at, rehearse);
  if (onChange === "overlap" && rehearse === false)
    at.refuse("be true where 'onChange' is \"overlap\"", rehearse);
  return rehearse ?? onChange === "overlap";
}

function checkRelease(at: PropPath, release: string): string {
  if (/[\r\n]/.test(checkTokenString(at, release)))
    at.refuse("be one line: .trim() what comes from a file", release);
  checkLiterals(at, release);
  return release;
}

function settleOf(at: PropPath, settle: Duration | false | undefined): number {
  if (settle === false) return 0;
  return checkInstance(at, settle === undefined ? Duration.seconds(5) : settle, Duration).toSeconds();
}

function healthCheckOf({ at, binds }: Service, healthCheck = HealthCheck.answers()): HealthCheck {
  const path = at.key("healthCheck");
  checkInstance(path, healthCheck, HealthCheck);
  const { kind, bind } = healthCheck.settings;
  if (kind !== "http") return healthCheck;
  const named = bind && probeLine(bind);
  const asked = binds.filter((bind) => named === undefined || probeLine(bind.probe) === named);
  if (named !== undefined && asked.length === 0) path.refuse("ask one of the service's own binds", named);
  if (asked.length > 0 && asked.every((bind) => bind.wantsClientCertificate))
    path.refuse("ask a bind that answers without a client's certificate", asked[0]?.listenStream);
  return healthCheck;
}

function checkWithoutSocket(at: PropPath, { onChange, startOn }: DeployStrategy): void {
  if (onChange === "overlap")
    at.key("onChange").refuse("not be \"overlap\" without a 'socket' that two Pumas can share", onChange);
  if (startOn === "firstConnection") at.key("startOn").refuse("be \"boot\" without a 'socket'", startOn);
}

function checkOverlap({ at, version, directives }: Service): void {
  if (version && !version.since(5, 0))
    at.key("onChange").refuse('be "hot" before Puma 5, which loses requests in an overlap', "overlap");
  // systemd removes a service's folder in /run when the service stops, also where the stand-in works in it.
  const { RuntimeDirectory, RuntimeDirectoryPreserve } = directives.Service ?? {};
  if (RuntimeDirectory === undefined || ["yes", "restart", "true"].includes(String(RuntimeDirectoryPreserve)))
    return;
  at.key("directives")
    .key("Service")
    .key("RuntimeDirectory")
    .refuse("go with RuntimeDirectoryPreserve=restart where 'onChange' is \"overlap\"", RuntimeDirectory);
}

function checkRehearsal({ at, name, args }: Service): void {
  const socket = `${candidateFolder(name, "rehearsal")}/${CONTROL_SOCKET}`;
  const most = byteLength(name) + LONGEST_SOCKET_PATH - byteLength(socket);
  if (byteLength(name) > most)
    at.key("name").refuse(`be at most ${most} characters long where a new version is rehearsed`, name);
  args.forEach((arg, i) => {
    // Puma takes --bind-to-activated-sockets also where it is cut short.
    if (arg.startsWith("--bind-"))
      at.key("args").index(i).refuse("not drop the bind that a new version is rehearsed on", arg);
  });
}
