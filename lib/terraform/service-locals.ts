import { type Construct } from "constructs";
import { type Bundle } from "../deploy/bundle";
import { endedHelper, reloadHelper, stopHelper, unitPath } from "../layout";
import { type UnitFile } from "../systemd/unit-file";
import { type Duration } from "../values/duration";
import { expression } from "./expression";
import { joined, launcherText, linesIn, toTerraform } from "./payload";
import { type StackResources } from "./stack-resources";

/** What all hosts of a service have in common. */
export interface Common {
  /** Name of the service. */
  readonly service: string;
  /** Its units, by the names of their files. */
  readonly units: ReadonlyMap<string, UnitFile>;
  readonly bundle: Bundle;
  readonly lockTimeout: Duration;
  readonly runTimeout: Duration;
  /** Whether the script is also needed as gzip and base64: for hosts that the engine does not reach itself. */
  readonly isPacked: boolean;
}

/** Writes what all hosts of a service have in common into locals, whose names begin with an id. */
export function writeServiceLocals(
  scope: Construct,
  stack: StackResources,
  id: string,
  common: Common,
): void {
  const { cdk } = stack;
  const { candidates } = common.bundle;
  const local = (name: string, value: unknown): string =>
    `local.${stack.names.local(scope, `${id}_${name}`, value)}`;
  const units = new Map([...common.units].map(([file, { lines }]) => [file, lines]));
  const unitLines = local("units", linesIn(cdk, units));
  const settings = toTerraform(cdk, common.bundle, {
    units: unitLines,
    candidates: candidates.size > 0 ? local("candidates", linesIn(cdk, candidates)) : "{}",
    texts: textsOf(common, unitLines, stack),
  });
  const apply = local("apply", applyText(common, local("settings", settings), stack));
  if (common.isPacked) local("packed", `\${base64gzip(${apply})}`);
}

/** Where the texts of a service's files stand, as expressions. */
function textsOf({ service, units }: Common, unitLines: string, stack: StackResources): Map<string, string> {
  const texts = [...units.keys()].map((file): [string, string] => [
    unitPath(file),
    joined(`${unitLines}["${file}"]`),
  ]);
  return new Map([
    ...texts,
    [stopHelper(service), `base64decode(local.${stack.stopScript})`],
    [endedHelper(service), `base64decode(local.${stack.endedScript})`],
    [reloadHelper(service), `base64decode(local.${stack.reloadScript})`],
  ]);
}

/** The whole script of a host, without what differs from host to host. */
function applyText(
  { service, bundle: { action }, lockTimeout, runTimeout }: Common,
  local: string,
  { cdk, hostScript, launchScript }: StackResources,
): string {
  const settings = expression(cdk, local);
  const script = expression(cdk, `local.${hostScript}`);
  const launcher = {
    service,
    action,
    lockTimeout: String(lockTimeout.toSeconds()),
    runTimeout: String(runTimeout.toSeconds()),
    settings,
    script,
  };
  return launcherText(cdk, launcher, `\${local.${launchScript}}`);
}
