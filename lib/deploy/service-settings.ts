import { backOffLines } from "../puma/back-off";
import { type Bind } from "../puma/bind";
import { LEFT_TO_PUMA, reloadOnlyDirectives } from "../puma/directive-table";
import { type Directives } from "../puma/directives";
import { type OpenedPath, openedPaths } from "../puma/opened-paths";
import { filesOf, type Service } from "../puma/service";
import { secretFiles } from "../puma/service-secrets";
import { type UnitFile } from "../systemd/unit-file";
import { KEPT_OF_UNIT } from "./candidate";
import { type DeployStrategy } from "./deploy-strategy";
import { type HealthCheck } from "./health-check";
import { proxySockets } from "./proxy";
import { type Expected, type HostSettings, type ReadableFile } from "./host-settings";
import { type EachHostTask } from "./task";
import { programsOfRoot } from "./tasks";
import { openedByWatches, watchedLines } from "./watches";

/** What a host is told of a service that is applied, its files apart. */
export type ApplySettings = Omit<HostSettings, "hash" | "files" | "candidates">;

/**
 * What a host is told of a service that belongs to a stack.
 * @param units by the names of their files
 */
export function serviceSettings(
  service: Service,
  strategy: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
  owner: string,
): ApplySettings {
  return {
    owner,
    secretsVersion: service.secrets?._version ?? "",
    secretFiles: service.secrets ? secretFiles(service.name, service.secrets) : [],
    opened: opened(service, strategy, units),
    proxyUser: strategy.proxyUser,
    proxySockets: strategy.proxyUser === "" ? [] : proxySockets(service, units),
    ...unitSettings(service, strategy),
    ...processSettings(service),
    ...changeSettings(service, strategy),
    ...aroundSettings(strategy),
    ...healthSettings(strategy.healthCheck, service.binds),
  };
}

type UnitFields =
  | "service"
  | "scope"
  | "sockets"
  | "units"
  | "enabledUnits"
  | "startOn"
  | "alarm"
  | "backOff"
  | "watched"
  | "reloadOnly"
  | "keptOfUnit"
  | "leftToPuma";

function unitSettings(service: Service, strategy: DeployStrategy): Pick<HostSettings, UnitFields> {
  const sockets = filesOf(service.sockets);
  const startOn = strategy.ensure === "stopped" ? "never" : strategy.startOn;
  const enabledUnits = { boot: service.unitFiles, firstConnection: sockets, never: [] };
  return {
    service: service.name,
    // Left away where it is as always.
    ...(service.scope === "user" && { scope: service.scope }),
    sockets,
    units: service.unitFiles,
    enabledUnits: enabledUnits[startOn],
    startOn,
    alarm: service.alarm ?? "",
    backOff: backOffLines(service.directives),
    ...(strategy.watches.length > 0 && { watched: watchedLines(strategy.watches) }),
    reloadOnly: reloadOnlyDirectives(),
    keptOfUnit: KEPT_OF_UNIT,
    leftToPuma: LEFT_TO_PUMA,
  };
}

type ProcessFields =
  | "user"
  | "group"
  | "supplementaryGroups"
  | "directory"
  | "executable"
  | "versionCommand"
  | "pumaVersion"
  | "notifies"
  | "daemon"
  | "binds"
  | "readableFiles"
  | "environmentFiles";

function processSettings(service: Service): Pick<HostSettings, ProcessFields> {
  const { workingDirectory, command, isSocketActivated, environmentFiles } = service;
  const argv = command._argv(workingDirectory, isSocketActivated);
  return {
    user: service.user ?? "",
    group: service.group ?? "",
    supplementaryGroups: namesIn(service.directives, "SupplementaryGroups"),
    directory: workingDirectory,
    executable: argv[0] ?? "",
    versionCommand: [...argv, "--version"],
    pumaVersion: service.pumaVersion ?? "",
    notifies: service.type === "notify",
    daemon: service.type === "forking",
    binds: service.binds.map(expectedOf),
    readableFiles: readableFiles(service),
    environmentFiles: environmentFiles.filter(({ isOptional }) => !isOptional).map(({ path }) => path),
  };
}

