import { type Construct } from "constructs";
import { DEFAULT_LOCK_TIMEOUT } from "../deploy/launcher";
import { REMOVAL_TIMEOUT } from "../deploy/run-timeout";
import { loadScript, transportScript } from "../runtime/parts";
import { holdsToken } from "../values/marker";
import { oncePer } from "../values/once";
import { REMOVAL_CONNECTION } from "./connection";
import { type Cdk, cdkOf, type TerraformResource } from "./cdk";
import { expression } from "./expression";
import { identityOf, type KnownBy } from "./host-identity";
import { removalExec } from "./local-exec";
import { removalsHosts } from "./names";
import { type Namespace } from "./namespace";
import { launcherText } from "./payload";
import { Removal } from "./removal";
import { terraformData } from "./terraform-data";
import { objectExpression, shellWord, terraformText } from "./terraform-text";

/** Seconds. */
const DEFAULT_LOCK_TIME = DEFAULT_LOCK_TIMEOUT.toSeconds();

/** Who reaches the hosts of a removal: the engine by its own ssh, or a script beside it. */
export type ReachedBy = "engine" | "openssh";

/** One of the resources for removals. */
export interface RemovalResourceOptions {
  readonly id: string;
  readonly knownBy: KnownBy;
  readonly reachedBy: ReachedBy;
  /** Name of the local that holds the owner. */
  readonly owner: string;
}

/**
 * Takes services from hosts: when a host leaves a list or changes its address, when a service leaves the stack, when
 * all is destroyed. One block for a stack, since the engine runs a destroy provisioner only as long as its block stands
 * in the configuration. What it may do on a host, the record there decides.
 *
 * Of hosts that the program knows, the address is in the key: nothing replaces an instance, which would then be destroyed
 * without its provisioner, as what is created before it is destroyed. Of others, a new address replaces it.
 */
export class RemovalResource {
  private readonly resource: TerraformResource;
  private readonly reachedBy: ReachedBy;
  private readonly hosts = new Map<string, unknown>();

  constructor(scope: Construct, names: Namespace, options: RemovalResourceOptions) {
    const { id, knownBy, reachedBy, owner } = options;
    this.reachedBy = reachedBy;
    const cdk = cdkOf(scope);
    names.claim(id);
    const hosts = names.late(scope, removalsHosts(id), () => Object.fromEntries(this.hosts));
    const host = `local.${hosts}[each.key]`;
    this.resource = terraformData(scope, id, {
      forEach: `\${local.${keysOf(scope, names, hosts)}}`,
      input: `\${merge(${host}, { owner = local.${owner} })}`,
      ...(knownBy === "engine" && { triggersReplace: `\${${host}.address}` }),
    });
    this.resource.overrideLogicalId(id);
    if (knownBy === "program") this.resource.lifecycle = { createBeforeDestroy: true };
    this.provision(provisioners(cdk)[reachedBy][knownBy], cdk, scope);
  }

  private provision(provisioner: Provisioner, { Lazy }: Cdk, scope: Construct): void {
    const onFailure = Lazy.stringValue({ produce: () => Removal.of(scope)._onFailure });
    const ends = { when: "destroy", on_failure: onFailure };
    const blocks = Object.entries(provisioner).map(([kind, block]) => [kind, { ...block, ...ends }]);
    this.resource.addOverride("provisioner", [Object.fromEntries(blocks)]);
  }

  /** Records that a service is on a host, and how it is reached there. */
  add(key: string, input: Readonly<Record<string, unknown>>): void {
    this.hosts.set(key, this.isLiteral(input) ? `\${${objectExpression(input)}}` : input);
  }

  /** What a user writes as a template of the engine's own, as `${file("…")}`, is none where the engine is to reach the host. */
  private isLiteral(input: Readonly<Record<string, unknown>>): boolean {
    if (holdsToken(input)) return false;
    return (
      this.reachedBy === "openssh" || !Object.values(input).some((value) => /[$%]\{/.test(String(value)))
    );
  }
}

/**
 * The keys of a local as a map of their own: an engine evaluates the whole of what a resource is made for once more for each
 * instance, and converts it each time if it is no map yet.
 */
function keysOf(scope: Construct, names: Namespace, local: string): string {
  return names.local(scope, `${local}_keys`, `\${tomap({ for key, _ in local.${local} : key => key })}`);
}

type Provisioner = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** They differ in nothing else, so stacks share them: each token in them costs a trace of the stack. */
const provisioners = oncePer(
  (cdk: Cdk): Readonly<Record<ReachedBy, Readonly<Record<KnownBy, Provisioner>>>> => ({
    engine: { program: byEngine(cdk, "program"), engine: byEngine(cdk, "engine") },
    openssh: { program: byOpenssh(cdk, "program"), engine: byOpenssh(cdk, "engine") },
  }),
);

/** May refer to nothing but the resource itself, so its script is one that starts what is kept on the host. */
function byEngine(cdk: Cdk, by: KnownBy): Provisioner {
  return {
    "remote-exec": {
      connection: REMOVAL_CONNECTION,
      inline: [
        `set -eu -- ${argumentsOf(cdk, by)} ${becoming('self.output.sudo ? "sudo" : "root"')} ''`,
        removalLoader(cdk),
      ],
    },
  };
}

/** The same from where the engine runs. */
function byOpenssh(cdk: Cdk, by: KnownBy): Provisioner {
  const become = becoming('try(self.output.sudo ? "sudo" : "root", "auto")');
  const script = `set -eu -- ${argumentsOf(cdk, by)} ${become} '' 0 stdin\n${removalLoader(cdk)}`;
  return { ...removalExec(script, terraformText(cdk, transportScript())) };
}

/** How the script is told to become root, if it has to. */
function becoming(otherwise: string): string {
  return `\${try(self.output.scope, "system") == "user" ? "user" : ${otherwise}}`;
}

function argumentsOf(cdk: Cdk, by: KnownBy): string {
  const address = identityOf(field(cdk, "address"), by);
  return [field(cdk, "name"), address].map((word) => shellWord(cdk, word)).join(" ");
}

function field(cdk: Cdk, name: string): string {
  return expression(cdk, `self.output.${name}`);
}

function removalLoader(cdk: Cdk): string {
  const launcher = {
    service: field(cdk, "service"),
    owner: field(cdk, "owner"),
    action: expression(cdk, `try(self.output.retain, false) ? "retain" : "remove"`),
    lockTimeout: expression(cdk, `try(self.output.lock_timeout, ${DEFAULT_LOCK_TIME})`),
    runTimeout: String(REMOVAL_TIMEOUT.toSeconds()),
    settings: "",
    script: "",
  } as const;
  return launcherText(cdk, launcher, terraformText(cdk, loadScript()));
}
