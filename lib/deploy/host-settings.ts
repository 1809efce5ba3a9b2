import { HealthCheck } from "./health-check";
import { probeLine } from "../puma/probe";
import { type Variables } from "./variables";
import { pathUnder } from "../values/path";
import { type Bind } from "../puma/bind";
import { type DeploySettings, rehearses } from "./deploy-props";
import { type ServiceBinds, understudyExecStart } from "../puma/exec-start";
import { PumaCommand } from "../puma/command";
import { notifies } from "../puma/service-unit";

const DEFAULT_START_TIMEOUT = 90;
const DEFAULT_SETTLE = 5;

/** What the script on a host has to know of a service beside its units (see lib/runtime/apply.sh). */
export function scriptVariables(
  prop: string,
  service: string,
  settings: DeploySettings,
  sockets: ServiceBinds,
): Variables {
  return {
    ...unitVariables(service, settings, sockets),
    ...processVariables(prop, settings, sockets),
    ...changeVariables(prop, service, settings, sockets),
    ...healthVariables(settings.healthCheck ?? HealthCheck.answers(), sockets.binds),
  };
}

function unitVariables(service: string, settings: DeploySettings, sockets: ServiceBinds): Variables {
  const socket = sockets.socket === undefined ? "" : `${sockets.socket}.socket`;
  const units = `${socket} ${service}.service`.trim();
  const startOn = settings.startOn ?? "boot";
  return {
    service,
    socket,
    units,
    enabled_units: startOn === "boot" ? units : socket,
    start_on: startOn,
    release: settings.release ?? "",
    take_over: String(settings.takeOver ?? false),
  };
}

function processVariables(prop: string, settings: DeploySettings, sockets: ServiceBinds): Variables {
  const { workingDirectory: directory, command = PumaCommand.binstub() } = settings;
  const words = command.words(directory, sockets.socket !== undefined);
  return {
    user: settings.user ?? "",
    group: settings.group ?? "",
    directory,
    executable: words[0] ?? "",
    version_command: words.every(isPlain) ? [...words, "--version"].join(" ") : "",
    puma_version: settings.pumaVersion ?? "",
    notifies: String(notifies(prop, settings)),
    binds: sockets.binds.map(bindLine).join("\n"),
    readable_files: readableFiles(prop, settings, sockets.binds).join("\n"),
    environment_files: (settings.environmentFiles ?? []).filter((file) => !file.startsWith("-")).join("\n"),
  };
}

function changeVariables(
  prop: string,
  service: string,
  settings: DeploySettings,
  sockets: ServiceBinds,
): Variables {
  const { onChange = "hot", settle, startTimeout } = settings;
  const rehearsal = rehearses(settings);
  const command = (role: "rehearsal" | "standin"): string =>
    understudyExecStart(prop, service, role, settings, sockets);
  return {
    on_change: onChange,
    rehearsal: String(rehearsal),
    rehearsal_command: rehearsal ? command("rehearsal") : "",
    standin_command: onChange === "overlap" ? command("standin") : "",
    start_timeout: String(startTimeout?.toSeconds() ?? DEFAULT_START_TIMEOUT),
    settle: String(settle === false ? 0 : (settle?.toSeconds() ?? DEFAULT_SETTLE)),
  };
}

function healthVariables(check: HealthCheck, binds: readonly Bind[]): Variables {
  const asked = check.bind ? [] : binds.filter((bind) => !bind.wantsClientCertificate).slice(0, 1);
  return { ...check.variables, ...(asked[0] && { health_bind: bindLine(asked[0]) }) };
}

function bindLine(bind: Bind): string {
  return probeLine(bind.probe).replace(/^\w+/, bind.wantsClientCertificate ? "held" : "$&");
}

function readableFiles(prop: string, settings: DeploySettings, binds: readonly Bind[]): string[] {
  const { workingDirectory, configFile } = settings;
  return [
    ...(configFile ? [`configFile ${pathUnder(`${prop} 'configFile'`, workingDirectory, configFile)}`] : []),
    ...binds.flatMap((bind) => bind.files(workingDirectory)).map((file) => `binds ${file}`),
  ];
}

function isPlain(word: string): boolean {
  return /^[\w./@:+,-]+$/.test(word);
}
