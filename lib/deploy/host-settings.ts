import { type CandidateRole, type Scope } from "../layout";
import { LEFT_TO_PUMA } from "../puma/directive-table";
import { type OpenedPath } from "../puma/opened-paths";
import { type Probe, probeLine } from "../puma/probe";
import { type Duration } from "../values/duration";
import { type DeployStrategy } from "./deploy-strategy";
import { type HealthSettings } from "./health-check";
import { type InstalledFile } from "./managed-file";
import { type ProxySocket } from "./proxy";
import { type RestartMode } from "./restart";
import { shellQuoted, type Variables } from "./shell-settings";

/** What a host waits for at a bind: an answer, or only a listener (`held`) where an answer wants a certificate. */
export type Expected = Probe | { readonly scheme: "held"; readonly address: string; readonly port: number };

/** A file that Puma reads, and the prop that names it. */
export interface ReadableFile {
  readonly prop: string;
  readonly path: string;
}

/** A managed file on its way to a host. */
export interface FileLine extends Omit<InstalledFile, "content"> {
  /** Its content. */
  readonly base64: string;
}

/** A candidate's unit on its way to a host. */
export interface CandidateLine {
  readonly role: CandidateRole;
  /** The unit. */
  readonly base64: string;
}

/** All that a host is told. One field is one variable of the script that runs there. */
export interface HostSettings {
  readonly service: string;
  /**
   * Whose systemd has it.
   * @default "system"
   */
  readonly scope?: Scope;
  /** The stack that the service belongs to. */
  readonly owner: string;
  /** Files of the sockets' units; none where Puma binds by itself. */
  readonly sockets: readonly string[];
  readonly units: readonly string[];
  readonly enabledUnits: readonly string[];
  /** "never" of a service that is kept stopped, "others" where whoever owns the unit starts it. */
  readonly startOn: DeployStrategy["startOn"] | "never" | "others";
  readonly release: string;
  readonly takeOver: boolean;
  readonly user: string;
  readonly group: string;
  readonly supplementaryGroups: readonly string[];
  readonly directory: string;
  readonly executable: string;
  /** Prints Puma's version. */
  readonly versionCommand: readonly string[];
  readonly pumaVersion: string;
  readonly notifies: boolean;
  readonly daemon: boolean;
  readonly binds: readonly Expected[];
  readonly readableFiles: readonly ReadableFile[];
  /** Those that must be there. */
  readonly environmentFiles: readonly string[];
  /** The version of the secrets; empty for none. */
  readonly secretsVersion: string;
  /** The files that hold them. */
  readonly secretFiles: readonly string[];
  /** What is opened as root. */
  readonly opened: readonly OpenedPath[];
  /** User of the proxy in front; empty for none. */
  readonly proxyUser: string;
  /** What it is to reach. */
  readonly proxySockets: readonly ProxySocket[];
  readonly restart: RestartMode;
  readonly rehearse: boolean;
  /** What runs before a change of the host, and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Seconds that each of them may take. */
  readonly aroundTimeout: number;
  /** Whether they run as root. */
  readonly aroundAsRoot: boolean;
  /**
   * Which of the two the engine runs, and not the host.
   * @default - neither
   */
  readonly aroundAtEngine?: readonly string[];
  /** How long the host waits between the first of them and the change. */
  readonly drain: Duration | undefined;
  /** Seconds. */
  readonly startTimeout: number;
  /** Seconds. */
  readonly settle: number;
  /** The unit that is started when Puma crashes again and again; empty for none. */
  readonly alarm: string;
  /** Lines of a drop-in by which systemd waits longer and longer between the starts of a Puma that crashes. */
  readonly backOff: readonly string[];
  /**
   * What restarts it by itself.
   * @default - nothing
   */
  readonly watched?: readonly string[];
  /** Directives that systemd takes up without a restart. */
  readonly reloadOnly: readonly string[];
  /** Patterns of the directives of [Unit] that a candidate has of the drop-ins of others. */
  readonly keptOfUnit: readonly string[];
  /** Patterns of the directives of [Service] that are not in force for what is run beside Puma. */
  readonly leftToPuma: readonly string[];
  readonly healthKind: HealthSettings["kind"];
  readonly healthPath: string;
  readonly healthStatus: number;
  readonly healthHost: string;
  readonly healthHeaders: readonly string[];
  /** The bind that is asked; undefined if the host has to find one that Puma listens on. */
  readonly healthBind: Probe | undefined;
  readonly healthCommand: readonly string[];
  /**
   * Paths.
   * @default - nothing is warmed up
   */
  readonly warmUp?: readonly string[];
  /** How long each of them may take. */
  readonly warmUpTimeout?: Duration;
  readonly healthInterval: Duration;
  readonly healthTimeout: Duration;
  readonly healthRetries: number;
  /**
   * Of a drop-in: its directives of which systemd takes no more than one value, each with its section. Another drop-in behind it
   * can override them.
   */
  readonly single?: readonly string[];
  /** Tells one state of the units from another. */
  readonly hash: string;
  readonly files: readonly FileLine[];
  readonly candidates: readonly CandidateLine[];
}

/** What a removal is told beside its name and owner, which are arguments: of what is to be, it knows nothing. */
export const REMOVAL = {
  sockets: [],
  units: [],
  group: "",
  supplementaryGroups: [],
  alarm: "",
  binds: [],
  leftToPuma: LEFT_TO_PUMA,
} satisfies Partial<HostSettings>;

