import { type Construct } from "constructs";
import { type DeployStrategy } from "../deploy/deploy-strategy";
import { type PlanPart, planParts, releaseSentence } from "../deploy/plan-parts";
import { type UnitFile } from "../systemd/unit-file";
import { hashOf, linesIn } from "./payload";
import { type StackResources } from "./stack-resources";
import { terraformText } from "./terraform-text";

/** By what changes of a service the engine replaces its resources. */
export interface ServiceTriggers {
  /** In the resource of each host: hashes, under names that another restart mode does not change. */
  readonly ofHosts: Readonly<Record<string, string>>;
  /** In the one for whoever reads the plan: the lines themselves, under what a change of them does to Puma. */
  readonly ofReview: Readonly<Record<string, string>>;
}

/** What of a service tells one state of it from another. */
export interface Triggering {
  /** By the names of their files. */
  readonly units: ReadonlyMap<string, UnitFile>;
  readonly strategy: DeployStrategy;
}

/** Writes a service's parts and their hashes into locals, whose names begin with an id; its triggers. */
export function writeServiceTriggers(
  scope: Construct,
  stack: StackResources,
  id: string,
  { units, strategy }: Triggering,
): ServiceTriggers {
  const parts = planParts(units, strategy.restart);
  const { lines, hashes } = writeParts(scope, stack, id, parts);
  const partsIn = (local: string, keyOf: (part: PlanPart) => string): Record<string, string> =>
    Object.fromEntries(parts.map((part) => [keyOf(part), `\${${local}["${part.name}"]}`]));
  const release = terraformText(stack.cdk, strategy.release);
  const releaseAs = (key: string): Record<string, string> => (release === "" ? {} : { [key]: release });
  return {
    ofHosts: { ...partsIn(hashes, ({ name }) => name), ...releaseAs("release") },
    ofReview: {
      ...partsIn(lines, ({ sentence }) => sentence),
      ...releaseAs(releaseSentence(units, strategy.restart)),
    },
  };
}

/** The addresses of the locals in which the lines of parts and their hashes are. */
function writeParts(
  scope: Construct,
  { cdk, names }: StackResources,
  id: string,
  parts: readonly PlanPart[],
): { lines: string; hashes: string } {
  const local = (name: string, value: unknown): string =>
    `local.${names.local(scope, `${id}_${name}`, value)}`;
  const lines = local("parts", linesIn(cdk, new Map(parts.map(({ name, lines }) => [name, lines]))));
  const hashes = local("hashes", `\${{ for part, lines in ${lines} : part => ${hashOf("lines")} }}`);
  return { lines, hashes };
}
