import { candidateFolder, CONTROL_SOCKET } from "../layout";
import { probeLine } from "../puma/probe";
import { type Service } from "../puma/service";
import { byteLength, checkLiterals } from "../values/characters";
import { checkBoolean, checkInstance, checkOneOf, checkTokenString } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { LONGEST_SOCKET_PATH } from "../values/path";
import { companionFiles } from "./companions";
import { installedFiles } from "./declared-files";
import { type DeployProps } from "./deploy-props";
import { deployedByOf } from "./deployed-by";
import { HealthCheck } from "./health-check";
import { type InstalledFile } from "./managed-file";
import { needrestartFiles } from "./needrestart";
import { checkPhases } from "./phases";
import { proxyUserOf } from "./proxy";
import { Restart, type RestartMode } from "./restart";
import { type Retirement, retirementOf } from "./retirement";
import { type Tasks, tasksOf } from "./tasks";
import { type Watch, watchesOf } from "./watches";

/** The runtime folder of a user whose number is the largest. */
const LONGEST_RUNTIME = "/run/user/4294967294";

const START_ON = ["boot", "firstConnection"] as const;

/** How a service changes on a host, with nothing left open. */
export interface DeployStrategy extends Retirement {
  readonly startOn: (typeof START_ON)[number];
  readonly restart: RestartMode;
  readonly rehearse: boolean;
  /** What restarts it by itself. */
  readonly watches: readonly Watch[];
  /** Empty where only a changed unit restarts Puma. */
  readonly release: string;
  /** Empty where it is the user who logs in. */
  readonly deployedBy: string;
  readonly tasks: Tasks;
  readonly healthCheck: HealthCheck;
  /** Files beside the units. */
  readonly files: readonly InstalledFile[];
  readonly takeOver: boolean;
  /** User of the proxy in front; empty for none. */
  readonly proxyUser: string;
}

export const DeployStrategy = {
  /**
   * Checks how a service is to change, and fills in what its props leave open.
   * @throws if the deployment props contradict each other or the service
   */
  resolve(service: Service, props: DeployProps): DeployStrategy {
    const { at } = service;
    const { startOn = "boot", restart = Restart.hot(), takeOver = false } = props;
    const way = checkInstance(at.key("restart"), restart, Restart);
    const strategy = {
      ...retirementOf(service, props),
      startOn: checkOneOf(at.key("startOn"), startOn, START_ON),
      restart: way._mode,
      rehearse: way._rehearse,
      watches: watchesOf(service, props),
      ...releaseOf(at, props),
      tasks: tasksOf(service, props),
      healthCheck: healthCheckOf(service, props.healthCheck),
      files: [...installedFiles(service, props.files), ...filesBeside(service, props)],
      takeOver: checkBoolean(at.key("takeOver"), takeOver),
      proxyUser: proxyUserOf(service, props),
    };
    checkWay(service, way, strategy);
    return strategy;
  },
};

/** What the library itself puts there. */
function filesBeside(service: Service, props: DeployProps): InstalledFile[] {
  return [...companionFiles(service, props), ...needrestartFiles(service, props)];
}

function checkWay(service: Service, { _mode, _rehearse }: Restart, strategy: DeployStrategy): void {
  if (!service.isSocketActivated) checkWithoutSocket(service.at, strategy);
  if (_mode === "overlap") checkOverlap(service);
  if (_mode === "phased") checkPhases(service);
  if (_rehearse) checkRehearsal(service);
}

function releaseOf(
  at: PropPath,
  { release = "", deployedBy }: DeployProps,
): Pick<DeployStrategy, "release" | "deployedBy"> {
  const path = at.key("release");
  if (/[\r\n]/.test(checkTokenString(path, release)))
    path.refuse("be one line: .trim() what comes from a file", release);
  checkLiterals(path, release);
  return { release, deployedBy: deployedByOf(at.key("deployedBy"), deployedBy) };
}

function healthCheckOf({ at, binds }: Service, healthCheck = HealthCheck.answers()): HealthCheck {
  const path = at.key("healthCheck");
  checkInstance(path, healthCheck, HealthCheck);
  const { kind, bind } = healthCheck._settings;
  if (kind !== "http") return healthCheck;
  const named = bind && probeLine(bind);
  const asked = binds.filter((bind) => named === undefined || probeLine(bind._probe) === named);
  if (named !== undefined && asked.length === 0) path.refuse("ask one of the service's own binds", named);
  if (asked.length > 0 && asked.every((bind) => bind._wantsClientCertificate))
    path.refuse("ask a bind that answers without a client's certificate", asked[0]?.listenStream);
  return healthCheck;
}

function checkWithoutSocket(at: PropPath, { restart, startOn }: DeployStrategy): void {
  if (restart === "overlap")
    at.key("restart").fail("must not be Restart.overlap() without a 'socket' that two Pumas can share");
  if (startOn === "firstConnection") at.key("startOn").refuse("be \"boot\" without a 'socket'", startOn);
}

function checkOverlap({ at, version, directives }: Service): void {
  if (version && !version.since(5, 0))
    at.key("restart").fail("must be Restart.hot() before Puma 5, which loses requests in an overlap");
  // systemd removes a service's folder in /run when the service stops, also where the stand-in works in it.
  const { RuntimeDirectory, RuntimeDirectoryPreserve } = directives.Service ?? {};
  if (RuntimeDirectory === undefined || ["yes", "restart", "true"].includes(String(RuntimeDirectoryPreserve)))
    return;
  at.key("directives")
    .key("Service")
    .key("RuntimeDirectory")
    .refuse(
      "go with RuntimeDirectoryPreserve=restart where 'restart' is Restart.overlap()",
      RuntimeDirectory,
    );
}

function checkRehearsal({ at, name, scope, args }: Service): void {
  const folder = candidateFolder(name, "rehearsal", scope).replace(/^%t/, LONGEST_RUNTIME);
  const socket = `${folder}/${CONTROL_SOCKET}`;
  const most = byteLength(name) + LONGEST_SOCKET_PATH - byteLength(socket);
  if (byteLength(name) > most)
    at.key("name").refuse(`be at most ${most} characters long where a new version is rehearsed`, name);
  args.forEach((arg, i) => {
    // Puma takes --bind-to-activated-sockets also where it is cut short.
    if (arg.startsWith("--bind-"))
      at.key("args").index(i).refuse("not drop the bind that a new version is rehearsed on", arg);
  });
}
