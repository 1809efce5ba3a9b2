import { isRemovals } from "../../terraform/names";
import { type Fields } from "./reach";
import { parsed } from "./stack-file";

interface Instance {
  readonly index_key?: unknown;
  readonly attributes?: { readonly output?: { readonly value?: unknown } };
}

interface Resource {
  readonly type?: string;
  readonly name?: string;
  /** As `terraform show -json` prints it. */
  readonly index?: unknown;
  readonly values?: { readonly output?: unknown };
  /** As a state has it. */
  readonly instances?: readonly Instance[];
}

/** What a state may look like. */
interface State {
  readonly resources?: readonly Resource[];
  readonly values?: { readonly root_module?: { readonly resources?: readonly Resource[] } };
}

/** What the engine knew of services' hosts at its last apply: of which stack they are, and which key they have there. */
export interface Applied {
  readonly owner: string;
  readonly key: string;
  readonly fields: Fields;
}

/**
 * What a state says: what `terraform show -json` prints, or the file of a local state, or what `terraform state pull` prints.
 * @throws if it is none of these
 */
export function appliedIn(path: string): Applied[] {
  const state = (parsed(path) ?? {}) as State;
  const resources = state.values?.root_module?.resources ?? state.resources;
  if (!Array.isArray(resources))
    throw new Error(`${path}: is neither what 'terraform show -json' prints nor a state`);
  return (resources as Resource[])
    .filter(({ type, name }) => type === "terraform_data" && isRemovals(name ?? ""))
    .flatMap(instancesOf)
    .filter(([key, fields]) => typeof key === "string" && typeof fields === "object" && fields !== null)
    .map(([key, fields]) => ({
      ...{ owner: String((fields as Fields).owner), key: String(key) },
      fields: Object.fromEntries(Object.entries(fields as Fields).filter(([, value]) => value !== null)),
    }));
}

function instancesOf({ index, values, instances = [] }: Resource): [key: unknown, fields: unknown][] {
  const shown: [unknown, unknown][] = values === undefined ? [] : [[index, values.output]];
  return [
    ...shown,
    ...instances.map(({ index_key: key, attributes }): [unknown, unknown] => [
      key,
      attributes?.output?.value,
    ]),
  ];
}
