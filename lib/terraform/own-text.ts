import { createHash } from "node:crypto";
import { type Construct } from "constructs";
import { cdkOf } from "./cdk";

/**
 * The address of a long text of the library's own: the default of a variable, which an engine reads once, and as it is. In a local it
 * would be a template, of which each walk of a plan looks for the references anew. Nobody sets it.
 */
export function ownText(scope: Construct, name: string, text: string): string {
  const { TerraformVariable } = cdkOf(scope);
  const description = "A script of cdktf-puma, which sets it.";
  const variable = new TerraformVariable(scope, name, {
    type: "string",
    default: text,
    nullable: false,
    description,
  });
  const hash = createHash("sha256").update(text).digest("hex");
  variable.addValidation({
    condition: `\${sha256(var.${name}) == "${hash}"}`,
    errorMessage: "cdktf-puma: this variable is a script of the library's own: leave it unset.",
  });
  variable.overrideLogicalId(name);
  return `var.${name}`;
}
