import { type Construct } from "constructs";
import { type TerraformResource } from "./cdk";
import { type Namespace } from "./namespace";

/**
 * The address of one thing to wait for in the place of many, so that what waits does not name each of them. It is a local: the
 * engine computes it when all are done, and never if one fails; no plan shows it and no state keeps it.
 */
export function barrier(
  scope: Construct,
  names: Namespace,
  name: string,
  resources: readonly TerraformResource[],
): string {
  const ids = resources.map((one) => `${one.terraformResourceType}.${one.friendlyUniqueId}.id`);
  return `local.${names.late(scope, name, () => `\${[${ids.join(", ")}]}`)}`;
}
