/** Plans as `show -json` prints them, of a stack with a service `web`. */

/** What is edited of one resource. */
export interface Made {
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly more?: object;
  readonly change?: object;
}

/** What is printed of a resource. */
export function resource(
  address: string,
  { actions = ["no-op"], before, after, more, change }: Made,
): object {
  const [, type = "", name = "", index] = /^(\w+)\.([\w-]+)(?:\["(.*)"\])?$/.exec(address) ?? [];
  return {
    ...{ address, mode: "managed", type, name, ...(index !== undefined && { index }), ...more },
    change: { actions, before: before ?? null, after: after ?? null, ...change },
  };
}

/** A service on hosts, whose lines and triggers change as said; each host is a batch of its own. */
export interface Service {
  readonly name?: string;
  readonly hosts: readonly string[];
  readonly before?: Record<string, string | readonly string[]>;
  readonly after: Record<string, string | readonly string[]>;
  /** By the triggers of an installation, how they change. */
  readonly triggers?: Record<string, readonly [before: string | undefined, after: string | undefined]>;
  readonly owner?: string;
}

export const REPLACED = ["delete", "create"];

/** What a plan prints of a service. */
export function service({
  name = "web",
  hosts,
  before,
  after,
  triggers = {},
  owner = "blog",
}: Service): object[] {
  const isChanged = Object.keys(triggers).length > 0;
  const review = resource(`terraform_data.puma_${name}`, {
    actions: JSON.stringify(before ?? after) === JSON.stringify(after) ? undefined : REPLACED,
    before: { triggers_replace: before ?? after },
    after: { triggers_replace: after },
  });
  return [
    review,
    ...hosts.flatMap((host, i) => {
      const of = (which: 0 | 1): object => ({
        triggers: {
          ...{ host, address: `10.0.1.1${i + 1}` },
          ...Object.fromEntries(
            Object.entries(triggers).flatMap(([key, values]) =>
              values[which] === undefined ? [] : [[key, values[which]]],
            ),
          ),
        },
      });
      const actions = isChanged ? REPLACED : undefined;
      return [
        removal(name, host, i, owner),
        resource(`null_resource.puma_${name}_on_${host}`, { actions, before: of(0), after: of(1) }),
      ];
    }),
  ];
}

/** What takes a service from a host. */
export function removal(name: string, host: string, i: number, owner = "blog", made: Made = {}): object {
  const address = `10.0.1.1${i + 1}`;
  const input = { input: { service: name, name: host, address, owner } };
  return resource(`terraform_data.puma_removals["${name}@${host}@${address}"]`, {
    ...{ before: input, after: input, ...made },
  });
}

/** The whole of a plan; each installation refers to its service, and stands behind the batch before. */
export function plan(changes: readonly object[], rest: object = {}): string {
  const printed = changes as { address: string; type: string; name: string }[];
  const counts = new Map<string, number>();
  const resources = printed
    .filter(({ type, name }) => type === "null_resource" && /_on_/.test(name))
    .map(({ address, name }) => {
      const id = name.replace(/_on_.*$/, "");
      const count = counts.get(id) ?? 0;
      counts.set(id, count + 1);
      return {
        address,
        expressions: { triggers: { references: [`local.${id}_triggers`] } },
        depends_on: count > 0 ? [`local.${id}_batch_${count}`] : [],
      };
    });
  return JSON.stringify({
    ...{ format_version: "1.2", resource_changes: changes },
    configuration: { root_module: { resources } },
    ...rest,
  });
}
