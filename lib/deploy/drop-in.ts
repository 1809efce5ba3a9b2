import { dropInName, OWN_PREFIX } from "../layout";
import { type Directives, writeDropIn } from "../puma/directives";
import { DEFAULT_START_TIMEOUT } from "../puma/service";
import { startableUnit } from "../systemd/names";
import { isSingle } from "../systemd/lists";
import { UnitFile } from "../systemd/unit-file";
import { checkBoolean, checkInstance, checkInteger, checkString } from "../values/check";
import { Duration } from "../values/duration";
import { type PropPath } from "../values/prop-path";
import { Bundle } from "./bundle";
import { type Deployable, type Deployed } from "./deployable";
import { type DeployStrategy } from "./deploy-strategy";
import { type DropInProps } from "./drop-in-props";
import { dropInSettings } from "./drop-in-settings";
import { HealthCheck } from "./health-check";
import { dropInFileOf } from "./managed-file";
import { Restart, type RestartMode } from "./restart";
import { runTimeout } from "./run-timeout";

/** Behind what tools write (`systemctl set-property`: 50), and ahead of what people do (`systemctl edit`: override.conf). */
const DEFAULT_ORDER = 60;

/** A drop-in of a unit that something else owns, with nothing left open. */
export interface DropIn extends Deployable {
  readonly of: string;
  /** Its file, below the folder of units. */
  readonly file: string;
  readonly lines: UnitFile;
  /** What of it another drop-in can override, each with its section. */
  readonly single: readonly string[];
  readonly startTimeout: Duration;
  readonly directives: Directives;
}

export const DropIn = {
  /**
   * Checks a drop-in's props, and fills in what they leave open.
   * @param id of the construct
   * @throws if a prop is not what it should be, or systemd would not take a line
   */
  resolve(at: PropPath, id: string, props: DropInProps): DropIn {
    const { unit, order = DEFAULT_ORDER, startTimeout = DEFAULT_START_TIMEOUT, directives } = props;
    checkService(at.key("unit"), unit);
    const name = checkName(at.key("name"), props.name ?? id);
    checkInteger(at.key("order"), order, 0, 99);
    const lines = writeDropIn(at, directives);
    return {
      at,
      name: dropInName(unit, name),
      scope: "system",
      ...{ unitFiles: [], binds: [], of: unit, lines, directives },
      file: `${unit}.d/${String(order).padStart(2, "0")}-${name}.conf`,
      single: singleIn(lines),
      startTimeout: checkInstance(at.key("startTimeout"), startTimeout, Duration),
    };
  },
};

/** A drop-in as a deployment has it. */
export function deployedDropIn(dropIn: DropIn, props: DropInProps): Deployed {
  const { file, lines } = dropIn;
  const strategy = strategyOf(dropIn, props);
  return {
    ...{ service: dropIn, strategy, tokens: [] },
    units: new Map([[file, lines]]),
    runTimeout: runTimeout(dropIn, strategy),
    bundle: (owner) => Bundle.ofDropIn(dropInSettings(dropIn, strategy, owner), dropInFileOf(file, lines)),
  };
}

function strategyOf({ at }: DropIn, props: DropInProps): DeployStrategy {
  const { healthCheck = HealthCheck.answers(), takeOver = false, retain = false } = props;
  return {
    ...{ ensure: "running", startOn: "boot", rehearse: false, release: "", deployedBy: "" },
    ...{ watches: [], proxyUser: "", files: [] },
    tasks: { once: [], eachHost: undefined },
    retain: checkBoolean(at.key("retain"), retain),
    restart: modeOf(at.key("restart"), props.restart),
    healthCheck: checkInstance(at.key("healthCheck"), healthCheck, HealthCheck),
    takeOver: checkBoolean(at.key("takeOver"), takeOver),
  };
}

function modeOf(at: PropPath, restart: Restart = Restart.hot()): RestartMode {
  const { _mode: mode, _rehearse: rehearses } = checkInstance(at, restart, Restart);
  const why = "since the unit is not this library's";
  if (rehearses || mode === "phased") at.refuse(`be Restart.hot() or Restart.none(), ${why}`, mode);
  if (mode === "full") at.refuse(`be Restart.hot() or Restart.none(), ${why}, nor are its sockets`, mode);
  return mode;
}

function checkService(at: PropPath, unit: string): void {
  startableUnit(at, unit);
  if (!unit.endsWith(".service") || unit.includes(":"))
    at.refuse('be a service such as "mastodon-web.service" or "puma@blog.service", without a colon', unit);
  if (unit.startsWith(OWN_PREFIX))
    at.refuse("be a unit of others, and this is one of this library's own", unit);
}

function checkName(at: PropPath, name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/.test(checkString(at, name)))
    at.refuse("be at most 100 letters, digits and '-_.', and begin with neither '-' nor '.'", name);
  return name;
}

function singleIn({ _sections: sections }: UnitFile): string[] {
  const all = sections.flatMap(({ name, entries }) =>
    entries.flatMap((entry) =>
      entry.kind === "directive" && isSingle(name, entry.name) ? [`${name}.${entry.name}`] : [],
    ),
  );
  return [...new Set(all)];
}
