import { ROLE_VARIABLE } from "../layout";
import { checkList, checkObject, checkString, checkTokenString } from "../values/check";
import { absolutePath } from "../values/path";
import { type PropPath } from "../values/prop-path";
import { TOLD_BY } from "./directive-table";
import { type ServiceUnitProps } from "./service-props";
import { type PumaVersion, versionOf } from "./version";

/** The variables that say in which of its environments an application is. */
export const SAID_BY: readonly string[] = ["APP_ENV", "RACK_ENV", "RAILS_ENV"];

/** A file of environment variables on the host. */
export interface EnvironmentFile {
  readonly path: string;
  /** Whether it may be missing. */
  readonly isOptional: boolean;
}

/** The environment variables of a service. */
export interface Environment {
  /** With RACK_ENV or RAILS_ENV, unless the application is told otherwise. */
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentFiles: readonly EnvironmentFile[];
}

/**
 * The environment that a service's props ask for.
 * @throws if a variable is none, or is somebody else's to set
 */
export function environmentOf(at: PropPath, props: ServiceUnitProps): Environment {
  const { environment = {}, environmentFiles = [] } = props;
  checkObject(at.key("environment"), environment);
  for (const [name, value] of Object.entries(environment))
    checkVariable(at.key("environment").key(name), name, value);
  return {
    environment: { ...rackEnvironment(at, props), ...environment },
    environmentFiles: checkList(at.key("environmentFiles"), environmentFiles).map((file, i) =>
      environmentFile(at.key("environmentFiles").index(i), file),
    ),
  };
}

/** Throws if a variable is somebody else's to set, or its value no string. */
export function checkVariable(at: PropPath, name: string, value: string): void {
  checkOwnVariable(at, name, value);
  checkTokenString(at, value);
}

/** Throws if a variable is somebody else's to set. */
export function checkOwnVariable(at: PropPath, name: string, value: string): void {
  if (name === ROLE_VARIABLE) at.refuse("be left away: a candidate is told its role by it", value);
  if (name === "WATCHDOG_USEC") at.fail("use 'watchdog'");
  if (TOLD_BY.includes(name)) at.refuse("be left away: systemd or this library tells something by it", value);
}

function environmentFile(at: PropPath, file: string): EnvironmentFile {
  const isOptional = checkString(at, file).startsWith("-");
  return { path: absolutePath(at, isOptional ? file.slice(1) : file), isOptional };
}

/**
 * In which of its environments the application is, said once: by `environment`, by a file on the host, or as RACK_ENV. Rails
 * reads RAILS_ENV before RACK_ENV, Puma after it, and Puma tells RACK_ENV to whatever it starts. So beside files stands RAILS_ENV,
 * which one of them that says it otherwise replaces for both.
 */
function rackEnvironment(at: PropPath, props: ServiceUnitProps): Record<string, string> {
  const { environment = {}, environmentFiles = [], rackEnv } = props;
  const version = versionOf(at, props.pumaVersion);
  const given = SAID_BY.find((name) => name in environment);
  if (rackEnv === false) return {};
  if (rackEnv !== undefined) {
    if (given) at.key("rackEnv").refuse(`not be combined with 'environment.${given}'`, rackEnv);
    return { RACK_ENV: checkString(at.key("rackEnv"), rackEnv) };
  }
  if (given) return readsOf(version).includes(given) ? {} : { RACK_ENV: environment[given] ?? "" };
  if (isPassedOn(props)) return {};
  const hasFiles = environmentFiles.length > 0 && readsOf(version).includes("RAILS_ENV");
  return { [hasFiles ? "RAILS_ENV" : "RACK_ENV"]: "production" };
}

/** The variables by which Puma knows its environment, in the order of its configuration.rb. */
function readsOf(version: PumaVersion | undefined): readonly string[] {
  if (version && !version.since(5, 0)) return ["RACK_ENV"];
  // APP_ENV came with 5.5.1.
  return version && !version.since(5, 6) ? ["RACK_ENV", "RAILS_ENV"] : SAID_BY;
}

/** Whether one of them comes from systemd's own environment, over which the unit's would win. */
function isPassedOn({ directives }: ServiceUnitProps): boolean {
  const names = [directives?.Service?.PassEnvironment ?? []].flat().join(" ").split(/\s+/);
  return SAID_BY.some((name) => names.includes(name));
}
