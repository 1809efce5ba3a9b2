import { type Construct } from "constructs";
import { type DeployStrategy } from "../deploy/deploy-strategy";
import { planParts, releaseSentence } from "../deploy/plan-parts";
import { type UnitFile } from "../systemd/unit-file";
import { hashOf, linesIn } from "./payload";
import { type StackResources } from "./stack-resources";
import { terraformText } from "./terraform-text";

/** By what changes of a service the engine replaces its resources. */
export interface ServiceTriggers {
  /** In the resource of each host: the address of hashes and the release, under names that another restart mode does not change. */
  readonly ofHosts: string;
  /** In the one for whoever reads the plan: the lines themselves, under what a change of them does to Puma. */
  readonly ofReview: Readonly<Record<string, string>>;
}

/** What of a service tells one state of it from another. */
export interface Triggering {
  /** By the names of their files. */
  readonly units: ReadonlyMap<string, UnitFile>;
  readonly strategy: DeployStrategy;
}

/** Writes a service's parts and its triggers into locals, whose names begin with an id; its triggers. */
export function writeServiceTriggers(
  scope: Construct,
  stack: StackResources,
  id: string,
  { units, strategy }: Triggering,
): ServiceTriggers {
  const { cdk, names } = stack;
  const local = (name: string, value: unknown): string =>
    `local.${names.local(scope, `${id}_${name}`, value)}`;
  const parts = planParts(units, strategy.restart);
  const lines = local("parts", linesIn(cdk, new Map(parts.map(({ name, lines }) => [name, lines]))));
  const linesOf = parts.map(({ sentence, name }) => [sentence, `\${${lines}["${name}"]}`]);
  const hashes = `{ for part, lines in ${lines} : part => ${hashOf("lines")} }`;
  const { release } = strategy;
  if (release === "")
    return { ofHosts: local("triggers", `\${${hashes}}`), ofReview: Object.fromEntries(linesOf) };
  const withRelease = `\${merge(${hashes}, { release = ${local("release", terraformText(cdk, release))} })}`;
  const released = [releaseSentence(units, strategy.restart), terraformText(cdk, release)];
  return { ofHosts: local("triggers", withRelease), ofReview: Object.fromEntries([...linesOf, released]) };
}
