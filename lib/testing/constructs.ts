import { type IConstruct } from "constructs";
import { type UnitFile } from "../systemd/unit-file";
import { type Cdk, cdkOf } from "../terraform/cdk";
import { type Deployment } from "../terraform/deployment";
import { withStringTokens } from "../terraform/tokens";
import { holdsToken } from "../values/marker";
import { type PlacedUnit } from "./placed-unit";

/** Told by what it has: a test may have loaded a stack in modules of its own. */
export function isConstruct(source: unknown): source is IConstruct {
  return typeof source === "object" && source !== null && "node" in source;
}

/** The units of the services and drop-ins that are in a construct, or of the one that it is; of a socket, its own. */
export function unitsOfConstruct(scope: IConstruct): PlacedUnit[] {
  const all = (isSocket(scope) ? scope.node.root : scope).node.findAll();
  return all.filter(isDeployed).flatMap((construct) => {
    const { units, hosts } = construct._deployment.placed;
    return [...units]
      .filter(([, unit]) => !isSocket(scope) || unit === scope._unit)
      .map(([file, unit]) => ({
        file,
        text: readable(construct, unit.toString()),
        hosts: hosts.map(({ name }) => name),
      }));
  });
}

function isDeployed(construct: IConstruct): construct is IConstruct & { readonly _deployment: Deployment } {
  return "_deployment" in construct;
}

function isSocket(construct: IConstruct): construct is IConstruct & { readonly _unit?: UnitFile } {
  return "_takenBy" in construct;
}

/** A token as the engine's own language has it, such as `${var.size}`, and not as the marker that differs from run to run. */
function readable(scope: IConstruct, text: string): string {
  if (!holdsToken(text)) return text;
  const cdk: Cdk = cdkOf(scope);
  const resolver = new cdk.DefaultTokenResolver(new cdk.StringConcat());
  return cdk.Tokenization.resolve(withStringTokens(cdk, text), { scope, preparing: false, resolver });
}
