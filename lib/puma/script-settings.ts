import { type ServiceScriptSettings } from "../remote/settings";
import { pathUnder } from "../values/check";
import { type Bind } from "./bind";
import { PumaCommand } from "./puma-command";
import { type ServiceSettings } from "./service-settings";
import { notifies, type ServiceBinds } from "./service-unit";

const DEFAULT_START_TIMEOUT = 90;

interface DeploySettings extends ServiceSettings {
  readonly startOn?: "boot" | "firstConnection";
  readonly release?: string;
  readonly takeOver?: boolean;
}

/** What the script on a host has to know of a service beside its units. */
export function scriptSettings(
  prop: string,
  service: string,
  owner: string,
  settings: DeploySettings,
  sockets: ServiceBinds,
): ServiceScriptSettings {
  const { workingDirectory: directory, startOn = "boot" } = settings;
  const socket = sockets.socket === undefined ? "" : `${sockets.socket}.socket`;
  const units = [...(socket ? [socket] : []), `${service}.service`];
  const words = (settings.command ?? PumaCommand.binstub()).words(directory, socket !== "");
  return {
    owner,
    service,
    units,
    socket,
    enabledUnits: startOn === "boot" ? units : [socket],
    startOn,
    user: settings.user ?? "",
    group: settings.group ?? "",
    directory,
    executable: words[0] ?? "",
    versionCommand: words.every(isPlain) ? [...words, "--version"].join(" ") : "",
    pumaVersion: settings.pumaVersion ?? "",
    notifies: notifies(prop, settings),
    startTimeout: settings.startTimeout?.toSeconds() ?? DEFAULT_START_TIMEOUT,
    release: settings.release ?? "",
    binds: sockets.binds.map(probeLine),
    readableFiles: readableFiles(prop, settings, sockets.binds),
    environmentFiles: (settings.environmentFiles ?? []).filter((file) => !file.startsWith("-")),
    takeOver: settings.takeOver ?? false,
  };
}

function probeLine(bind: Bind): string {
  const { probe } = bind;
  if (probe.scheme === "unix") return `unix ${probe.path}`;
  return `${bind.wantsClientCertificate ? "held" : probe.scheme} ${probe.address} ${probe.port}`;
}

function readableFiles(prop: string, settings: ServiceSettings, binds: readonly Bind[]): string[] {
  const { workingDirectory, configFile } = settings;
  return [
    ...(configFile ? [`configFile ${pathUnder(`${prop} 'configFile'`, workingDirectory, configFile)}`] : []),
    ...binds.flatMap((bind) => bind.files(workingDirectory)).map((file) => `binds ${file}`),
  ];
}

function isPlain(word: string): boolean {
  return /^[\w./@:+,-]+$/.test(word);
}
