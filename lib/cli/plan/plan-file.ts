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
  const plan = json(text) as PrintedPlan | null | undefined;
  if (typeof plan === "object" && plan !== null && "resource_changes" in plan) return plan;
  // Of a stack with nothing in it.
  if (typeof plan === "object" && plan !== null && "planned_values" in plan) return plan;
  throw new Error(
    `${from}: is not what 'terraform show -json PLAN' prints: make PLAN by 'terraform plan -out=PLAN'`,
  );
}

/** Why it is none stays unsaid: the words for that quote it, secrets and all. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function changeOf(printed: PrintedChange, configured: ReadonlyMap<unknown, PrintedResource>): Change {
  const { address = "", type = "", name = "", index, change = {} } = printed;
  const resource = configured.get(address) ?? configured.get(`${type}.${name}`);
  const before = { value: change.before ?? undefined, sensitive: change.before_sensitive };
  const after = { value: change.after, sensitive: change.after_sensitive, unknown: change.after_unknown };
  return {
    ...{ address, type, name, index: String(index ?? "") },
    actions: change.actions ?? [],
    before: objectOf(shown(before, after, SECRET)),
    after: change.after === null ? undefined : objectOf(shown(after, before, OTHER_SECRET)),
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

/** A value, and what is marked beside it. */
interface Marked {
  readonly value: unknown;
  readonly sensitive?: unknown;
  readonly unknown?: unknown;
}

/**
 * A value without what is sensitive of it: `show -json` prints that as it is, and marks it beside. What is marked on one side of
 * a change alone is the same secret on both.
 * @param another - the words for a secret that the other side has another of
 */
function shown(one: Marked, other: Marked, another: string): unknown {
  const { value, sensitive, unknown } = one;
  if (unknown === true) return UNKNOWN;
  const isThere = value !== null && value !== undefined;
  if (sensitive === true || (other.sensitive === true && isThere))
    return other.value === undefined || keyOf(other) === keyOf(one) ? SECRET : another;
  if (Array.isArray(value) || Array.isArray(unknown)) return itemsShown(one, other, another);
  return typeof value === "object" && isThere ? fieldsShown(one, other, another) : value;
}

function fieldsShown(one: Marked, other: Marked, another: string): Values {
  const names = new Set([...Object.keys(one.value as object), ...Object.keys(objectOf(one.unknown) ?? {})]);
  return Object.fromEntries(
    [...names].map((name) => [name, shown(fieldOf(one, name), fieldOf(other, name), another)]),
  );
}

/** Items of a list move as others come and go: the other side of one is what is equal, or a secret that is gone there. */
function itemsShown(one: Marked, other: Marked, another: string): unknown[] {
  const [items, others] = [itemsOf(one), itemsOf(other)];
  const known = new Map([...others].sort(secretsLast).map((item) => [keyOf(item), item]));
  const own = new Set(items.map(keyOf));
  const gone = others.find((item) => item.sensitive === true && !own.has(keyOf(item)));
  return items.map((item) => shown(item, known.get(keyOf(item)) ?? { value: gone?.value }, another));
}

function itemsOf(list: Marked): Marked[] {
  const lengths = [list.value, list.unknown].map((of) => (Array.isArray(of) ? of.length : 0));
  return Array.from({ length: Math.max(...lengths) }, (_, i) => fieldOf(list, String(i)));
}

function secretsLast(one: Marked, other: Marked): number {
  return Number(one.sensitive === true) - Number(other.sensitive === true);
}

function fieldOf({ value, sensitive, unknown }: Marked, name: string): Marked {
  const at = (of: unknown): unknown => objectOf(of)?.[name];
  return { value: at(value), sensitive: at(sensitive), unknown: at(unknown) };
}

function keyOf({ value }: Marked): string {
  return JSON.stringify(value) ?? "";
}
