import { ROLE_VARIABLE } from "../layout";
import { checkList, checkObject, checkString, checkTokenString } from "../values/check";
import { absolutePath } from "../values/path";
import { type PropPath } from "../values/prop-path";
import { TOLD_BY } from "./directive-table";
import { type ServiceUnitProps } from "./service-props";

/** A file of environment variables on the host. */
export interface EnvironmentFile {
  readonly path: string;
  /** Whether it may be missing. */
  readonly isOptional: boolean;
}

/** The environment variables of a service. */
export interface Environment {
  /** With RACK_ENV, unless the application is told otherwise. */
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

function checkVariable(at: PropPath, name: string, value: string): void {
  if (name === ROLE_VARIABLE) at.refuse("be left away: a candidate is told its role by it", value);
  if (name === "WATCHDOG_USEC") at.fail("use 'watchdog'");
  if (TOLD_BY.includes(name)) at.refuse("be left away: systemd or this library tells something by it", value);
  checkTokenString(at, value);
}

function environmentFile(at: PropPath, file: string): EnvironmentFile {
  const isOptional = checkString(at, file).startsWith("-");
  return { path: absolutePath(at, isOptional ? file.slice(1) : file), isOptional };
}

/** RACK_ENV, unless `environment` itself says which of its environments the application is in. */
function rackEnvironment(at: PropPath, props: ServiceUnitProps): Record<string, string> {
  const { environment = {}, rackEnv = "production" } = props;
  const given = ["APP_ENV", "RACK_ENV", "RAILS_ENV"].find((name) => name in environment);
  if (!given) return { RACK_ENV: checkString(at.key("rackEnv"), rackEnv) };
  if (props.rackEnv !== undefined)
    at.key("rackEnv").refuse(`not be combined with 'environment.${given}'`, rackEnv);
  return {};
}
