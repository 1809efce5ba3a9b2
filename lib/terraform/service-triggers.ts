import { type Construct } from "constructs";
import { type DeployStrategy } from "../deploy/deploy-strategy";
import { ENSURE_SENTENCE, planParts, releaseSentence, START_ON_SENTENCE } from "../deploy/plan-parts";
import { type UnitFile } from "../systemd/unit-file";
import { type Cdk } from "./cdk";
import { hashOf, linesIn } from "./payload";
import { type StackResources } from "./stack-resources";
import { terraformText } from "./terraform-text";

/** By what changes of a service the engine replaces its resources. */
export interface ServiceTriggers {
  /** In the resource of each host: the address of hashes and the like, under names that another restart mode does not change. */
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
  const { cdk } = stack;
  const local = (name: string, value: unknown): string =>
    `local.${stack.names.local(scope, `${id}_${name}`, value)}`;
  const parts = planParts(units, strategy);
  const lines = local("parts", linesIn(cdk, new Map(parts.map(({ name, lines }) => [name, lines]))));
  const linesOf = parts.map(({ sentence, name }) => [sentence, `\${${lines}["${name}"]}`]);
  const hashes = `{ for part, lines in ${lines} : part => ${hashOf("lines")} }`;
  const beside = besideUnits(cdk, { units, strategy });
  const others = beside.map(({ name, value }) => `${name} = ${local(name, value)}`).join(", ");
  return {
    ofHosts: local("triggers", `\${${others === "" ? hashes : `merge(${hashes}, { ${others} })`}}`),
    ofReview: Object.fromEntries([...linesOf, ...beside.map(({ sentence, value }) => [sentence, value])]),
  };
}

/** What a host changes for though no unit does. */
interface BesideUnits {
  readonly name: string;
  /** What a change of it does to a Puma that runs. */
  readonly sentence: string;
  readonly value: string;
}

/** What is as it is by default is left away. */
function besideUnits(cdk: Cdk, { units, strategy }: Triggering): BesideUnits[] {
  const { ensure, release, startOn } = strategy;
  const all = [
    { name: "release", sentence: releaseSentence(units, strategy), value: terraformText(cdk, release) },
    { name: "ensure", sentence: ENSURE_SENTENCE, value: ensure === "running" ? "" : ensure },
    { name: "start_on", sentence: START_ON_SENTENCE, value: startOn === "boot" ? "" : startOn },
  ];
  return all.filter(({ value }) => value !== "");
}
