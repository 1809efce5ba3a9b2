import { type Construct } from "constructs";
import { holdsToken } from "../values/marker";
import { cdkOf } from "./cdk";
import { identifier } from "./identifier";

/** The Terraform names that the services of a stack have taken. */
export class Namespace {
  private readonly names = new Set<string>();

  /**
   * A name for one use: cdktf would merge two elements of one name without a word.
   * @throws if it is taken, as `a_on_b` on `c` and `a` on `b_on_c` would be
   */
  claim(text: string, kind: "resource" | "local" | "variable" = "resource"): string {
    const name = identifier(text);
    if (this.names.has(`${kind} ${name}`)) {
      throw new Error(
        `cdktf-puma: the services' and hosts' names make two things the same in Terraform, '${name}': choose other names`,
      );
    }
    this.names.add(`${kind} ${name}`);
    return name;
  }

  /** A named value, once for all that refer to it. */
  local(scope: Construct, text: string, value: unknown): string {
    const name = this.claim(text, "local");
    const { TerraformLocal } = cdkOf(scope);
    new TerraformLocal(scope, name, value).overrideLogicalId(name);
    return name;
  }

  /**
   * A named value that has an entry for each host, and may be complete at synth only. The CDK resolves values three times, a stack's
   * overrides once: so it is one, and a local for the tokens in it alone, of which the first time may make references to other
   * stacks.
   */
  late(scope: Construct, text: string, produce: () => unknown): string {
    const { Lazy, TerraformStack } = cdkOf(scope);
    const tokens = (): unknown => [produce()].find(holdsToken);
    const name = this.local(
      scope,
      text,
      Lazy.anyValue({ produce: ({ preparing }) => preparing && tokens() }),
    );
    TerraformStack.of(scope).addOverride(`locals.${name}`, Lazy.anyValue({ produce }));
    return name;
  }
}
