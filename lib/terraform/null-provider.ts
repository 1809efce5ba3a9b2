import type * as nullBindings from "@cdktf/provider-null";
import { type Construct, type IConstruct } from "constructs";
import { type Cdk, cdkOf, installed, type TerraformProvider, type TerraformResource } from "./cdk";
import { resource } from "./resource";

type Bindings = Pick<typeof nullBindings, "provider" | "resource">;

const BINDINGS = [
  installed<Bindings>(() => require("@cdktf/provider-null")),
  installed<Bindings>(() => require("@cdktn/provider-null")),
];

/** The provider's bindings for a CDK; undefined if none are installed, or only those for another one. */
function bindingsFor({ TerraformProvider }: Cdk): Bindings | undefined {
  for (const load of BINDINGS) {
    const bindings = load();
    if (bindings?.provider.NullProvider.prototype instanceof TerraformProvider) return bindings;
  }
  return undefined;
}

/** What the bindings would know of the provider. */
const NULL = {
  terraformResourceType: "null",
  terraformProviderSource: "hashicorp/null",
  terraformGeneratorMetadata: { providerName: "null", providerVersionConstraint: "~> 3.2" },
};

/** What a `null_resource` is made of: its triggers are one expression, since synth takes longer for each entry. */
export interface NullResourceOptions extends Omit<nullBindings.resource.ResourceConfig, "triggers"> {
  readonly triggers: string;
}

/** One `null_resource`. */
export function nullResource(scope: Construct, id: string, options: NullResourceOptions): TerraformResource {
  const { triggers, ...others } = options;
  const bindings = bindingsFor(cdkOf(scope));
  // A string in the place of a map is passed on as it is.
  if (bindings) return new bindings.resource.Resource(scope, id, { ...others, triggers: triggers as never });
  const { terraformGeneratorMetadata } = NULL;
  const type = { terraformResourceType: "null_resource", terraformGeneratorMetadata };
  return resource(scope, id, { ...type, ...others }, { triggers });
}

/**
 * Gives a stack a null provider at synth, unless its author has by then: two without alias would be an error.
 * @param scope of the library's own, in which no name is the author's
 */
export function ensureNullProvider(scope: Construct): void {
  const cdk = cdkOf(scope);
  const stack = cdk.TerraformStack.of(scope);
  const isDefault = (node: IConstruct): boolean =>
    // Told by its type: bindings that a user generated are another class.
    node instanceof cdk.TerraformProvider &&
    node.terraformResourceType === "null" &&
    node.alias === undefined;
  cdk.Aspects.of(stack).add({
    visit(node: IConstruct): void {
      if (node === stack && !stack.node.findAll().some(isDefault)) addNullProvider(scope, cdk);
    },
  });
}

function addNullProvider(scope: Construct, cdk: Cdk): TerraformProvider {
  const bindings = bindingsFor(cdk);
  if (bindings) return new bindings.provider.NullProvider(scope, "null");
  class NullProvider extends cdk.TerraformProvider {}
  return new NullProvider(scope, "null", NULL);
}
