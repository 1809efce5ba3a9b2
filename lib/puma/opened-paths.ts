import { secretsRoot } from "../layout";
import { type UnitFile } from "../systemd/unit-file";
import { isToken } from "../values/marker";
import { type PropPath } from "../values/prop-path";
import { type Bind } from "./bind";
import { runtimeFolder } from "./daemon";
import { type Service } from "./service";
import { knownPath, valuesIn } from "./unit-values";
import { isBelow } from "../values/path";

/**
 * What root does with a path: systemd reads it, writes it, runs it, listens at it, gives it to an owner too (`own`), or the
 * library only asks it.
 */
export type OpenedAs = "read" | "write" | "run" | "own" | "listen" | "ask";

/** A path on a host that is opened as root, through any link on the way there. */
export interface OpenedPath {
  readonly as: OpenedAs;
  /** The prop that names it. */
  readonly prop: string;
  /** Absolute; where systemd alone knows the end of it, the folders before that. */
  readonly path: string;
}

interface Place extends OpenedPath {
  readonly at: PropPath;
}

/** The path in a value of a directive, if root opens one there. */
type PathOf = (value: string) => string[];

const OUTPUT: PathOf = (value) => matches(/^(?:append|file|truncate):(.*)$/, value);
const INPUT: PathOf = (value) => matches(/^file:(.*)$/, value);
const CREDENTIAL: PathOf = (value) => matches(/^[^:]*:(.*)$/, value);
/** PATH[:NAME[:OPTIONS]] */
const BEFORE_COLON: PathOf = (value) => matches(/^"?([^":]*)/, value);
const EACH: PathOf = (value) => value.split(/\s+/);
const COMMANDS: PathOf = (value) =>
  value.split(/\s;\s/).flatMap((command) => matches(/^\s*[-@:+!|]*"?([^\s"]*)/, command));
/** What the library's own commands begin with. */
const OF_THE_SYSTEM = ["/bin/sh", "/usr/bin/systemd-run"];
/** Those that do not run as the service's user, of which the library's are some in each unit. */
const COMMANDS_OF_ROOT: PathOf = (value) =>
  value
    .split(/\s;\s/)
    .flatMap((command) =>
      /^\s*[-@:|]*[+!]/.test(command)
        ? COMMANDS(command).filter((path) => !OF_THE_SYSTEM.includes(path))
        : [],
    );

/**
 * Variables by which whatever starts loads code, ld.so(8): what the unit runs as root, the helper of ExecStopPost= for one, has
 * the service's environment.
 */
