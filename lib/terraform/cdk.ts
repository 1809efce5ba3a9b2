/*
 * The one file that knows which CDKs for Terraform there are: cdktf, and its fork cdktn. They have the same names, and
 * what one of them makes belongs into its own stacks only, so whoever writes into a stack asks which one it is of.
 */
import type * as cdktf from "cdktf";
import { type IConstruct } from "constructs";
import { once } from "../values/once";

export type {
  Precondition,
  SSHProvisionerConnection,
  TerraformProvider,
  TerraformResource,
  TerraformResourceConfig,
  TerraformResourceLifecycle,
  TerraformStack,
} from "cdktf";

/** What cdktf exports, and cdktn as well. */
export type Cdk = typeof cdktf;

/**
 * By the names under which they are installed, so that an alias of npm serves too. One is loaded where it is asked for: that takes
 * longer than all of this library.
 */
const CDKS: ReadonlyMap<string, () => Cdk | undefined> = new Map([
  ["cdktf", installed<Cdk>(() => require("cdktf"))],
  ["cdktn", installed<Cdk>(() => require("cdktn"))],
]);

/** Loads an optional package once, where it is asked for: what it exports; undefined if it is not installed. */
export function installed<T>(load: () => T): () => T | undefined {
  return once(() => {
    try {
      return load();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
      throw error;
    }
  });
}

/** The CDK that is installed, and the name that it has there: cdktf where both are. */
export function installedCdk(): { readonly name: string; readonly cdk: Cdk } | undefined {
  for (const [name, load] of CDKS) {
    const cdk = load();
    if (cdk) return { name, cdk };
  }
  return undefined;
}

/**
 * The CDK of the stack that a construct is in.
 * @throws if it is in none, or in one of another copy than those that this library finds
 */
export function cdkOf(scope: IConstruct): Cdk {
  const { scopes } = scope.node;
  for (const load of CDKS.values()) {
    const cdk = load();
    if (cdk && scopes.some((one) => one instanceof cdk.TerraformStack)) return cdk;
  }
  const stack = scopes.find(isStack);
  throw new Error(
    stack
      ? ofAnotherCopy(stack)
      : `cdktf-puma: '${scope.node.path}' must be in a TerraformStack, and is in none`,
  );
}

/** Told by the mark that every copy of either leaves on its stacks. */
function isStack(construct: IConstruct): boolean {
  return Symbol.for("cdktf/TerraformStack") in construct;
}

function ofAnotherCopy({ node }: IConstruct): string {
  const found = [...CDKS].flatMap(([name, load]) => (load() ? [require.resolve(name)] : []));
  return (
    `cdktf-puma: the stack '${node.path}' is of another copy of cdktf or cdktn than cdktf-puma itself finds ` +
    `(${found.join(", ") || "none"}). 'npm ls cdktf cdktn' shows all copies. There should be one of each: give all ` +
    "packages of your project the same version, and run 'npm dedupe'. A cdktf-puma from a folder is installed from " +
    "what 'npm pack' makes of it: a linked one finds the copies beside its sources"
  );
}
