import { type Construct } from "constructs";
import { TerraformResource } from "./engine";

/** What a `terraform_data` holds, and when it is another. */
export interface TerraformDataOptions {
  readonly input?: unknown;
  readonly triggersReplace?: unknown;
  /** A map, as an expression. */
  readonly forEach?: string;
}

/** Terraform's built-in `terraform_data`. cdktf's own class for it starts a Terraform for each instance at synth. */
export class TerraformData extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly options: TerraformDataOptions,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data" });
    if (options.forEach !== undefined) this.addOverride("for_each", options.forEach);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { input, triggersReplace } = this.options;
    return { input, triggers_replace: triggersReplace };
  }
}
