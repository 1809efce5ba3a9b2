import { type Construct } from "constructs";
import { type DeployStrategy } from "../deploy/deploy-strategy";
import {
  ENSURE_SENTENCE,
  fileParts,
  planParts,
  releaseSentence,
  START_ON_SENTENCE,
} from "../deploy/plan-parts";
import { type UnitFile } from "../systemd/unit-file";
import { type Cdk } from "./cdk";
import { hashOf, linesOfFile } from "./payload";
import { type StackResources } from "./stack-resources";
import { terraformText, unitLine } from "./terraform-text";

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
  const parts = partsOf(cdk, id, { units, strategy });
  const lines = local("parts", Object.fromEntries(parts.map(({ name, lines }) => [name, lines])));
  const linesOf = parts.map(({ sentence, name }) => [sentence, `\${${lines}["${name}"]}`]);
  const hashes = `{ for part, lines in ${lines} : part => ${hashOf("lines")} }`;
  const beside = besideUnits(cdk, { units, strategy });
  const others = beside.map(({ name, value }) => `${name} = ${local(name, value)}`).join(", ");
  return {
    ofHosts: local("triggers", `\${${others === "" ? hashes : `merge(${hashes}, { ${others} })`}}`),
    ofReview: Object.fromEntries([...linesOf, ...beside.map(({ sentence, value }) => [sentence, value])]),
  };
}

/** A part as the configuration has it: the lines of a file beside the units stand in a local, behind whose it is. */
interface Part {
  readonly name: string;
  readonly sentence: string;
  readonly lines: readonly string[] | string;
}

function partsOf(cdk: Cdk, id: string, { units, strategy }: Triggering): Part[] {
  const ofUnits = planParts(units, strategy).map(({ lines, ...part }): Part => ({
    ...part,
    lines: lines.map((line) => unitLine(cdk, line)),
  }));
  const ofFiles = fileParts(strategy.files, strategy).map(({ access, ...part }): Part => ({
    ...part,
    lines: `\${concat(["${access}"], ${linesOfFile(id, part.name)})}`,
  }));
  return [...ofUnits, ...ofFiles];
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
