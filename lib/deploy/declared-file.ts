import { checkVariable, SAID_BY } from "../puma/environment";
import { PumaConfig } from "../puma/puma-config";
import { type Service } from "../puma/service";
import { type PumaVersion } from "../puma/version";
import { checkVariableName } from "../systemd/names";
import { checkCharacters, isNormal } from "../values/characters";
import {
  checkInstance,
  checkMode,
  checkObject,
  checkOneOf,
  checkString,
  checkTokenString,
} from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { absolutePath } from "../values/path";
import { PropPath } from "../values/prop-path";
import { type InstalledFile } from "./managed-file";

/** Where a file stands, and whose it is. */
export interface FilePlaceOptions {
  /**
   * Absolute path, in folders in which only root writes.
   * @default - `/etc/puma/NAME.rb` of a configuration file of Puma, `/etc/puma/NAME.env` of environment variables
   */
  readonly path?: string;
  /**
   * Access mode in octal, without write access for all.
   * @default - "0640", so that the service's group reads it; of environment variables, which systemd reads, "0600"
   */
  readonly mode?: string;
  /**
   * User and group, as chown(1) takes both: "root:www-data".
   * @default - root and the service's group; of environment variables "root:root"
   */
  readonly owner?: string;
}

/** Options of `ManagedFile.file()`. */
export interface FileOptions {
  /** The text. A line break at its end is added where there is none. Terraform tokens are welcome. */
  readonly content: string;
  /**
   * Access mode in octal, without write access for all.
   * @default - "0640", so that the service's group reads it
   */
  readonly mode?: string;
  /**
   * User and group, as chown(1) takes both: "root:www-data".
   * @default - root and the service's group
   */
  readonly owner?: string;
  /**
   * What a change of it asks for: that Puma restarts as `restart` says, or nothing, where whoever reads it does so anew.
   * @default "restart"
   */
  readonly effect?: "restart" | "none";
}

const PLACE: Fields<FilePlaceOptions> = { path: true, mode: true, owner: true };
const FILE: Fields<FileOptions> = { content: true, mode: true, owner: true, effect: true };

/** What is of a file before it is known whose it is. */
interface Kind extends FilePlaceOptions {
  readonly at: PropPath;
  readonly kind: "file" | "environment" | "pumaConfig";
  readonly effect: "restart" | "none";
  readonly render: (service: string, version: PumaVersion | undefined) => string;
}

/** What a file has to know of the service that it belongs to. */
export type FileOwner = Pick<Service, "name" | "version">;

/** Root, and the service's group: the host alone knows the one of a user. */
const ROOT_AND_GROUP = "root:@";

/** A copy of a file is called by its path, and a file that is staged by its name and more. */
const LONGEST_PATH = 200;

/**
 * A file that is installed with a service, in the same transaction: where a new version fails, the old file is back, and where it is
 * declared no more, it goes. A file that the service does not own is neither replaced nor removed.
 *
 * @example
 * const files = [
 *   ManagedFile.pumaConfig(PumaConfig.of({ workers: 2, preloadApp: true })),
 *   ManagedFile.environment({ RAILS_MAX_THREADS: "8" }),
 *   ManagedFile.file("/etc/blog/tuning.yml", { content: "cache: 64" }),
 * ];
 */
export class ManagedFile {
  /**
   * Any text file.
   * @param path absolute, in folders in which only root writes: letters, digits and `. _ - + @ : , = ~`
   * @param options what it says, and for whom
   * @throws if the path is one of systemd's units, whose lines `directives` has
   * @example
   * ManagedFile.file("/etc/blog/tuning.yml", { content: "cache: 64", effect: "none" });
   */
  static file(path: string, options: FileOptions): ManagedFile {
    const at = PropPath.of("ManagedFile.file");
    const { content, mode, owner, effect = "restart" } = checkOptions(at, options, FILE);
    checkTokenString(at.key("content"), content);
    checkText(at.key("content"), content);
    checkOneOf(at.key("effect"), effect, ["restart", "none"] as const);
    return new ManagedFile({ at, kind: "file", path, mode, owner, effect, render: () => content });
  }

