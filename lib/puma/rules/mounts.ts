import { candidateDirectory } from "../../layout";
import { type UnitFile } from "../../systemd/unit-file";
import { isYes, valuesIn, withSpecifiers, wordsIn } from "../unit-values";
import { type WrittenUnit } from "./rule";

/** How a directive changes what Puma sees of a folder: systemd.exec(5), "Sandboxing". */
export type MountedAs =
  /** Not there, whatever other lines say of what is below. */
  | "inaccessible"
  /** Another folder than everybody else's, and empty. */
  | "empty"
  /** As everywhere, but not to be written to. */
  | "read-only"
  /** The host's own again. */
  | "bound"
  /** To be written to. */
  | "writable";

/** What a line of a unit makes of a folder. */
export interface Mount {
  readonly as: MountedAs;
  readonly path: string;
  /** The line, `ProtectHome=true`. */
  readonly line: string;
}

const HOMES = ["/home", "/root", "/run/user"];

/** Directives with lists of paths. */
const LISTS: readonly (readonly [names: readonly string[], as: MountedAs])[] = [
  [["InaccessiblePaths", "InaccessibleDirectories"], "inaccessible"],
  [["TemporaryFileSystem"], "empty"],
  [["ReadOnlyPaths", "ReadOnlyDirectories", "BindReadOnlyPaths"], "read-only"],
  [["BindPaths", "BindReadOnlyPaths"], "bound"],
  [["ReadWritePaths", "ReadWriteDirectories", "BindPaths"], "writable"],
];

/** The folders that systemd makes, which stay writable whatever else is not. */
const MADE = {
  RuntimeDirectory: "/run",
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
} as const;

/**
 * What a service's unit makes of the host's folders for its processes.
 * @returns undefined where a path is not known at synth, so that nothing can be said
 */
export function mountsOf({ file, unit }: WrittenUnit, service: string): Mount[] | undefined {
  const lists = LISTS.flatMap(([names, as]) => names.flatMap((name) => ofList(as, name, file, unit)));
  const known = lists.flatMap(({ path, ...rest }) => (path === undefined ? [] : [{ ...rest, path }]));
  if (known.length < lists.length) return undefined;
  const one = (name: string): string => valuesIn(unit, "Service", name).at(-1) ?? "";
  const homes = ofHomes(one("ProtectHome"));
  return [
    ...homes,
    ...ofTemporary(one("PrivateTmp")),
    ...ofSystem(one("ProtectSystem"), homes.length > 0 ? [] : HOMES),
    ...known,
    ...ofMade(unit),
    ...made("RuntimeDirectory", candidateDirectory(service, "rehearsal")),
  ];
}

function ofList(as: MountedAs, name: string, file: string, unit: UnitFile) {
  return wordsIn(unit, "Service", name).map((word) => ({
    as,
    path: pathIn(word, name, file),
    line: `${name}=${word}`,
  }));
}

function ofMade(unit: UnitFile): Mount[] {
  return (Object.keys(MADE) as (keyof typeof MADE)[]).flatMap((name) =>
    wordsIn(unit, "Service", name).flatMap((word) => made(name, word)),
  );
}

/** The host's own folder, also in one that is empty otherwise (tried on systemd 247, 252, 257 and 262). */
function made(name: keyof typeof MADE, word: string): Mount[] {
  const mount = { path: `${MADE[name]}/${word.replace(/:.*/, "")}`, line: `${name}=${word}` };
  return [
    { ...mount, as: "bound" },
    { ...mount, as: "writable" },
  ];
}

function ofHomes(value: string): Mount[] {
  const line = `ProtectHome=${value}`;
  const as = isYes(value) ? "inaccessible" : value === "tmpfs" ? "empty" : "read-only";
  return isYes(value) || ["tmpfs", "read-only"].includes(value)
    ? HOMES.map((path) => ({ as, path, line }))
    : [];
}

function ofTemporary(value: string): Mount[] {
  if (!isYes(value) && value !== "disconnected") return [];
  const line = `PrivateTmp=${value}`;
  return ["/tmp", "/var/tmp"].flatMap((path): Mount[] => [
    { as: "empty", path, line },
    { as: "writable", path, line },
  ]);
}

function ofSystem(value: string, homes: readonly string[]): Mount[] {
  const line = `ProtectSystem=${value}`;
  const readOnly = (...paths: string[]): Mount[] => paths.map((path) => ({ as: "read-only", path, line }));
  if (isYes(value)) return readOnly("/usr", "/boot", "/efi");
  if (value === "full") return readOnly("/usr", "/boot", "/efi", "/etc");
  if (value !== "strict") return [];
  return [
    ...readOnly("/"),
    // Homes are for ProtectHome= alone to close.
    ...["/dev", "/proc", "/sys", ...homes].map((path): Mount => ({ as: "writable", path, line })),
  ];
}

/** The folder that a word of a list is about, if synth knows it: of `SOURCE:DESTINATION`, where Puma sees it. */
function pathIn(word: string, name: string, file: string): string | undefined {
  const [source = "", destination] = word.replace(/^[-+!]+/, "").split(":");
  const path = withSpecifiers(name.startsWith("Bind") ? (destination ?? source) : source, file);
  return path.includes("\0") ? undefined : path;
}
