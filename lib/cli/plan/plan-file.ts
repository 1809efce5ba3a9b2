/** A change as `terraform show -json` and `tofu show -json` print it. */
interface PrintedChange {
  readonly address?: string;
  readonly mode?: string;
  readonly type?: string;
  readonly name?: string;
  readonly index?: unknown;
  readonly action_reason?: string;
  readonly change?: {
    readonly actions?: readonly string[];
    readonly before?: unknown;
    readonly after?: unknown;
    readonly after_unknown?: unknown;
    readonly before_sensitive?: unknown;
    readonly after_sensitive?: unknown;
  };
}

interface PrintedResource {
  readonly address?: string;
  readonly depends_on?: readonly string[];
  readonly expressions?: Readonly<Record<string, { readonly references?: readonly string[] } | undefined>>;
}

interface PrintedPlan {
  readonly format_version?: unknown;
  readonly errored?: unknown;
  readonly resource_changes?: readonly PrintedChange[];
  readonly configuration?: {
    readonly root_module?: { readonly resources?: readonly PrintedResource[] };
  };
}

/** A JSON object. */
export type Values = Readonly<Record<string, unknown>>;

/** What becomes of a resource. Of its values nothing secret is here, and what only an apply knows is said in words. */
export interface Change {
  readonly address: string;
  /** With a type of the library's own, and without the index. */
  readonly type: string;
  readonly name: string;
  readonly index: string;
  readonly actions: readonly string[];
  readonly before: Values | undefined;
  readonly after: Values | undefined;
  /** Whether it was begun at the last apply, and has failed. */
  readonly isTainted: boolean;
  /** What its resource stands behind in the configuration, and what its `triggers` refer to. */
  readonly dependsOn: readonly string[];
  readonly references: readonly string[];
}

/** A plan, as far as it is told to people. */
export interface Plan {
  /** Of resources alone, those that stay as they are among them. */
  readonly changes: readonly Change[];
  /** The same by their addresses. */
  readonly at: ReadonlyMap<string, Change>;
  /** Whether the engine failed before it was whole. */
  readonly isErrored: boolean;
}

/**
 * Reads what `terraform show -json PLAN` or `tofu show -json PLAN` prints.
 * @param from - where it comes from, for the error
 * @throws if it is anything else
 */
export function planIn(text: string, from: string): Plan {
  const { resource_changes: changes = [], configuration, errored } = parsed(text, from);
  const resources = configuration?.root_module?.resources ?? [];
  const configured = new Map(resources.map((one) => [one.address, one]));
  const managed = changes.filter(({ mode }) => mode === "managed").map((one) => changeOf(one, configured));
  return {
    changes: managed,
    at: new Map(managed.map((one) => [one.address, one])),
    isErrored: errored === true,
  };
}

function parsed(text: string, from: string): PrintedPlan {
  const plan = json(text, from) as PrintedPlan | null;
  if (typeof plan === "object" && plan !== null && "resource_changes" in plan) return plan;
  // Of a stack with nothing in it.
  if (typeof plan === "object" && plan !== null && "planned_values" in plan) return plan;
  throw new Error(
    `${from}: is not what 'terraform show -json PLAN' prints: make PLAN by 'terraform plan -out=PLAN'`,
  );
}

function json(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${from}: ${(error as Error).message}`, { cause: error });
  }
}

function changeOf(printed: PrintedChange, configured: ReadonlyMap<unknown, PrintedResource>): Change {
  const { address = "", type = "", name = "", index, change = {} } = printed;
  const resource = configured.get(address) ?? configured.get(`${type}.${name}`);
  const before = shown(change.before, change.before_sensitive, undefined, undefined);
  const after = shown(change.after, change.after_sensitive, change.after_unknown, change.before);
  return {
    ...{ address, type, name, index: String(index ?? "") },
    actions: change.actions ?? [],
    before: objectOf(before),
    after: change.after === null ? undefined : objectOf(after),
    isTainted: printed.action_reason === "replace_because_tainted",
    dependsOn: resource?.depends_on ?? [],
    references: resource?.expressions?.triggers?.references ?? [],
  };
}

function objectOf(value: unknown): Values | undefined {
  return typeof value === "object" && value !== null ? (value as Values) : undefined;
}

const SECRET = "(sensitive value)";
const OTHER_SECRET = "(another sensitive value)";
const UNKNOWN = "(known after apply)";

/** A value without what is sensitive of it: `show -json` prints that as it is, and marks it beside. */
function shown(value: unknown, sensitive: unknown, unknown: unknown, before: unknown): unknown {
  if (unknown === true) return UNKNOWN;
  if (sensitive === true)
    return before === undefined || JSON.stringify(before) === JSON.stringify(value) ? SECRET : OTHER_SECRET;
  if (Array.isArray(value) || Array.isArray(unknown))
    return Object.values(fieldsShown(value ?? [], sensitive, unknown, before));
  const isObject = typeof value === "object" && value !== null;
  return isObject ? fieldsShown(value, sensitive, unknown, before) : value;
}

function fieldsShown(value: unknown, sensitive: unknown, unknown: unknown, before: unknown): Values {
  const names = new Set([...Object.keys(value as object), ...Object.keys(objectOf(unknown) ?? {})]);
  const at = (of: unknown, name: string): unknown => objectOf(of)?.[name];
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      shown(at(value, name), at(sensitive, name), at(unknown, name), at(before, name)),
    ]),
  );
}