  /**
   * Environment variables, as a file that systemd reads as root (`EnvironmentFile=`): behind those of `environmentFiles`, so these
   * win. Unlike those of `environment`, no other user of the host can read them; whoever reads the Terraform state can. A
   * change restarts Puma. They are known at synth: Terraform tokens are welcome in `environment`.
   * @param variables by their names
   * @param options where it stands
   * @throws if a name is none, or a value is no string
   * @example
   * ManagedFile.environment({ RAILS_MAX_THREADS: "8" });
   */
  static environment(variables: Record<string, string>, options: FilePlaceOptions = {}): ManagedFile {
    const at = PropPath.of("ManagedFile.environment");
    const { path, mode = "0600", owner = "root:root" } = checkOptions(at, options, PLACE);
    const lines = Object.entries(checkObject(at.key("variables"), variables)).map(([name, value]) =>
      assignment(at.key("variables").key(name), name, value),
    );
    const content = lines.join("\n");
    return new ManagedFile({
      ...{ at, kind: "environment", path, mode, owner },
      ...{ effect: "restart", render: () => content },
    });
  }

  /**
   * The service's configuration file of Puma (`-C`), in the place of `configFile`. Before anything is changed on a host, the Puma that
   * the service's command starts loads it there, as the service's user and in its sandbox: one that does not load is
   * refused. A change restarts Puma.
   * @param config what it says
   * @param options where it stands
   * @example
   * ManagedFile.pumaConfig(PumaConfig.of({ workers: 2, preloadApp: true }));
   */
  static pumaConfig(config: PumaConfig, options: FilePlaceOptions = {}): ManagedFile {
    const at = PropPath.of("ManagedFile.pumaConfig");
    checkInstance(at.key("config"), config, PumaConfig);
    const { path, mode, owner } = checkOptions(at, options, PLACE);
    return new ManagedFile(
      { at, kind: "pumaConfig", path, mode, owner, effect: "restart", render: config._render.bind(config) },
      config,
    );
  }

  private constructor(
    private readonly given: Kind,
    /** @internal */
    public readonly _config?: PumaConfig,
  ) {
    const { at, path, mode, owner } = given;
    if (path !== undefined) checkPath(at.key("path"), path);
    checkMode(at.key("mode"), mode);
    if (mode !== undefined && /[2367]$/.test(mode)) at.key("mode").refuse("not let everybody write", mode);
    if (owner !== undefined && !OWNER.test(checkString(at.key("owner"), owner)))
      at.key("owner").refuse('be a user and a group such as "root:www-data"', owner);
  }

  /** @internal */
  get _kind(): Kind["kind"] {
    return this.given.kind;
  }

  /** @internal Where it stands on the hosts of a service. */
  _pathOf(service: string): string {
    const { kind, path } = this.given;
    return path ?? `/etc/puma/${service}.${kind === "environment" ? "env" : "rb"}`;
  }

  /** @internal As it stands on the hosts of a service. */
  _of({ name, version }: FileOwner): InstalledFile {
    const { mode = "0640", owner = ROOT_AND_GROUP, effect, render } = this.given;
    const text = render(name, version);
    return {
      ...{ path: this._pathOf(name), mode, owner },
      content: text === "" || text.endsWith("\n") ? text : `${text}\n`,
      // The host installs whatever has no effect at once, and keeps no record of it: it is for the library's own helpers.
      effect: effect === "none" ? "reload" : effect,
    };
  }
}

const OWNER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** Where systemd has its units and their drop-ins from. */
const UNITS = /^\/(etc|run|usr\/lib|lib|usr\/local\/lib)\/systemd\//;

function checkPath(at: PropPath, path: string): void {
  absolutePath(at, path);
  if (!/^(\/[A-Za-z0-9._@+:,=~-]+){2,}$/.test(path))
    at.refuse("be a file in a folder, of letters, digits and '. _ - + @ : , = ~'", path);
  if (path.split("/").some((part) => part === "." || part === ".."))
    at.refuse("be without '.' and '..'", path);
  if (path.length > LONGEST_PATH) at.refuse(`be at most ${LONGEST_PATH} characters long`, path);
  if (UNITS.test(path))
    at.refuse("be none of systemd's: lines of the service's units go into 'directives'", path);
  if (/^\/(run|var\/lib|var\/backups)\/cdktf-puma/.test(path))
    at.refuse("be none of this library's own", path);
}

/** Terraform passes a text on in Unicode's normal form C. */
function checkText(at: PropPath, text: string): void {
  checkCharacters(at, text);
  if (text.split("\n").some((line) => !isNormal(line)))
    at.fail("must be in Unicode's normal form C, which Terraform would change it to");
}

/** In double quotes of a file of variables, systemd reads a backslash before these four, and a line break as one. */
function assignment(at: PropPath, name: string, value: string): string {
  checkVariableName(at, name);
  if (SAID_BY.includes(name)) at.fail("must be left to 'rackEnv', or to 'environment'");
  checkVariable(at, name, value);
  checkText(at, checkString(at, value));
  return `${name}="${value.replace(/["\\`$]/g, "\\$&")}"`;
}
