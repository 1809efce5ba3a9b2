import { execPath } from "../systemd/quote";
import { pathUnder } from "../values/check";
import { checkArguments } from "./argument";
import { Bind } from "./bind";
import { PumaCommand } from "./puma-command";
import { type ServiceSettings } from "./service-settings";
import { word } from "./words";

/** The sockets that Puma serves, and who holds them. */
export interface ServiceBinds {
  readonly binds: readonly Bind[];
  /** Name of the .socket unit that holds the binds, without its suffix; undefined where Puma binds by itself. */
  readonly socket?: string;
}

/** The value of `ExecStart=`; `own` are arguments that win over the user's. */
export function execStart(
  prop: string,
  settings: ServiceSettings,
  sockets: ServiceBinds,
  own: readonly string[] = [],
): string {
  const activated = sockets.socket !== undefined;
  const command = settings.command ?? PumaCommand.binstub();
  const [path = "", ...words] = command.words(settings.workingDirectory, activated);
  const given = checkArguments(prop, settings.args ?? []);
  // The last of two options wins; what stands behind "--" is no option.
  const end = given.includes("--") ? given.indexOf("--") : given.length;
  const args = [
    ...words,
    ...pumaArguments(prop, settings, sockets),
    ...given.slice(0, end),
    ...own,
    ...given.slice(end),
  ];
  return [execPath(`${prop} 'command'`, path), ...args.map((arg) => word(`${prop} 'args'`, arg))].join(" ");
}

/**
 * The same Puma in a second copy, with what two cannot share of its own (see rehearsal.sh). The rehearsal has nothing
 * but a bind that no user reaches, the stand-in has the service's sockets beside it.
 */
export function understudyExecStart(
  prop: string,
  service: string,
  role: "rehearsal" | "standin",
  settings: ServiceSettings,
  sockets: ServiceBinds,
): string {
  const folder = `/run/cdktf-puma-${service}-${role}`;
  const ownBind = Bind.unix(`${folder}/puma.sock`);
  const binds =
    role === "standin" ? { ...sockets, binds: [...sockets.binds, ownBind] } : { binds: [ownBind] };
  const own = [
    "--pidfile",
    `${folder}/pid`,
    "-S",
    `${folder}/state`,
    "--control-url",
    `unix://${folder}/control.sock`,
  ];
  return execStart(prop, settings, binds, own);
}

function pumaArguments(prop: string, settings: ServiceSettings, sockets: ServiceBinds): string[] {
  const { workingDirectory, configFile, workers, threads } = settings;
  const config =
    configFile === false
      ? "-"
      : configFile !== undefined && pathUnder(`${prop} 'configFile'`, workingDirectory, configFile);
  return [
    ...(config ? ["-C", config] : []),
    ...sockets.binds.flatMap((bind) => ["-b", bind.flag(workingDirectory, sockets.socket !== undefined)]),
    ...(workers !== undefined ? ["-w", String(workers)] : []),
    ...(threads ? ["-t", `${threads.min}:${threads.max}`] : []),
  ];
}
