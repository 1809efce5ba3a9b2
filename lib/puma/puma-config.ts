import { byteLength, checkOneLine } from "../values/characters";
import { checkList, checkString } from "../values/check";
import { checkOptions, type Fields } from "../values/fields";
import { PropPath } from "../values/prop-path";
import { type PumaConfigOptions } from "./puma-config-options";
import { methodOf, optionLines, TYPED_OPTIONS, type TypedOption } from "./puma-config-table";
import { type PumaVersion } from "./version";

const OPTIONS = {
  ...Object.fromEntries(TYPED_OPTIONS.map((name) => [name, true])),
  lines: true,
} as Fields<PumaConfigOptions>;

const OF = PropPath.of("PumaConfig.of");

/** Methods that say what the service says already, and what to use. */
const OF_THE_SERVICE: readonly (readonly [methods: readonly string[], instead: string])[] = [
  [
    ["bind", "port", "ssl_bind", "clear_binds!", "bind_to_activated_sockets", "set_default_host"],
    "use 'socket' or 'binds' of the service",
  ],
  [["tcp_mode", "tcp_mode!"], "leave it away: a service answers HTTP"],
  [["environment"], "use 'rackEnv' of the service"],
  [["directory", "worker_directory"], "use 'workingDirectory' of the service"],
  [["daemonize"], "use 'daemon' of the service"],
  [["pidfile"], "use --pidfile in 'args' of the service"],
  [["state_path"], "use --state in 'args' of the service"],
  [["stdout_redirect"], "use 'logs' of the service, or --redirect-stdout in 'args'"],
  [["restart_command"], "use 'command' of the service"],
];

/**
 * A configuration file of Puma, for `ManagedFile.pumaConfig()`. Values are written as literals of Ruby, whatever is in them. It has no
 * Terraform tokens: what only the engine knows goes into `environment`, from where `lines` can read it (`ENV.fetch("…")`).
 *
 * @example
 * const config = PumaConfig.of({
 *   workers: 2,
 *   preloadApp: true,
 *   lines: ["before_fork { ActiveRecord::Base.connection_handler.clear_all_connections! }"],
 * });
 */
export class PumaConfig {
  /**
   * What it says.
   * @param options what is left away is left to Puma
   * @throws if a value is none, or if a line says what a prop of the service says
   * @example
   * PumaConfig.of({ workers: 2, preloadApp: true });
   */
  static of(options: PumaConfigOptions): PumaConfig {
    const given = { ...checkOptions(OF, options, OPTIONS) };
    for (const option of TYPED_OPTIONS) linesOf(given, option, undefined);
    checkLines(given);
    return new PumaConfig(given);
  }

  private constructor(
    /** @internal */
    public readonly _options: PumaConfigOptions,
  ) {}

  /**
   * @internal The text of the file for a service's Puma, if its version is known.
   * @throws if that version does not have an option
   */
  _render(service: string, version: PumaVersion | undefined): string {
    const { lines = [] } = this._options;
    const written = TYPED_OPTIONS.flatMap((option) => linesOf(this._options, option, version));
    const header = [
      `# Puma's configuration of ${service}, written by cdktf-puma:`,
      "# an apply replaces what is changed here.",
    ];
    return `${[...header, ...written, ...lines].join("\n")}\n`;
  }
}

function linesOf(
  options: PumaConfigOptions,
  option: TypedOption,
  version: PumaVersion | undefined,
): string[] {
  const value = options[option];
  return value === undefined ? [] : optionLines(OF.key(option), option, value, version);
}

function checkLines(options: PumaConfigOptions): void {
  const at = OF.key("lines");
  checkList(at, options.lines ?? []).forEach((line, i) => checkLine(at.index(i), line, options));
}

/** Only what begins a statement at the beginning of a line is seen: it is advice, no barrier. */
function checkLine(at: PropPath, line: string, options: PumaConfigOptions): void {
  checkOneLine(at, checkString(at, line));
  if (byteLength(line) > 1000) at.refuse("be at most 1000 bytes long", line);
  const method = /^\s*([a-z_]+!?)(?![\w.=]|\s*[-+*/|&]?=[^=>~])/.exec(line)?.[1];
  const [, instead] = OF_THE_SERVICE.find(([methods]) => methods.some((one) => one === method)) ?? [];
  if (instead !== undefined) at.refuse(`be without ${method}: ${instead}`, line);
  const typed = TYPED_OPTIONS.find((one) => methodOf(one) === method && options[one] !== undefined);
  if (typed !== undefined && typed !== "plugins")
    at.refuse(`be without ${method}, as '${typed}' says it`, line);
}
