/*
 * How the configuration names what it has of services. Who reads a stack, a plan or a state goes by the same names.
 */

/** Removals, by who knows the host, and by who reaches it: a provisioner is of one kind for all instances of its resource. */
export const REMOVALS = {
  program: { engine: "puma_removals", openssh: "puma_openssh_removals" },
  engine: { engine: "puma_unordered_removals", openssh: "puma_unordered_openssh_removals" },
} as const;

const ALL_REMOVALS: readonly string[] = Object.values(REMOVALS).flatMap((names) => Object.values(names));

/** Whether `terraform_data` of this name holds what removals have to know: every service on every host. */
export function isRemovals(name: string): boolean {
  return ALL_REMOVALS.includes(name);
}

/** The local of the same, and how each host is reached. */
export function removalsHosts(name: string): string {
  return `${name}_hosts`;
}

/** Whether a local is one of these. */
export function isRemovalsHosts(name: string): boolean {
  return ALL_REMOVALS.some((one) => name === removalsHosts(one));
}

/** The `terraform_data` that says which services are on which host. */
export const INVENTORY = "pumas_by_host";

/** What installs a service on a host. It is no identifier yet. */
export function installationName(service: string, host: string): string {
  return `puma_${service}_on_${host}`;
}

/** What brings a service's secrets to a host. It is no identifier yet. */
export function secretsName(service: string, host: string): string {
  return `puma_${service}_secrets_on_${host}`;
}
