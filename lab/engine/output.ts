/** What `show -json` says of a plan, as far as tests read it. */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
}

/** One change of a plan. */
export interface ResourceChange {
  readonly address: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Record<string, unknown> | null;
    readonly after: Record<string, unknown> | null;
  };
}

/** The changes of a plan that would do something. */
export function changesOf(plan: Plan): readonly ResourceChange[] {
  return (plan.resource_changes ?? []).filter(({ change }) => change.actions.join() !== "no-op");
}

/** What the run on one host printed, without the engine's own lines: `outputOf(text, "null_resource.puma_web_on_a")`. */
export function outputOf(text: string, address: string): string {
  const prefixes = ["remote-exec", "local-exec"].map((kind) => `${address} (${kind}): `);
  const lines = text.split("\n").flatMap((line) => {
    const prefix = prefixes.find((one) => line.startsWith(one));
    return prefix === undefined ? [] : [line.slice(prefix.length)];
  });
  // What the engine says in the place of a command that it is to keep to itself.
  return lines.filter((line) => !line.startsWith("local-exec: Executing:")).join("\n");
}

/** The engine's error about a resource, as one line without its frame; "" where there is none. */
export function errorOf(text: string, address: string): string {
  const errors = text.split(/\n(?=.{0,3}Error: )/).filter((part) => part.includes(`with ${address}`));
  return errors
    .join("\n")
    .replace(/^[│╷╵ ]+/gm, "")
    .replace(/\s*\n\s*/g, " ");
}
