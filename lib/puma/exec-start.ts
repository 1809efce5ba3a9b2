import { execPath, execWord } from "../systemd/quote";
import { checkList, checkTokenString } from "../values/check";
import { pathUnder } from "../values/path";
import { checkArguments, optionsOf, type Word } from "./arguments";
import { Bind } from "./bind";
import { PumaCommand } from "./command";
import { type ServiceSettings } from "./service-props";

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
  const { command = PumaCommand.binstub(), workingDirectory, args = [] } = settings;
  const [path = "", ...words] = command.words(workingDirectory, sockets.socket !== undefined);
  const given = givenArguments(prop, args);
  // The last of two options wins; what stands behind "--" is no option.
  const options = optionsOf(given);
  const all = [
    ...named(`${prop} 'command'`, words),
    ...pumaArguments(prop, settings, sockets),
    ...options,
    ...named(`${prop} 'name'`, own),
    ...given.slice(options.length),
  ];
  return [execPath(`${prop} 'command'`, path), ...all.map(([at, text]) => execWord(at, text))].join(" ");
}

function givenArguments(prop: string, args: readonly string[]): Word[] {
  const given = checkList(`${prop} 'args'`, args).map((arg, i): Word => [`${prop} 'args[${i}]'`, arg]);
  for (const [at, text] of given) checkTokenString(at, text);
  checkArguments(given);
  return given;
}

function named(prop: string, texts: readonly string[]): Word[] {
  return texts.map((text): Word => [prop, text]);
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
  const folder = understudyFolder(service, role);
  const ownBind = Bind.unix(`${folder}/puma.sock`);
  const binds =
    role === "standin" ? { ...sockets, binds: [...sockets.binds, ownBind] } : { binds: [ownBind] };
  const files = ["--pidfile", `${folder}/pid`, "-S", `${folder}/state`];
  const control = ["--control-url", `unix://${folder}/${CONTROL_SOCKET}`];
  return execStart(prop, settings, binds, [...files, ...control]);
}

/** Where a second copy keeps its own. */
export function understudyFolder(service: string, role: "rehearsal" | "standin"): string {
  return `/run/cdktf-puma-${service}-${role}`;
}

/** The longest name of a second copy's sockets. */
export const CONTROL_SOCKET = "control.sock";

function pumaArguments(prop: string, settings: ServiceSettings, sockets: ServiceBinds): Word[] {
  const { workingDirectory, workers, threads } = settings;
  const held = sockets.socket !== undefined;
  return [
    ...named(`${prop} 'configFile'`, configArguments(prop, settings)),
    ...named(
      `${prop} 'binds'`,
      sockets.binds.flatMap((bind) => ["-b", bind.flag(workingDirectory, held)]),
    ),
    ...named(`${prop} 'workers'`, workers !== undefined ? ["-w", String(workers)] : []),
    ...named(`${prop} 'threads'`, threads ? ["-t", `${threads.min}:${threads.max}`] : []),
  ];
}

function configArguments(prop: string, settings: ServiceSettings): string[] {
  const { configFile, workingDirectory } = settings;
  if (configFile === undefined) return [];
  if (configFile === false) return ["-C", "-"];
  return ["-C", pathUnder(`${prop} 'configFile'`, workingDirectory, configFile)];
}
