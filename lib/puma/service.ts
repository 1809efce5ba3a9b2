import {
  checkBoolean,
  checkInstance,
  checkInteger,
  checkList,
  checkObject,
  checkTokenString,
} from "../values/check";
import { type Scope } from "../layout";
import { Duration } from "../values/duration";
import { checkFields } from "../values/fields";
import { absolutePath, pathUnder } from "../values/path";
import { type PropPath } from "../values/prop-path";
import { alarmUnit } from "./alarm";
import { type Bind } from "./bind";
import { PumaCommand } from "./command";
import { isDaemon } from "./daemon";
import { type Directives } from "./directives";
import { type Environment, environmentOf } from "./environment";
import { type Hardening, hardeningOf } from "./hardening";
import { type Logs, logsOf } from "./logs";
import { scopeOf } from "./scope";
import { type ServiceUnitProps, THREAD_OPTIONS, type ThreadOptions } from "./service-props";
import { type Secrets, secretsOf } from "./service-secrets";
import { type PumaVersion, versionOf } from "./version";

/** systemd's own (systemd-system.conf(5)). */
export const DEFAULT_START_TIMEOUT = Duration.seconds(90);

/**
 * What WatchdogSec= has to be more than the boot. A Puma that restarts itself keeps its process, so systemd goes on counting:
 * from the last ping before the restart, up to 10 s old, until the first one after the boot, which comes 10 s after it. The
 * rest is for a busy machine.
 */
const WATCHDOG_BEYOND_BOOT = Duration.seconds(30);

/** The sockets that a service serves. */
export interface ServiceBinds {
  readonly binds: readonly Bind[];
  /** The units that hold the binds; none where Puma binds by itself. */
  readonly sockets?: readonly SocketBinds[];
}

/** What a `.socket` unit holds for a service. */
export interface SocketBinds {
  /** How errors name it. */
  readonly at: PropPath;
  /** Name of its file. */
  readonly file: string;
  readonly binds: readonly Bind[];
}

/** Files of units that hold the binds of a service. */
export function filesOf(sockets: readonly SocketBinds[]): string[] {
  return sockets.map(({ file }) => file);
}

/** What a service is called, and where it is said. */
export interface ServiceIdentity {
  /** Name of its unit, without `.service`. */
  readonly name: string;
  /** Id of its stack. */
  readonly stack: string;
  /**
   * Whose systemd has it.
   * @default "system"
   */
  readonly scope?: Scope;
}

/** A Puma service with nothing left open: props checked, defaults filled in, names made. */
export interface Service extends ServiceIdentity, ServiceBinds, Environment {
  readonly scope: Scope;
  /** How errors name it. */
  readonly at: PropPath;
  readonly sockets: readonly SocketBinds[];
  /** Whether systemd holds the binds. */
  readonly isSocketActivated: boolean;
  /** Files of its units, the sockets' first. */
  readonly unitFiles: readonly string[];
  readonly workingDirectory: string;
  readonly command: PumaCommand;
  /** Absolute; `false` loads none, and undefined is Puma's own choice. */
  readonly configFile?: string | false;
  readonly args: readonly string[];
  readonly user?: string;
  readonly group?: string;
  readonly workers?: number;
  readonly threads?: ThreadOptions;
  /** As it was given. */
  readonly pumaVersion?: string;
  readonly version?: PumaVersion;
  readonly type: "simple" | "notify" | "forking";
  /** How long Puma may be silent; undefined where systemd does not watch. */
  readonly watchdog?: Duration;
  /** The unit that is started when Puma crashes again and again. */
  readonly alarm?: string;
  /** How long Puma may take from its start until every bind answers. */
  readonly startTimeout: Duration;
  /** Whether that is the service's own, and not systemd's. */
  readonly hasStartTimeout: boolean;
  readonly logs: Logs;
  readonly secrets?: Secrets;
  readonly hardening: Hardening;
  readonly directives: Directives;
}

export const Service = {
  /**
   * Checks a service's props, and fills in what they leave open.
   * @throws if a prop is not what it should be, or contradicts another
   */
  resolve(at: PropPath, identity: ServiceIdentity, props: ServiceUnitProps, given: ServiceBinds): Service {
    const { directives = {} } = props;
    const { binds, sockets = [] } = given;
    return {
      at,
      ...identity,
      binds,
      sockets,
      unitFiles: [...filesOf(sockets), `${identity.name}.service`],
      isSocketActivated: sockets.length > 0,
      ...processOf(at, props),
      ...environmentOf(at, props),
      ...concurrencyOf(at, props),
      ...notificationOf(at, props),
      logs: logsOf(at, props),
      secrets: secretsOf(at, props),
      hardening: hardeningOf(at, props),
      directives: checkObject(at.key("directives"), directives),
    };
  },
};

