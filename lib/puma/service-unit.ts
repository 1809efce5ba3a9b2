import { stopCommand } from "../layout";
import { accountName } from "../systemd/names";
import { environmentAssignment, pathValue, patternValue } from "../systemd/quote";
import { type UnitFile } from "../systemd/unit-file";
import {
  checkObject,
  checkBoolean,
  checkInstance,
  checkInteger,
  checkList,
  checkOptional,
  refuse,
  checkString,
} from "../values/check";
import { Duration } from "../values/duration";
import { absolutePath } from "../values/path";
import { applyDirectives } from "./directives";
import { execStart, type ServiceBinds } from "./exec-start";
import { unitFile } from "./preamble";
import { PumaCommand } from "./command";
import { PumaVersion } from "./version";
import { type ServiceSettings } from "./service-props";

/** The `.service` unit. */
export function serviceUnit(
  prop: string,
  name: string,
  settings: ServiceSettings,
  sockets: ServiceBinds,
): UnitFile {
  checkService(prop, settings);
  const unit = unitFile();
  writeHeader(unit, sockets);
  writeProcess(prop, unit, settings);
  writeEnvironment(prop, unit, settings);
  writeCommands(prop, unit, name, settings, sockets);
  unit.section("Service").add("Restart", "always");
  unit.section("Service").add("RestartSec", "1");
  writeNotification(prop, unit, settings);
  unit.section("Install").add("WantedBy", "multi-user.target");
  applyDirectives(prop, unit, "service", settings.directives);
  return unit;
}

/** Whether Puma tells systemd when it is ready. */
export function notifies(prop: string, settings: ServiceSettings): boolean {
  const { pumaVersion, notify } = settings;
  if (pumaVersion === undefined) return notify ?? false;
  const version = PumaVersion.parse(`${prop} 'pumaVersion'`, pumaVersion);
  if (notify && !version.canNotify) {
    refuse(`${prop} 'notify'`, "be false before Puma 5.1, which tells systemd nothing", pumaVersion);
  }
  return notify ?? version.notifies;
}

function checkService(prop: string, settings: ServiceSettings): void {
  const { workers, threads, watchdog, pumaVersion } = settings;
  absolutePath(`${prop} 'workingDirectory'`, settings.workingDirectory);
  checkOptional(`${prop} 'command'`, settings.command, PumaCommand);
  if (workers !== undefined) checkInteger(`${prop} 'workers'`, workers, 0, 1024);
  if (threads !== undefined) {
    const { min, max } = checkObject(`${prop} 'threads'`, threads);
    checkInteger(`${prop} 'threads.min'`, min, 0, checkInteger(`${prop} 'threads.max'`, max, 1, 1024));
  }
  checkBoolean(`${prop} 'notify'`, settings.notify);
  checkOptional(`${prop} 'startTimeout'`, settings.startTimeout, Duration);
  if (watchdog === undefined || watchdog === false) return;
  checkInstance(`${prop} 'watchdog'`, watchdog, Duration);
  if (!notifies(prop, settings))
    refuse(`${prop} 'watchdog'`, "go with a 'pumaVersion' of 6.1 or newer, or 'notify'", pumaVersion);
}

function writeHeader(unit: UnitFile, { socket }: ServiceBinds): void {
  const section = unit.section("Unit");
  section.add("Description", "Puma HTTP Server");
  section.add("After", "network.target");
  if (socket !== undefined) section.add("Requires", `${socket}.socket`);
  section.add("StartLimitIntervalSec", "0");
}

function writeProcess(prop: string, unit: UnitFile, settings: ServiceSettings): void {
  const section = unit.section("Service");
  section.add("Type", notifies(prop, settings) ? "notify" : "simple");
  const { user, group } = settings;
  if (user !== undefined) section.add("User", accountName(`${prop} 'user'`, user));
  if (group !== undefined) section.add("Group", accountName(`${prop} 'group'`, group));
  section.add("WorkingDirectory", pathValue(`${prop} 'workingDirectory'`, settings.workingDirectory));
}

function writeEnvironment(prop: string, unit: UnitFile, settings: ServiceSettings): void {
  const { environment = {}, environmentFiles = [] } = settings;
  const section = unit.section("Service");
  checkObject(`${prop} 'environment'`, environment);
  const all = { ...rackEnvironment(prop, settings), ...environment };
  for (const [name, value] of Object.entries(all)) {
    section.add("Environment", environmentAssignment(`${prop} 'environment.${name}'`, name, value));
  }
  checkList(`${prop} 'environmentFiles'`, environmentFiles).forEach((file, i) => {
    const at = `${prop} 'environmentFiles[${i}]'`;
    const [, dash = "", path = ""] = /^(-?)(.*)$/s.exec(checkString(at, file)) ?? [];
    section.add("EnvironmentFile", dash + patternValue(at, path));
  });
}

/** RACK_ENV, unless `environment` says by itself which of its environments the application is in. */
function rackEnvironment(prop: string, settings: ServiceSettings): Record<string, string> {
  const { environment = {}, rackEnv = "production" } = settings;
  const said = ["APP_ENV", "RACK_ENV", "RAILS_ENV"].find((name) => name in environment);
  if (!said) return { RACK_ENV: checkString(`${prop} 'rackEnv'`, rackEnv) };
  if (settings.rackEnv !== undefined)
    refuse(`${prop} 'rackEnv'`, `be said once, here or as 'environment.${said}'`, rackEnv);
  return {};
}

function writeCommands(
  prop: string,
  unit: UnitFile,
  name: string,
  settings: ServiceSettings,
  sockets: ServiceBinds,
): void {
  const section = unit.section("Service");
  if (sockets.socket !== undefined && sockets.socket !== name)
    section.add("Sockets", `${sockets.socket}.socket`);
  section.add("ExecStart", execStart(prop, settings, sockets));
  section.add("ExecStop", stopCommand(name));
  section.add("SuccessExitStatus", "SIGSTKFLT");
}

function writeNotification(prop: string, unit: UnitFile, settings: ServiceSettings): void {
  const section = unit.section("Service");
  if (settings.startTimeout) section.add("TimeoutStartSec", settings.startTimeout.toString());
  if (!notifies(prop, settings) || settings.watchdog === false) return;
  section.add("WatchdogSec", settings.watchdog?.toString() ?? "60s");
}
