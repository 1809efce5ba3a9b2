import { type Fleet, type Placement } from "./fleet";
import { WrongCall } from "../terminal/output";

/** Which part of a fleet is meant: names with `*` and `?`, several set apart by commas. */
export interface Selection {
  readonly hosts?: string;
  readonly services?: string;
  readonly stacks?: string;
}

type Named = Readonly<Record<keyof Selection, string>>;

/**
 * The part of a fleet that is meant.
 * @throws if a name is nobody's: it would be a slip
 */
export function selected(fleet: Fleet, selection: Selection): Fleet {
  const all: Named[] = [
    ...fleet.placements.map(namesOf),
    ...fleet.unreached.map(({ host, service, stack }) => ({ hosts: host, services: service, stacks: stack })),
  ];
  for (const [kind, globs = ""] of Object.entries(selection)) checkMeant(kind as keyof Selection, globs, all);
  const isMeant = (names: Named): boolean =>
    Object.entries(selection).every(([kind, globs = ""]) => meets(globs, names[kind as keyof Selection]));
  return {
    placements: fleet.placements.filter((one) => isMeant(namesOf(one))),
    unreached: fleet.unreached.filter(({ host, service, stack }) =>
      isMeant({ hosts: host, services: service, stacks: stack }),
    ),
  };
}

function namesOf({ host, service, stack }: Placement): Named {
  return { hosts: host.name, services: service, stacks: stack };
}

function checkMeant(kind: keyof Selection, globs: string, all: readonly Named[]): void {
  const names = [...new Set(all.map((one) => one[kind]))];
  const missing = patterns(globs).find((glob) => !names.some((name) => expression(glob).test(name)));
  if (missing === undefined) return;
  const shown = names.length > 10 ? `${names.slice(0, 10).join(", ")}, …` : names.join(", ");
  throw new WrongCall(`--${kind}: '${missing}' is none of ${shown}`);
}

function patterns(globs: string): string[] {
  return globs.split(",").filter(Boolean);
}

function meets(globs: string, name: string): boolean {
  const all = patterns(globs);
  return all.length === 0 || all.some((glob) => expression(glob).test(name));
}

function expression(glob: string): RegExp {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${escaped}$`);
}