/** A value that may hold Terraform tokens, and the prop that it was given as. */
export type TokenValue = readonly [at: PropPath, value: string];

/** The values of a service that may hold Terraform tokens. */
export function tokenValues({ at, environment, args }: Service): TokenValue[] {
  return [
    ...Object.entries(environment).map(([name, value]): TokenValue => [
      at.key("environment").key(name),
      value,
    ]),
    ...args.map((value, i): TokenValue => [at.key("args").index(i), value]),
  ];
}

type ProcessFields = "workingDirectory" | "command" | "configFile" | "args" | "scope" | "user" | "group";

function processOf(at: PropPath, props: ServiceUnitProps): Pick<Service, ProcessFields> {
  const { command = PumaCommand.binstub(), args = [], user, group } = props;
  const workingDirectory = absolutePath(at.key("workingDirectory"), props.workingDirectory);
  checkInstance(at.key("command"), command, PumaCommand);
  checkList(at.key("args"), args).forEach((arg, i) => checkTokenString(at.key("args").index(i), arg));
  return {
    workingDirectory,
    command,
    configFile: configFileOf(at.key("configFile"), workingDirectory, props.configFile),
    args: [...args],
    scope: scopeOf(at, props),
    user,
    group,
  };
}

function configFileOf(
  at: PropPath,
  directory: string,
  file: string | false | undefined,
): Service["configFile"] {
  return file === undefined || file === false ? file : pathUnder(at, directory, file);
}

function concurrencyOf(
  at: PropPath,
  { workers, threads }: ServiceUnitProps,
): Pick<Service, "workers" | "threads"> {
  if (workers !== undefined) checkInteger(at.key("workers"), workers, 0, 1024);
  if (threads !== undefined) {
    const path = at.key("threads");
    const { min, max } = checkFields(path, checkObject(path, threads), THREAD_OPTIONS);
    checkInteger(at.key("threads").key("max"), max, 1, 1024);
    checkInteger(at.key("threads").key("min"), min, 0, max);
  }
  return { workers, threads };
}

type NotificationFields =
  "pumaVersion" | "version" | "type" | "watchdog" | "alarm" | "startTimeout" | "hasStartTimeout";

function notificationOf(at: PropPath, props: ServiceUnitProps): Pick<Service, NotificationFields> {
  const { pumaVersion, startTimeout = DEFAULT_START_TIMEOUT } = props;
  const version = versionOf(at, pumaVersion);
  const type = typeOf(at, props, version);
  checkInstance(at.key("startTimeout"), startTimeout, Duration);
  return {
    pumaVersion,
    version,
    type,
    watchdog: watchdogOf(at, props, type, startTimeout),
    alarm: alarmUnit(at.key("alarm"), props.alarm, props.directives),
    startTimeout,
    hasStartTimeout: props.startTimeout !== undefined,
  };
}

function typeOf(at: PropPath, props: ServiceUnitProps, version?: PumaVersion): Service["type"] {
  const { pumaVersion, notify } = props;
  checkBoolean(at.key("notify"), notify);
  if (notify && version && !version.canNotify)
    at.key("notify").refuse("be false before Puma 5.1, which tells systemd nothing", pumaVersion);
  if (isDaemon(at, props, version)) return "forking";
  return (notify ?? version?.notifies ?? false) ? "notify" : "simple";
}

function watchdogOf(
  at: PropPath,
  { watchdog, pumaVersion }: ServiceUnitProps,
  type: Service["type"],
  startTimeout: Duration,
): Duration | undefined {
  if (watchdog === false) return undefined;
  const least = startTimeout._plus(WATCHDOG_BEYOND_BOOT);
  if (watchdog === undefined) return type === "notify" ? least : undefined;
  checkInstance(at.key("watchdog"), watchdog, Duration);
  if (type !== "notify")
    at.key("watchdog").refuse("go with a 'pumaVersion' of 6.1 or newer, or 'notify'", pumaVersion);
  if (watchdog.toMilliseconds() < least.toMilliseconds()) refuseWatchdog(at, watchdog, least, startTimeout);
  return watchdog;
}

function refuseWatchdog(at: PropPath, watchdog: Duration, least: Duration, startTimeout: Duration): never {
  const why = "a Puma that restarts itself is silent while it boots";
  const sum = `'startTimeout' (${startTimeout}) and ${WATCHDOG_BEYOND_BOOT}`;
  return at.key("watchdog").refuse(`be at least ${least}, ${sum}, as ${why}`, watchdog.toString());
}
