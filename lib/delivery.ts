import { DEFAULT_LOCK_TIMEOUT } from "./deploy/launcher";
import { Rollout } from "./deploy/rollout";
import { Host } from "./host/host";
import { checkSystemdVersion } from "./puma/directives";
import { type UnitFile } from "./systemd/unit-file";
import { type ITerraformDependable } from "./terraform/dependable";
import { type DeploymentOptions } from "./terraform/deployment";
import { checkInstance, checkList } from "./values/check";
import { Duration } from "./values/duration";
import { isToken } from "./values/marker";
import { PropPath } from "./values/prop-path";

/*
 * What every construct that is deployed has: hosts, and how it comes to them.
 */

/** Throws if there are no hosts, or two of one name. */
export function checkHosts(at: PropPath, hosts: readonly Host[]): void {
  if (!Array.isArray(hosts) || hosts.length === 0) at.refuse("name at least one host", hosts);
  checkNames(at, hosts);
}

/** Throws if two hosts have one name. */
export function checkNames(at: PropPath, hosts: readonly Host[]): void {
  checkList(at, hosts);
  hosts.forEach((host, i) => checkInstance(at.index(i), host, Host));
  const names = new Set<string>();
  for (const { name } of hosts) {
    if (names.has(name)) at.refuse("name each host once", name);
    names.add(name);
  }
}

/**
 * Throws if a host's systemd does not know what units, or drop-ins, say. Each version is looked at once: a stack may have thousands of
 * hosts.
 */
export function checkUnits(hosts: readonly Host[], units: ReadonlyMap<string, UnitFile>): void {
  const passed = new Set<number>();
  for (const { name, options } of hosts) {
    const { systemdVersion } = options;
    if (systemdVersion === undefined || passed.has(systemdVersion) || isToken(systemdVersion)) continue;
    const at = PropPath.of("Host", name).key("systemdVersion");
    for (const unit of units.values()) checkSystemdVersion(at, unit, systemdVersion);
    passed.add(systemdVersion);
  }
}

type Delivery = Pick<DeploymentOptions, "rollout" | "lockTimeout" | "dependsOn">;

/** What a construct's props say of that. */
interface DeliveryProps {
  readonly rollout?: Rollout;
  readonly lockTimeout?: Duration;
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * How what is deployed comes to its hosts.
 * @throws if a prop is not what it should be
 */
export function deliveryOf(at: PropPath, props: DeliveryProps): Delivery {
  const { lockTimeout = DEFAULT_LOCK_TIMEOUT, dependsOn = [] } = props;
  const { rollout = Rollout.allAtOnce() } = props;
  checkInstance(at.key("rollout"), rollout, Rollout);
  checkInstance(at.key("lockTimeout"), lockTimeout, Duration);
  checkList(at.key("dependsOn"), dependsOn).forEach((one, i) => {
    if (typeof one?.fqn === "string") return;
    at.key("dependsOn").index(i).refuse("be a resource, such as one of another's 'resources'", one);
  });
  return { rollout, lockTimeout, dependsOn };
}
