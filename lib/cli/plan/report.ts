import { isChanged, type PlannedService, servicesIn } from "./planned";
import { isRemoval, type Placement, placementsIn, type Rename, renamesIn } from "./placements";
import { type Change, type Plan, type Values } from "./plan-file";

/** Resources of the stack that are none of the library's, by what becomes of them. */
export interface OtherResources {
  readonly added: number;
  readonly changed: number;
  readonly destroyed: number;
}

/** What a plan says of the services of its stack. */
export interface Report {
  readonly stack: string;
  readonly services: readonly PlannedService[];
  readonly renames: readonly Rename[];
  /** What is taken from its host. */
  readonly removed: readonly Placement[];
  /** What stays on its host as it is, and is no more the stack's. */
  readonly retained: readonly Placement[];
  readonly others: OtherResources;
  /** How many hosts change of which nothing else is known, as in a plan of another version of the library. */
  readonly untold: number;
  readonly isErrored: boolean;
}

/**
 * What a plan says.
 * @param from - what the stack is called of which nothing else is known
 */
export function reportOf(plan: Plan, from: string): Report {
  const placements = placementsIn(plan);
  const renames = renamesIn(plan, placements);
  const leaving = placements.filter(
    (one) => one.removal.actions.includes("delete") && !isRenamed(one, renames),
  );
  return {
    stack: placements.map(({ owner }) => owner).find((owner) => owner !== "") ?? from,
    services: servicesIn(plan, placements, renames),
    renames,
    removed: leaving.filter((one) => !isRetained(one)),
    retained: leaving.filter(isRetained),
    others: othersIn(plan.changes.filter((one) => !isOurs(one))),
    untold: untoldIn(plan, placements),
    isErrored: plan.isErrored,
  };
}

function isRenamed({ label, host }: Placement, renames: readonly Rename[]): boolean {
  return renames.some((one) => one.host === host && one.from === label);
}

function isRetained({ removal }: Placement): boolean {
  return (removal.before?.input as { retain?: unknown } | undefined)?.retain === true;
}

/** The library's own names all begin so, and no other resource has these types and such a name. */
function isOurs(change: Change): boolean {
  const { type, name } = change;
  const isType = type === "null_resource" || type === "terraform_data";
  return isRemoval(change) || (isType && /^pumas?_/.test(name));
}

/** Installations, which name their host, that no removal knows. */
function untoldIn({ changes }: Plan, placements: readonly Placement[]): number {
  const told = new Set(placements.map(({ installation }) => installation));
  const isInstallation = ({ type, before, after }: Change): boolean => {
    const triggers = (after ?? before)?.triggers as Values | undefined;
    return type === "null_resource" && triggers?.host !== undefined;
  };
  return changes.filter(
    (one) => isOurs(one) && isChanged(one) && isInstallation(one) && !told.has(one.address),
  ).length;
}

function othersIn(changes: readonly Change[]): OtherResources {
  const changed = changes.filter(isChanged);
  const count = (action: string): number => changed.filter(({ actions }) => actions.includes(action)).length;
  return { added: count("create"), changed: count("update"), destroyed: count("delete") };
}
