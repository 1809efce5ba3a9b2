import { execPath, execWord } from "../systemd/quote";
import { type PropPath } from "../values/prop-path";
import { type Argument, beforeDoubleDash, checkArguments } from "./arguments";
import { type Bind } from "./bind";
import { pidFile } from "./daemon";
import { type Service } from "./service";

/** What a second Puma's command has otherwise than the service's own. */
export interface ExecStartChanges {
  readonly binds: readonly Bind[];
  readonly isSocketActivated: boolean;
  /** Options that win over the user's, as the unit has them. */
  readonly options: readonly string[];
}

/** The value of `ExecStart=`. */
export function execStart(service: Service, changes?: ExecStartChanges): string {
  const { at, workingDirectory, command } = service;
  const { binds, isSocketActivated, options } = changes ?? { ...service, options: [] };
  const [path = "", ...argv] = command._argv(workingDirectory, isSocketActivated);
  const given = service.args.map((arg, i): Argument => [at.key("args").index(i), arg]);
  checkArguments(given);
  // The last of two options wins; what stands behind "--" is no option.
  const givenOptions = beforeDoubleDash(given);
  // A second Puma says its own file behind that.
  const ofDaemon = argumentsOf(at.key("daemon"), daemonArguments(service));
  const ofProps = pumaArguments(service, binds, isSocketActivated);
  return [
    execPath(at.key("command"), path),
    ...quoted([...argumentsOf(at.key("command"), argv), ...ofDaemon, ...ofProps, ...givenOptions]),
    ...options,
    ...quoted(given.slice(givenOptions.length)),
  ].join(" ");
}

function quoted(args: readonly Argument[]): string[] {
  return args.map(([at, value]) => execWord(at, value));
}

function argumentsOf(at: PropPath, values: readonly string[]): Argument[] {
  return values.map((value): Argument => [at, value]);
}

function daemonArguments({ name, type }: Service): string[] {
  return type === "forking" ? ["--daemon", "--pidfile", pidFile(name)] : [];
}

function pumaArguments(service: Service, binds: readonly Bind[], isSocketActivated: boolean): Argument[] {
  const { at, workingDirectory, configFile, workers, threads } = service;
  const flags = binds.flatMap((bind) => ["-b", bind._flag(workingDirectory, isSocketActivated)]);
  return [
    ...argumentsOf(at.key("configFile"), configFile === undefined ? [] : ["-C", configFile || "-"]),
    ...argumentsOf(at.key("binds"), flags),
    ...argumentsOf(at.key("workers"), workers === undefined ? [] : ["-w", String(workers)]),
    ...argumentsOf(at.key("threads"), threads ? ["-t", `${threads.min}:${threads.max}`] : []),
  ];
}