const LOADED = ["LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "GCONV_PATH"];

type Row = readonly [names: readonly string[], as: OpenedAs, pathOf: PathOf];

const OF_PROCESSES: readonly Row[] = [
  [["StandardOutput", "StandardError"], "write", OUTPUT],
  [["StandardInput"], "read", INPUT],
  [["LoadCredential", "LoadCredentialEncrypted"], "read", CREDENTIAL],
];

const DIRECTIVES: Readonly<Record<"Service" | "Socket", readonly Row[]>> = {
  Service: [
    ...OF_PROCESSES,
    [["OpenFile"], "read", BEFORE_COLON],
    [
      ["ExecCondition", "ExecStartPre", "ExecStartPost", "ExecReload", "ExecStopPost"],
      "run",
      COMMANDS_OF_ROOT,
    ],
  ],
  Socket: [
    ...OF_PROCESSES,
    [["ExecStartPre", "ExecStartPost", "ExecStopPre", "ExecStopPost"], "run", COMMANDS],
    [["Symlinks"], "listen", EACH],
  ],
};

/** The folders that systemd makes and gives to the service's user (systemd.exec(5)). */
const GIVEN_AWAY = {
  RuntimeDirectory: "/run",
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
} as const;

/**
 * What systemd opens as root for a service: whoever may write to a folder on the way could put a link there, and has a file of
 * root's read, written, run or given away.
 * @param units by the names of their files
 */
export function openedPaths(service: Service, units: ReadonlyMap<string, UnitFile>): OpenedPath[] {
  return places(service, units).map(({ as, prop, path }) => ({ as, prop, path }));
}

/** Throws if one of them is where the service's user writes for all that is known at synth. */
export function checkOpenedPaths(service: Service, units: ReadonlyMap<string, UnitFile>): void {
  const { user } = service;
  if (user === undefined || user === "root") return;
  for (const { as, at, prop, path } of places(service, units)) {
    if (as === "listen" || as === "ask") continue;
    const [where] = foldersOf(service).find(([, folder]) => isBelow(path, folder)) ?? [];
    if (where === undefined) continue;
    const why = `where ${user} could put a link that root follows`;
    at.refuse(`not be below ${where}, ${why}: ${advice(service, { as, prop, path })}`, path);
  }
}

function advice({ name }: Service, { as, prop, path }: OpenedPath): string {
  if (as === "write")
    return `leave it to the journal, use /var/log/${name}.log, or let Puma open it (--redirect-stdout)`;
  if (as === "own") return `use /run/${name}${isBelow(path, `/run/${name}`) ? ".sock" : "/puma.sock"}`;
  if (prop.startsWith("environment.")) return "use a library of root's, such as one in /usr/lib";
  if (as === "run") return "use a folder of root's, such as /usr/local/sbin";
  return `use a file of root's, such as /etc/${name}${prop === "environmentFiles" ? ".env" : "/FILE"}`;
}

function foldersOf({ name, type, workingDirectory, directives }: Service): [where: string, folder: string][] {
  const given = Object.entries(GIVEN_AWAY).flatMap(([name, root]) =>
    [directives.Service?.[name] ?? []].flat().flatMap((value) =>
      String(value)
        .split(/\s+/)
        .filter(Boolean)
        .map((folder): [string, string] => [`${name}=`, `${root}/${folder.replace(/:.*/, "")}`]),
    ),
  );
  const ofDaemon: [string, string][] =
    type === "forking" ? [["the folder of a 'daemon'", runtimeFolder(name)]] : [];
  return [["'workingDirectory'", workingDirectory], ...ofDaemon, ...given];
}

function places(service: Service, units: ReadonlyMap<string, UnitFile>): Place[] {
  const { at, name, sockets, binds, environmentFiles } = service;
  const files = environmentFiles.map(({ path }, i): Place => ({
    ...{ as: "read", prop: "environmentFiles", path },
    at: at.key("environmentFiles").index(i),
  }));
  return [
    ...files,
    ...ofEnvironment(service),
    ...ofDirectives(service, "Service", `${name}.service`, units.get(`${name}.service`)),
    ...sockets.flatMap(({ file }) => ofDirectives(service, "Socket", file, units.get(file))),
    ...(sockets.length === 0 ? ofBinds("ask", at, binds) : []),
    ...sockets.flatMap((socket) => ofBinds(asWhat(units.get(socket.file)), socket.at, socket.binds)),
  ];
}

function ofEnvironment({ at, environment }: Service): Place[] {
  return LOADED.flatMap((name) =>
    (environment[name] ?? "")
      .split(/[\s:;]+/)
      .filter((path) => path.startsWith("/") && !isToken(path))
      .map((path): Place => ({
        ...{ as: "run", prop: `environment.${name}`, path },
        at: at.key("environment").key(name),
      })),
  );
}

function asWhat(socket: UnitFile | undefined): OpenedAs {
  const section = socket?.section("Socket");
  const owners = ["SocketUser", "SocketGroup"].flatMap((name) => section?.get(name) ?? []);
  return owners.length > 0 ? "own" : "listen";
}

function ofBinds(as: OpenedAs, at: PropPath, binds: readonly Bind[]): Place[] {
  return binds.flatMap(({ _probe: probe }) =>
    probe.scheme === "unix" ? [{ as, prop: "binds", path: probe.path, at }] : [],
  );
}

/** Where a directive was said. */
function placeOf({ at, logs }: Service, section: string, name: string): { prop: string; at: PropPath } {
  const isOfLogs = logs._output !== undefined && /^Standard(Output|Error)$/.test(name);
  return isOfLogs && section === "Service"
    ? { prop: "logs", at: at.key("logs") }
    : { prop: `directives.${section}.${name}`, at: at.key("directives").key(section).key(name) };
}

function ofDirectives(
  service: Service,
  section: "Service" | "Socket",
  file: string,
  unit: UnitFile | undefined,
): Place[] {
  return DIRECTIVES[section].flatMap(([names, as, pathOf]) =>
    names.flatMap((directive) => {
      const paths = valuesIn(unit, section, directive).flatMap(pathOf);
      return paths
        .flatMap((path) => knownPath(path, file))
        .filter((path) => !isBelow(path, secretsRoot(service.name)))
        .map((path): Place => ({
          ...{ as, path },
          ...placeOf(service, section, directive),
        }));
    }),
  );
}

function matches(pattern: RegExp, value: string): string[] {
  const [, path] = pattern.exec(value) ?? [];
  return path === undefined ? [] : [path];
}
