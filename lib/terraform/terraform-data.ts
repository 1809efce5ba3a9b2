import { type Construct } from "constructs";
import { type TerraformResource } from "./cdk";
import { resource } from "./resource";

/** What a `terraform_data` holds, and when it is another. */
export interface TerraformDataOptions {
  readonly input?: unknown;
  readonly triggersReplace?: unknown;
  /** A map, as an expression. */
  readonly forEach?: string;
}

/** Terraform's built-in `terraform_data`. cdktf's own class for it starts a Terraform for each instance at synth. */
export function terraformData(
  scope: Construct,
  id: string,
  { input, triggersReplace, forEach }: TerraformDataOptions,
): TerraformResource {
  const attributes = { input, triggers_replace: triggersReplace };
  const data = resource(scope, id, { terraformResourceType: "terraform_data" }, attributes);
  if (forEach !== undefined) data.addOverride("for_each", forEach);
  return data;
}
