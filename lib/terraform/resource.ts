import { type Construct } from "constructs";
import { cdkOf, type TerraformResource, type TerraformResourceConfig } from "./cdk";

/** A resource of the scope's CDK, with the attributes that its type has. */
export function resource(
  scope: Construct,
  id: string,
  config: TerraformResourceConfig,
  attributes: Record<string, unknown>,
): TerraformResource {
  const { TerraformResource } = cdkOf(scope);
  class Resource extends TerraformResource {
    protected override synthesizeAttributes(): Record<string, unknown> {
      return attributes;
    }
  }
  return new Resource(scope, id, config);
}