type ChangeFields = "release" | "takeOver" | "restart" | "rehearse" | "startTimeout" | "settle";

function changeSettings(service: Service, strategy: DeployStrategy): Pick<HostSettings, ChangeFields> {
  const { release, takeOver, restart, rehearse, healthCheck } = strategy;
  return {
    release,
    takeOver,
    restart,
    rehearse,
    startTimeout: service.startTimeout.toSeconds(),
    settle: healthCheck._settings.settle,
  };
}

type AroundFields = "before" | "after" | "aroundTimeout" | "aroundAsRoot" | "aroundAtEngine" | "drain";

function aroundSettings({ tasks: { eachHost } }: DeployStrategy): Pick<HostSettings, AroundFields> {
  const isAtEngine = eachHost?.where === "engine";
  return {
    before: isAtEngine ? [] : (eachHost?.before ?? []),
    after: isAtEngine ? [] : (eachHost?.after ?? []),
    // Left away where it is as always.
    ...(isAtEngine && { aroundAtEngine: givenOf(eachHost) }),
    aroundTimeout: eachHost?.timeout.toSeconds() ?? 0,
    aroundAsRoot: eachHost?.asRoot ?? false,
    drain: eachHost?.drain,
  };
}

/** The names of those that are given. */
function givenOf(task: EachHostTask): string[] {
  return (["before", "after"] as const).filter((name) => task[name].length > 0);
}

function opened(
  service: Service,
  strategy: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
): OpenedPath[] {
  return [
    ...openedPaths(service, units),
    ...openedByTasks(strategy),
    ...openedByWatches(service, strategy.watches),
  ];
}

function openedByTasks({ tasks: { eachHost } }: DeployStrategy): OpenedPath[] {
  const programs = eachHost ? programsOfRoot(eachHost) : [];
  return programs.map((path) => ({ as: "run", prop: "tasks", path }));
}

type HealthFields = Extract<keyof HostSettings, `health${string}` | `warmUp${string}`>;

/** What a host is told of a health check, and of what it asks where that names none of the binds. */
export function healthSettings(check: HealthCheck, binds: readonly Bind[]): Pick<HostSettings, HealthFields> {
  const settings = check._settings;
  return {
    healthKind: settings.kind,
    healthPath: settings.path,
    healthStatus: settings.status,
    healthHost: settings.host,
    healthHeaders: settings.headers,
    healthBind: settings.bind ?? binds.find((bind) => !bind._wantsClientCertificate)?._probe,
    healthCommand: settings.command,
    // Left away where there is nothing to warm up.
    ...(settings.warmUp.length > 0 && { warmUp: settings.warmUp, warmUpTimeout: settings.warmUpTimeout }),
    healthInterval: settings.interval,
    healthTimeout: settings.timeout,
    healthRetries: settings.retries,
  };
}

function expectedOf({ _probe: probe, _wantsClientCertificate }: Bind): Expected {
  return _wantsClientCertificate && probe.scheme !== "unix" ? { ...probe, scheme: "held" } : probe;
}

function readableFiles({ workingDirectory, configFile, binds }: Service): ReadableFile[] {
  return [
    ...(configFile ? [{ prop: "configFile", path: configFile }] : []),
    ...binds.flatMap((bind) => bind._files(workingDirectory)).map((path) => ({ prop: "binds", path })),
  ];
}

/** The names in a list of [Service], as systemd puts it together: an empty value resets it. */
function namesIn(directives: Directives, name: string): string[] {
  return [directives.Service?.[name] ?? []].flat().reduce<string[]>((names, value) => {
    const more = String(value).split(/\s+/).filter(Boolean);
    return more.length === 0 ? [] : [...names, ...more];
  }, []);
}
