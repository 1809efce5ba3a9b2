import { Construct } from "constructs";
import { type PropPath } from "../values/prop-path";
import { cdkOf } from "./cdk";

/** What a resource can depend on: a resource, a data source or a module of either CDK. */
export interface ITerraformDependable {
  /** Its address in the configuration, such as `null_resource.web`. */
  readonly fqn: string;
}

/**
 * The addresses of what everything in a stack waits for.
 * @throws if one is in another stack, where the CDK writes what no engine reads
 */
export function addressesOf(scope: Construct, at: PropPath, dependables: ITerraformDependable[]): string[] {
  const cdk = cdkOf(scope);
  const own = cdk.TerraformStack.of(scope).node.path;
  return dependables.map((one, i) => {
    const stack = Construct.isConstruct(one) ? cdk.TerraformStack.of(one).node.path : own;
    if (stack !== own)
      at.index(i).fail(
        `must be of the stack '${own}', and is of '${stack}': stacks are put in an order by addDependency()`,
      );
    return cdk.dependable(one);
  });
}
