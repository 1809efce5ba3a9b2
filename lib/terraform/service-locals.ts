import { type Construct } from "constructs";
import { type Action, type Bundle } from "../deploy/bundle";
import { type InstalledFile } from "../deploy/managed-file";
import { endedHelper, reloadHelper, type Scope, stopHelper, unitPath } from "../layout";
import { type UnitFile } from "../systemd/unit-file";
import { type Duration } from "../values/duration";
import { expression } from "./expression";
import { identifier } from "./identifier";
import { joined, launcherText, linesIn, linesOfFile, linesOfFiles, toTerraform } from "./payload";
import { type StackResources } from "./stack-resources";

/** What all hosts of a service have in common. */
export interface Common {
  /** Name of the service. */
  readonly service: string;
  /** Whose systemd has it. */
  readonly scope: Scope;
  /** Its units, by the names of their files. */
  readonly units: ReadonlyMap<string, UnitFile>;
  /** Files beside them. */
  readonly files: readonly InstalledFile[];
  readonly bundle: Bundle;
  readonly lockTimeout: Duration;
  readonly runTimeout: Duration;
  /** Empty where it is the user who logs in. */
  readonly deployedBy: string;
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
  const unitLines = local("units", linesIn(cdk, linesOfUnits(common)));
  if (common.files.length > 0) local("files", linesOfFiles(cdk, common.files));
  const settings = toTerraform(cdk, common.bundle, {
    units: unitLines,
    candidates: candidates.size > 0 ? local("candidates", linesIn(cdk, candidates)) : "{}",
    texts: textsOf(id, common, stack),
  });
  const apply = local("apply", runText(common, expression(cdk, local("settings", settings)), stack));
  if (common.isPacked) local("packed", `\${base64gzip(${apply})}`);
}

function linesOfUnits({ units }: Common): Map<string, readonly string[]> {
  return new Map([...units].map(([file, { lines }]) => [file, lines]));
}

/** Where the texts of a service's units and of the files beside them stand, as expressions, by their paths. */
export function textsOfFiles(
  id: string,
  { scope, units, files }: Pick<Common, "scope" | "units" | "files">,
): [path: string, text: string][] {
  const lines = `local.${identifier(`${id}_units`)}`;
  return [
    ...[...units.keys()].map((file): [string, string] => [
      unitPath(file, scope),
      joined(`${lines}["${file}"]`),
    ]),
    ...files.map(({ path }): [string, string] => [path, joined(linesOfFile(id, path))]),
  ];
}

/** The same of all its files. */
function textsOf(id: string, common: Common, stack: StackResources): Map<string, string> {
  const { service, scope } = common;
  return new Map([
    ...textsOfFiles(id, common),
    [stopHelper(service, scope), stack.stopScript],
    [endedHelper(service, scope), stack.endedScript],
    [reloadHelper(service, scope), stack.reloadScript],
  ]);
}

/** One run of a service on a host. */
export interface Run {
  readonly service: string;
  readonly bundle: { readonly action: Action };
  readonly lockTimeout: Duration;
  readonly runTimeout: Duration;
  readonly deployedBy: string;
}

/** The whole script of a host, without what differs from host to host. */
export function runText(
  { service, bundle: { action }, lockTimeout, runTimeout, deployedBy }: Run,
  settings: string,
  { cdk, hostScript, launchScript }: StackResources,
): string {
  const script = expression(cdk, hostScript);
  const launcher = {
    service,
    action,
    lockTimeout: String(lockTimeout.toSeconds()),
    runTimeout: String(runTimeout.toSeconds()),
    settings,
    script,
    deployedBy,
  };
  return launcherText(cdk, launcher, `\${${launchScript}}`);
}
