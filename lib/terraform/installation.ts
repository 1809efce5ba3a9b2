import { type Construct } from "constructs";
import { type Host } from "../host/host";
import { isToken } from "../values/marker";
import { connectionTo } from "./connection";
import { type Cdk, cdkOf, type TerraformResource } from "./cdk";
import { identityOf, type KnownBy } from "./host-identity";
import { nullResource } from "./null-provider";
import { stringExpression, shellWord } from "./terraform-text";
import { choice, needsSudo, withStringTokens } from "./tokens";

/** What the rollout adds to an installation. */
export interface Batch {
  /** The addresses of what it waits for. */
  readonly dependsOn: string[];
  /** Seconds to wait after the batch before. */
  readonly pause: number;
  /** Whether the new resource is created before the old one is destroyed. */
  readonly createBeforeDestroy: boolean;
}

/** A service on one host. */
export interface InstallationOptions {
  readonly id: string;
  readonly knownBy: KnownBy;
  /** Prefix of the locals that hold what all hosts of the service have in common. */
  readonly locals: string;
  /** The address of the triggers that all hosts of the service have in common. */
  readonly triggers: string;
  /** The names of all services of the stack on the host, as an expression. */
  readonly siblings: string;
}

/**
 * The resource of a service on a host. What it is told apart by, and replaced for, is in its triggers: the host, the
 * units and the release. How the host is reached, how health is checked and the script itself are not.
 */
export function install(
  scope: Construct,
  host: Host,
  batch: Batch,
  options: InstallationOptions,
): TerraformResource {
  const cdk = cdkOf(scope);
  const inline = inlineOf(cdk, host, batch, options);
  const resource = nullResource(scope, `on-${host.name}`, {
    ...(batch.createBeforeDestroy && { lifecycle: { createBeforeDestroy: true } }),
    provisioners: [{ type: "remote-exec", connection: connectionTo(cdk, host), inline }],
    triggers: triggersOf(cdk, host, options),
  });
  resource.overrideLogicalId(options.id);
  // Not by its props, of which the CDK would make a token for each host.
  resource.dependsOn = batch.dependsOn;
  return resource;
}

/** The CDK's own expression where there are tokens in it. */
function triggersOf(cdk: Cdk, host: Host, { triggers, knownBy }: InstallationOptions): string {
  const { Fn, ref, Token } = cdk;
  const address = identityOf(host.options.address, knownBy);
  if (isToken(address)) {
    const own = { host: host.name, address: withStringTokens(cdk, address) };
    return Token.asString(Fn.merge([own, ref(triggers)]));
  }
  return `\${merge({ host = "${host.name}", address = ${stringExpression(address)} }, ${triggers})}`;
}

function inlineOf(
  cdk: Cdk,
  host: Host,
  { pause }: Batch,
  { siblings, locals, knownBy }: InstallationOptions,
): string[] {
  const args = [
    shellWord(cdk, host.name),
    shellWord(cdk, identityOf(host.options.address, knownBy)),
    becoming(cdk, host),
    `'${siblings}'`,
    pause,
  ];
  return [`set -eu -- ${args.join(" ")}\n\${local.${locals}_apply}`];
}

/** How the script is told to become root; where only the engine knows, it says so. */
function becoming(cdk: Cdk, host: Host): string {
  const sudo = needsSudo(cdk, host);
  if (typeof sudo !== "boolean") return choice(cdk, sudo, "sudo", "root");
  return sudo ? "sudo" : "root";
}
