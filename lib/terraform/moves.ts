import { type Construct } from "constructs";
import { cdkOf } from "./cdk";

/** What the engine is to take for one thing: addresses of a configuration. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Writes moves that are complete at synth only. The engine passes over those of which nothing is in the state. No token is in an
 * address, so nothing of them is prepared.
 */
export function writeMoves(scope: Construct, id: string, produce: () => readonly Move[]): void {
  const { Lazy, TerraformElement } = cdkOf(scope);
  const moved = Lazy.anyValue({ produce: ({ preparing }) => (preparing ? [] : produce()) });
  class Moves extends TerraformElement {
    override toTerraform(): object {
      return { moved };
    }
  }
  new Moves(scope, id);
}
