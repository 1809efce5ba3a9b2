import { posix } from "node:path";
import { companionName, STATE_ROOT } from "../layout";
import { type Service } from "../puma/service";
import { firstBootScript, leanScript } from "../runtime/parts";
import { type UnitFile } from "../systemd/unit-file";
import { filesWarnings } from "./declared-files";
import { type DeployStrategy } from "./deploy-strategy";
import { shellVariables } from "./host-settings";
import { type InstalledFile, onCallNotesOf, unitFileOf, unitHelpersOf } from "./managed-file";
import { type ApplySettings, serviceSettings } from "./service-settings";
import { shellSettings } from "./shell-settings";

/** What a machine is told at its first boot, before anybody reaches it. */
export interface FirstBoot {
  /** The folder in which cloud-init lays all of it ready. It outlives a reboot, which may come before the script does. */
  readonly folder: string;
  /** What is put in its place from there: units, and the service's own files. */
  readonly files: readonly InstalledFile[];
  /** Lines of the record that are known ahead, behind its form and its owner. */
  readonly record: readonly string[];
  /** What does so, with its settings and what only helps the library. */
  readonly script: string;
}

/** The settings that it goes by: those of a run. */
const SETTINGS = [
  ...(["service", "units", "enabledUnits", "startOn", "takeOver", "user", "group", "directory"] as const),
  ...(["startTimeout", "backOff", "healthBind"] as const),
];

/**
 * What brings a service up with a machine.
 * @throws if it has what may not stand in user data
 */
export function firstBootOf(
  service: Service,
  strategy: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
): FirstBoot {
  checkFirstBoot(service, strategy);
  const settings = serviceSettings(service, strategy, units, "");
  const helpers = helpersOf(service);
  const files = filesOf(service, strategy, units);
  return {
    folder: `${STATE_ROOT}/${service.name}/first-boot`,
    files,
    record: recordOf(strategy, shellVariables({ binds: settings.binds }).PUMA_BINDS ?? ""),
    script:
      settingsText(settings, [...helpers, ...files]) + helpers.map(laidReady).join("") + firstBootScript(),
  };
}

function settingsText(settings: ApplySettings, files: readonly InstalledFile[]): string {
  const known = Object.fromEntries(SETTINGS.map((name) => [name, settings[name]]));
  // What is in them is laid ready beside it.
  return shellSettings(shellVariables({ ...known, files: files.map((file) => ({ ...file, base64: "" })) }));
}

/** The props of a service by which something starts the script of the runs, which comes with the first apply. */
export function leftToApply({ files, watches }: DeployStrategy, { name }: Service): string[] {
  const asks = ({ path }: InstalledFile): boolean => path.includes(`/${companionName(name, "")}`);
  return [
    ...(files.some(asks) ? ["'operators'"] : []),
    ...(watches.length > 0 ? ["'restartOn'"] : []),
    ...(files.some(isRedirect) ? ["'needrestart'"] : []),
  ];
}

function helpersOf(service: Service): InstalledFile[] {
  return [
    ...unitHelpersOf(service).map((file) => ({ ...file, content: leanScript(file.content) })),
    { ...onCallNotesOf(service), content: notesOf(service) },
  ];
}

/** No line of a helper is this one. */
const END = "END_OF_HELPER";

/** By the script itself, with which it is packed. */
function laidReady({ path, content }: InstalledFile): string {
  return `mkdir -p -- "$1${posix.dirname(path)}"\ncat >"$1${path}" <<'${END}'\n${content}${END}\n`;
}

function filesOf(
  service: Service,
  strategy: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
): InstalledFile[] {
  return [
    ...[...units].map(([file, unit]) => unitFileOf(file, unit, service.scope)),
    ...strategy.files.filter((file) => file.effect !== "companion" && !isRedirect(file)),
  ];
}

/** It starts the script of the runs. */
function isRedirect({ path }: InstalledFile): boolean {
  return path.startsWith("/etc/needrestart/restart.d/");
}

function recordOf({ release }: DeployStrategy, binds: string): string[] {
  return [
    `release=${release}`,
    "generation=",
    `binds=${binds.split("\n").join(";")}`,
    "deployed_by=cloud-init",
  ];
}

/** What whoever is called reads, as long as no apply has brought the command. */
function notesOf({ name, stack, unitFiles }: Service): string {
  return `${name}: a Puma under systemd, put here at the first boot by cloud-init, from the stack ${stack} by cdktf-puma.

Is it up?             systemctl status ${unitFiles.join(" ")}
What does it say?     sudo journalctl -e -u ${name}
How did it come here? cloud-init status --long; sudo cat /var/log/cloud-init-output.log
Restart it            sudo systemctl restart ${name}

The first apply that reaches this host brings the command cdktf-puma, and notes that say more.
`;
}

function checkFirstBoot({ at, scope, secrets }: Service, { files }: DeployStrategy): void {
  const where = "where cloudConfig() brings the service";
  if (scope === "user") at.key("scope").fail(`must not be "user" ${where}: cloud-init works for root`);
  if (secrets)
    at.key("secrets").fail(
      `must be left away ${where}: whoever may describe the machine reads user data, and so does each program on it; ` +
        "let the machine fetch them by its own role, into a file of 'environmentFiles', before Puma starts",
    );
  const [warning] = filesWarnings(at, files);
  if (warning !== undefined)
    at.key("files").fail(
      `must hold no secret ${where}, which each program on the machine can read: ${warning}`,
    );
}
