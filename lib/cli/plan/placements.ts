import { identifier } from "../../terraform/identifier";
import { installationName, INVENTORY, isRemovals, secretsName } from "../../terraform/names";
import { type Change, type Plan, type Values } from "./plan-file";

/** A service on a host, as the plan knows it by its removal there. */
export interface Placement {
  /** The service, and whose it is if a user's own systemd has it. */
  readonly label: string;
  readonly host: string;
  readonly address: string;
  /** The stack, and its workspace unless that is the default one. */
  readonly owner: string;
  /** The addresses of what installs it there, and of what brings its secrets. */
  readonly installation: string;
  readonly secrets: string;
  /** What becomes of the removal. */
  readonly removal: Change;
}

/** Whether a resource holds what a removal has to know. */
export function isRemoval({ type, name }: Change): boolean {
  return type === "terraform_data" && isRemovals(name);
}

/** Every service on every host, before the plan or after it. */
export function placementsIn({ changes }: Plan): Placement[] {
  return changes.filter(isRemoval).flatMap(placementOf);
}

function placementOf(removal: Change): Placement[] {
  const kept = (removal.after ?? removal.before)?.input as Values | undefined;
  if (kept === undefined) return [];
  const [service, host, address, owner] = ["service", "name", "address", "owner"].map((name) =>
    String(kept[name] ?? ""),
  ) as [string, string, string, string];
  const end = removal.index.lastIndexOf(`@${host}@`);
  return [
    {
      label: end < 0 ? service : removal.index.slice(0, end),
      ...{ host, address, owner, removal },
      installation: `null_resource.${identifier(installationName(service, host))}`,
      secrets: `terraform_data.${identifier(secretsName(service, host))}`,
    },
  ];
}

/** A place with a service in the place of another. */
export interface Rename {
  readonly host: string;
  readonly from: string;
  readonly to: string;
}

/** What comes in the place of what, as the plan's inventory says it: `"web1 at 10.0.1.11" = "web" -> "shop"`. */
export function renamesIn({ at }: Plan, placements: readonly Placement[]): Rename[] {
  const inventory = at.get(`terraform_data.${INVENTORY}`);
  const [before, after] = [inventory?.before?.input, inventory?.after?.input] as (Values | undefined)[];
  const labels = [...new Set(placements.map(({ label }) => label))];
  return Object.entries(after ?? {}).flatMap(([place, services]): Rename[] => {
    const [old, now] = [labelsOf(before?.[place], labels), labelsOf(services, labels)];
    const [gone, come] = [without(old, now), without(now, old)];
    const host = place.slice(0, place.lastIndexOf(" at "));
    const [from, to] = [gone[0], come[0]];
    return gone.length === 1 && come.length === 1 && from && to ? [{ host, from, to }] : [];
  });
}

/** The labels in a list of them, in which one of a user's service has spaces. */
function labelsOf(list: unknown, labels: readonly string[]): string[] {
  const words = ` ${String(list ?? "")} `;
  return labels.filter((label) => words.includes(` ${label} `));
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((one) => !others.includes(one));
}
