import { pathValue } from "../systemd/quote";
import { type UnitFile } from "../systemd/unit-file";
import { checkInstance } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { absolutePath } from "../values/path";
import { PropPath } from "../values/prop-path";
import { type ServiceUnitProps } from "./service-props";

/** Options of `Logs.file()`. */
export interface LogFileOptions {
  /**
   * Absolute path of the file for the standard error.
   * @default - the same file
   */
  readonly errors?: string;
}

const OPTIONS: Fields<LogFileOptions> = { errors: true };

/**
 * Where what Puma and the application print goes.
 *
 * @example
 * const logs = Logs.file("/var/log/blog.log");
 */
export class Logs {
  /**
   * To systemd's journal: `journalctl -u web`. The default of a service.
   * @example
   * Logs.journal();
   */
  static journal(): Logs {
    return new Logs();
  }

  /**
   * To a file that systemd opens as root and appends to (`StandardOutput=append:…`), from 240 on. So its folder has to be one
   * where only root writes: `/var/log` itself, in which systemd makes the file, or a folder of root's that is there. It is no folder of
   * a `LogsDirectory=`, which is the user's. A process keeps the file that it began with: rotation ends with a restart.
   * @param path absolute
   * @param options where errors go
   * @throws if a path is not absolute, or names no file
   * @example
   * Logs.file("/var/log/blog.log", { errors: "/var/log/blog.err" });
   */
  static file(path: string, options: LogFileOptions = {}): Logs {
    const at = PropPath.of("Logs.file");
    const { errors = path } = checkOptions(at, options, OPTIONS);
    return new Logs(fileOf(at.key("path"), path), fileOf(at.key("errors"), errors));
  }

  private constructor(
    /** @internal As StandardOutput= has it; undefined is the journal. */
    public readonly _output?: string,
    /** @internal As StandardError= has it. */
    public readonly _errors?: string,
  ) {}
}

function fileOf(at: PropPath, path: string): string {
  if (absolutePath(at, path).endsWith("/")) at.refuse("name a file, not a folder", path);
  return pathValue(at, path);
}

/** @throws if it is none, is said twice, or a daemon's, which has no output once it has left its parent */
export function logsOf(at: PropPath, props: ServiceUnitProps): Logs {
  const { logs = Logs.journal(), daemon, directives } = props;
  checkInstance(at.key("logs"), logs, Logs);
  for (const name of ["StandardOutput", "StandardError"]) {
    const value = directives?.Service?.[name];
    if (props.logs !== undefined && value !== undefined)
      at.key("directives").key("Service").key(name).refuse("not stand beside 'logs'", value);
  }
  if (daemon && logs._output !== undefined)
    at.key("logs").fail(
      "must not stand beside 'daemon', which prints nothing once it is one: use --redirect-stdout in 'args'",
    );
  return logs;
}

/** Both, as what the errors go to would be systemd.conf's to say. */
export function writeLogs(unit: UnitFile, logs: Logs): void {
  const { _output: output, _errors: errors } = logs;
  if (output === undefined) return;
  unit.section("Service").add("StandardOutput", `append:${output}`);
  unit.section("Service").add("StandardError", `append:${errors}`);
}
