import { endedHelper } from "../layout";
import { accountName } from "../systemd/names";
import { environmentAssignment, pathValue, patternValue } from "../systemd/quote";
import { type UnitFile } from "../systemd/unit-file";
import { pidFile } from "./daemon";
import { applyDirectives } from "./directives";
import { execStart } from "./exec-start";
import { writeHardening } from "./hardening";
import { writeLogs } from "./logs";
import { newUnit } from "./new-unit";
import { execReload } from "./reload";
import { showHelpers, stopCommand } from "./sandbox";
import { filesOf, type Service } from "./service";
import { writeSecrets } from "./service-secrets";

const SECONDS_BETWEEN_PINGS = 10;

/** The `.service` unit. */
export function serviceUnit(service: Service): UnitFile {
  const unit = newUnit(service, "Puma HTTP Server");
  writeHeader(unit, service);
  writeProcess(unit, service);
  writeEnvironment(unit, service);
  writeSecrets(unit, service.at, service.name, service.secrets);
  writeCommands(unit, service);
  unit.section("Service").add("Restart", "always");
  unit.section("Service").add("RestartSec", "1");
  writeTimeouts(unit, service);
  writeLogs(unit, service.logs);
  if (service.scope === "user") unit.section("Install").add("WantedBy", "default.target");
  else unit.section("Install").add("WantedBy", "multi-user.target");
  writeHardening(unit, service);
  applyDirectives(service.at, unit, "service", service.directives);
  showHelpers(unit, service);
  return unit;
}

function writeHeader(unit: UnitFile, { scope, sockets }: Service): void {
  const section = unit.section("Unit");
  // Which no systemd of a user knows.
  if (scope === "system") section.add("After", "network.target");
  if (sockets.length > 0) section.add("Requires", filesOf(sockets).join(" "));
  section.add("StartLimitIntervalSec", "0");
}

function writeProcess(unit: UnitFile, service: Service): void {
  const { at, name, type, user, group, workingDirectory } = service;
  const section = unit.section("Service");
  section.add("Type", type);
  if (user !== undefined) section.add("User", accountName(at.key("user"), user));
  if (group !== undefined) section.add("Group", accountName(at.key("group"), group));
  section.add("WorkingDirectory", pathValue(at.key("workingDirectory"), workingDirectory));
  if (type !== "forking") return;
  section.add("RuntimeDirectory", name);
  section.add("PIDFile", pidFile(name));
}

function writeEnvironment(unit: UnitFile, { at, environment, environmentFiles }: Service): void {
  const section = unit.section("Service");
  for (const [name, value] of Object.entries(environment)) {
    section.add("Environment", environmentAssignment(at.key("environment").key(name), name, value));
  }
  environmentFiles.forEach(({ path, isOptional }, i) => {
    const pattern = patternValue(at.key("environmentFiles").index(i), path);
    section.add("EnvironmentFile", isOptional ? `-${pattern}` : pattern);
  });
}

function writeCommands(unit: UnitFile, service: Service): void {
  const section = unit.section("Service");
  const files = filesOf(service.sockets);
  // The one of its own name systemd knows by itself.
  if (files.some((file) => file !== `${service.name}.socket`)) section.add("Sockets", files.join(" "));
  section.add("ExecStart", execStart(service));
  const reload = execReload(service);
  if (reload !== undefined) section.add("ExecReload", reload);
  section.add("ExecStop", stopCommand(service));
  section.add("ExecStopPost", endedCommand(service));
  section.add("SuccessExitStatus", "SIGSTKFLT");
}

/** As root, and without making a failure of its own. */
export function endedCommand({ name, scope, alarm }: Service): string {
  return `+-/bin/sh ${endedHelper(name, scope)} ${name}${alarm === undefined ? "" : ` ${alarm}`}`;
}

function writeTimeouts(unit: UnitFile, { hasStartTimeout, startTimeout, watchdog }: Service): void {
  const section = unit.section("Service");
  if (hasStartTimeout) section.add("TimeoutStartSec", startTimeout.toString());
  if (watchdog === undefined) return;
  section.add("WatchdogSec", watchdog.toString());
  // Wins over what systemd tells Puma, which pings at half of it: a fixed pace makes room for a boot without a ping.
  section.add("Environment", `WATCHDOG_USEC=${2_000_000 * SECONDS_BETWEEN_PINGS}`);
}
