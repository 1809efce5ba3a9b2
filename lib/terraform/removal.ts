import { type IConstruct } from "constructs";
import { checkOneOf } from "../values/check";
import { PropPath } from "../values/prop-path";
import { cdkOf, type TerraformStack } from "./cdk";

/** What a removal of a stack does: known by the stack, so that it may be said before or after the services. */
const REMOVALS = new WeakMap<TerraformStack, Removal>();

/**
 * How the Puma services of a stack are removed: from a host that leaves a list, and from all when all is destroyed.
 *
 * @example
 * Removal.of(stack).onUnreachableHost("continue");
 */
export class Removal {
  /**
   * The removal of a stack's services.
   * @param scope the stack, or a construct in it
   * @throws if it is in no stack
   * @example
   * const removal = Removal.of(stack);
   */
  static of(scope: IConstruct): Removal {
    const stack = cdkOf(scope).TerraformStack.of(scope);
    const removal = REMOVALS.get(stack) ?? new Removal(PropPath.of("Removal", stack.node.id));
    REMOVALS.set(stack, removal);
    return removal;
  }

  private outcome?: "fail" | "continue";

  private constructor(private readonly at: PropPath) {}

  /**
   * What happens if a host cannot be reached for a removal, most often because it is gone for good. With "continue" the
   * removal passes, and what is on such a host stays there; unless this is called it is "fail". It has to be applied before
   * the host leaves its list.
   * @param outcome of a removal that cannot reach its host
   * @throws if it is neither, or if the other one was said before
   */
  onUnreachableHost(outcome: "fail" | "continue"): void {
    const at = this.at.key("onUnreachableHost");
    checkOneOf(at, outcome, ["fail", "continue"]);
    if (this.outcome !== undefined && outcome !== this.outcome)
      at.refuse(`be said once for the whole stack: "${this.outcome}"`, outcome);
    this.outcome = outcome;
  }

  /** @internal As Terraform's `on_failure` has it. */
  get _onFailure(): string {
    return this.outcome ?? "fail";
  }
}