const asIs = (value: string): string => value;
const words = (list: readonly string[]): string => list.join(" ");
const shellWords = (list: readonly string[]): string => words(list.map(shellQuoted));
const lines = (list: readonly string[]): string => list.join("\n");
const alternatives = (patterns: readonly string[]): string => patterns.join("|");
const seconds = (duration: Duration): string => String(duration.toMilliseconds() / 1000);
const bindLine = (bind: Expected): string =>
  bind.scheme === "held" ? `held ${bind.address} ${bind.port}` : probeLine(bind);
const fileLine = (file: FileLine): string =>
  words([file.path, file.mode, file.owner, file.effect, `:${file.base64}`]);

const socketLine = ({ mode, owner, group, path }: ProxySocket): string =>
  words([mode, owner || "-", group || "-", path]);

/** How each field is called in the shell, and how it is written there. */
const VARIABLES: {
  readonly [Field in keyof HostSettings]: readonly [
    name: string,
    write: (value: HostSettings[Field]) => string,
  ];
} = {
  service: ["PUMA_SERVICE", asIs],
  scope: ["PUMA_SCOPE", (scope = "system") => scope],
  owner: ["PUMA_OWNER", asIs],
  sockets: ["PUMA_SOCKETS", words],
  units: ["PUMA_UNITS", words],
  enabledUnits: ["PUMA_ENABLED_UNITS", words],
  startOn: ["PUMA_START_ON", asIs],
  release: ["PUMA_RELEASE", asIs],
  takeOver: ["PUMA_TAKE_OVER", String],
  user: ["PUMA_USER", asIs],
  group: ["PUMA_GROUP", asIs],
  supplementaryGroups: ["PUMA_SUPPLEMENTARY_GROUPS", words],
  directory: ["PUMA_DIRECTORY", asIs],
  executable: ["PUMA_EXECUTABLE", asIs],
  versionCommand: ["PUMA_VERSION_COMMAND", shellWords],
  pumaVersion: ["PUMA_VERSION", asIs],
  notifies: ["PUMA_NOTIFIES", String],
  daemon: ["PUMA_DAEMON", String],
  binds: ["PUMA_BINDS", (binds) => lines(binds.map(bindLine))],
  readableFiles: ["PUMA_READABLE_FILES", (files) => lines(files.map(({ prop, path }) => `${prop} ${path}`))],
  environmentFiles: ["PUMA_ENVIRONMENT_FILES", lines],
  secretsVersion: ["PUMA_SECRETS_VERSION", asIs],
  secretFiles: ["PUMA_SECRET_FILES", lines],
  opened: ["PUMA_OPENED", (paths) => lines(paths.map(({ as, prop, path }) => words([as, prop, path])))],
  proxyUser: ["PUMA_PROXY_USER", asIs],
  proxySockets: ["PUMA_PROXY_SOCKETS", (sockets) => lines(sockets.map(socketLine))],
  restart: ["PUMA_RESTART", asIs],
  rehearse: ["PUMA_REHEARSE", String],
  before: ["PUMA_BEFORE", shellWords],
  after: ["PUMA_AFTER", shellWords],
  aroundTimeout: ["PUMA_AROUND_TIMEOUT", String],
  aroundAsRoot: ["PUMA_AROUND_AS_ROOT", String],
  aroundAtEngine: ["PUMA_AROUND_AT_ENGINE", (which = []) => words(which)],
  drain: ["PUMA_DRAIN", (drain) => (drain ? seconds(drain) : "")],
  startTimeout: ["PUMA_START_TIMEOUT", String],
  settle: ["PUMA_SETTLE", String],
  alarm: ["PUMA_ALARM", asIs],
  backOff: ["PUMA_BACK_OFF", words],
  watched: ["PUMA_WATCHED", (watched = []) => lines(watched)],
  reloadOnly: ["PUMA_RELOAD_ONLY", words],
  keptOfUnit: ["PUMA_KEPT_OF_UNIT", alternatives],
  leftToPuma: ["PUMA_LEFT_TO_PUMA", alternatives],
  healthKind: ["PUMA_HEALTH_KIND", asIs],
  healthPath: ["PUMA_HEALTH_PATH", asIs],
  healthStatus: ["PUMA_HEALTH_STATUS", String],
  healthHost: ["PUMA_HEALTH_HOST", asIs],
  healthHeaders: ["PUMA_HEALTH_HEADERS", lines],
  healthBind: ["PUMA_HEALTH_BIND", (bind) => (bind ? bindLine(bind) : "")],
  healthCommand: ["PUMA_HEALTH_COMMAND", shellWords],
  warmUp: ["PUMA_WARM_UP", (paths = []) => lines(paths)],
  warmUpTimeout: ["PUMA_WARM_UP_TIMEOUT", (timeout) => (timeout ? seconds(timeout) : "")],
  healthInterval: ["PUMA_HEALTH_INTERVAL", seconds],
  healthTimeout: ["PUMA_HEALTH_TIMEOUT", seconds],
  healthRetries: ["PUMA_HEALTH_RETRIES", String],
  single: ["PUMA_SINGLE", (names = []) => words(names)],
  hash: ["PUMA_HASH", asIs],
  files: ["PUMA_FILES", (files) => lines(files.map(fileLine))],
  candidates: ["PUMA_CANDIDATES", (list) => lines(list.map(({ role, base64 }) => `${role} ${base64}`))],
};

/** What all of them are called there. */
export const SETTING_NAMES: readonly string[] = Object.values(VARIABLES).map(([name]) => name);

/** Settings as variables of the shell, in the order of the fields above. */
export function shellVariables(settings: Partial<HostSettings>): Variables {
  const given = Object.entries(VARIABLES).filter(([field]) => field in settings);
  return Object.fromEntries(
    given.map(([field, [name, write]]) => [
      name,
      (write as (value: unknown) => string)(settings[field as keyof HostSettings]),
    ]),
  );
}
