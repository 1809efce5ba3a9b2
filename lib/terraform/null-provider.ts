import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource, type ResourceConfig } from "@cdktf/provider-null/lib/resource";
import { type Construct, type IConstruct } from "constructs";
import { Aspects, TerraformProvider, type TerraformStack } from "./engine";

/** One `null_resource`. */
export function nullResource(scope: Construct, id: string, config: ResourceConfig): Resource {
  return new Resource(scope, id, config);
}

export type { Resource } from "@cdktf/provider-null/lib/resource";

/** Gives a stack a null provider at synth, unless its author has by then: two without alias would be an error. */
export function ensureNullProvider(stack: TerraformStack): void {
  Aspects.of(stack).add({
    visit(node: IConstruct): void {
      if (node === stack && !stack.node.findAll().some(isDefaultNullProvider))
        new NullProvider(stack, "null");
    },
  });
}

/** Told by its type: bindings that a user generated are another class. */
function isDefaultNullProvider(node: IConstruct): boolean {
  return (
    node instanceof TerraformProvider && node.terraformResourceType === "null" && node.alias === undefined
  );
}
