/** What the script on a host is told about a service; see apply.sh. Each becomes a variable of the shell. */
export interface ServiceScriptSettings {
  /** Name of the stack: what it owns on a host, no other may change. */
  readonly owner: string;
  readonly service: string;
  /** Files of the units, the socket first. */
  readonly units: string[];
  /** File of the .socket unit, or "". */
  readonly socket: string;
  readonly enabledUnits: string[];
  readonly startOn: "boot" | "firstConnection";
  readonly user: string;
  readonly group: string;
  readonly directory: string;
  readonly executable: string;
  /** What prints Puma's version, or "" where that cannot be said safely in words. */
  readonly versionCommand: string;
  readonly pumaVersion: string;
  readonly notifies: boolean;
  /** Seconds. */
  readonly startTimeout: number;
  readonly release: string;
  /** `http ADDRESS PORT`, `https ADDRESS PORT`, `held ADDRESS PORT` or `unix PATH`. */
  readonly binds: string[];
  /** `PROP PATH` of files that Puma's user must be able to read. */
  readonly readableFiles: string[];
  readonly environmentFiles: string[];
  readonly takeOver: boolean;
}

/** The settings as assignments of the shell; `quote` makes one word of a value, whatever is in it. */
export function serviceVariables(settings: ServiceScriptSettings, quote: (value: string) => string): string {
  const variables: Record<string, string> = {
    owner: settings.owner,
    service: settings.service,
    units: settings.units.join(" "),
    socket: settings.socket,
    enabled_units: settings.enabledUnits.join(" "),
    start_on: settings.startOn,
    user: settings.user,
    group: settings.group,
    directory: settings.directory,
    executable: settings.executable,
    version_command: settings.versionCommand,
    puma_version: settings.pumaVersion,
    notifies: String(settings.notifies),
    start_timeout: String(settings.startTimeout),
    release: settings.release,
    binds: settings.binds.join("\n"),
    readable_files: settings.readableFiles.join("\n"),
    environment_files: settings.environmentFiles.join("\n"),
    take_over: String(settings.takeOver),
  };
  return assignments(variables, quote);
}

/** Shell assignments, a line each. */
export function assignments(variables: Record<string, string>, quote: (value: string) => string): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join("");
}
