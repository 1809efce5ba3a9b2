import { type Construct } from "constructs";
import { type Host } from "../host/host";
import { type Scope } from "../layout";
import { isToken } from "../values/marker";
import { type Beside } from "./beside";
import { connectionTo } from "./connection";
import { type Cdk, cdkOf, type SSHProvisionerConnection, type TerraformResource } from "./cdk";
import { Drift } from "./drift";
import { placeOf } from "./drift-file";
import { identityOf, type KnownBy } from "./host-identity";
import { type LocalExec, localExec } from "./local-exec";
import { nullResource } from "./null-provider";
import { objectExpression, shellWord } from "./terraform-text";
import { choice, fieldsWithStringTokens, needsSudo } from "./tokens";

/** What the rollout adds to an installation. */
export interface Batch {
  /** The addresses of what it waits for. */
  readonly dependsOn: string[];
  /** Seconds to wait after the batch before. */
  readonly pause: number;
  /** Whether the new resource is created before the old one is destroyed. */
  readonly createBeforeDestroy: boolean;
}

/** What runs on a host. */
export interface RunOptions {
  readonly id: string;
  /** Name of the service, or of what else runs there. */
  readonly service: string;
  /** Whose systemd has it. */
  readonly scope: Scope;
  /** Of a host that the engine does not reach itself: the address of the script that does. */
  readonly transport: string;
  readonly knownBy: KnownBy;
  /** Prefix of the locals that hold what all hosts of the service have in common. */
  readonly locals: string;
  /** The names of all services of the stack on the host, as an expression. */
  readonly siblings: string;
  /** What the host asks for where the engine runs. */
  readonly beside?: Beside;
}

/** A service on one host. */
export interface InstallationOptions extends RunOptions {
  /** The address of the triggers that all hosts of the service have in common. */
  readonly triggers: string;
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
  const resource = runOn(scope, `on-${host.name}`, triggersOf(cdk, host, options), host, batch, options);
  Drift.of(scope)._tell(placeOf(options.service, host.name), (drift) =>
    resource.addOverride("triggers", triggersOf(cdk, host, options, drift)),
  );
  return resource;
}

/** A resource that runs what stands in locals on a host, as it is created. */
export function runOn(
  scope: Construct,
  id: string,
  triggers: string,
  host: Host,
  batch: Batch,
  options: RunOptions,
): TerraformResource {
  const cdk = cdkOf(scope);
  const resource = nullResource(scope, id, {
    ...(batch.createBeforeDestroy && { lifecycle: { createBeforeDestroy: true } }),
    ...(host._isByEngine && { provisioners: [byEngine(cdk, host, batch, options)] }),
    triggers,
  });
  if (!host._isByEngine) resource.addOverride("provisioner", [besideEngine(cdk, host, batch, options)]);
  resource.overrideLogicalId(options.id);
  // Not by its props, of which the CDK would make a token for each host.
  resource.dependsOn = batch.dependsOn;
  return resource;
}

function byEngine(
  cdk: Cdk,
  host: Host,
  batch: Batch,
  options: RunOptions,
): { type: "remote-exec"; connection: SSHProvisionerConnection; inline: string[] } {
  const args = argumentsOf(cdk, host, batch, options);
  const inline = [`set -eu -- ${args}\n\${local.${options.locals}_apply}`];
  return { type: "remote-exec", connection: connectionTo(cdk, host), inline };
}

function besideEngine(cdk: Cdk, host: Host, batch: Batch, options: RunOptions): LocalExec {
  return localExec(cdk, host, {
    service: options.service,
    script: `set -eu -- ${argumentsOf(cdk, host, batch, options)} stdin`,
    packed: `\${local.${options.locals}_packed}`,
    transport: options.transport,
    beside: options.beside,
  });
}

/** The CDK's own expression where there are tokens in it. */
function triggersOf(cdk: Cdk, host: Host, options: InstallationOptions, drift?: string): string {
  const { Fn, ref, Token } = cdk;
  const { scope, triggers, knownBy } = options;
  const address = identityOf(host.address, knownBy);
  const { identity } = host.options;
  // Another user's is another service.
  const user = scope === "user" ? host.user : undefined;
  const own = {
    ...{ host: host.name, address },
    ...(identity !== undefined && { identity }),
    ...(user !== undefined && { user }),
  };
  // As an expression: the CDK does not quote what stands in a string beside a token.
  const seen = drift === undefined ? [] : [objectExpression({ drift })];
  if (isToken(address) || isToken(identity) || isToken(user))
    return Token.asString(
      Fn.merge([fieldsWithStringTokens(cdk, own), ...[...seen, triggers].map((one) => ref(one))]),
    );
  return `\${merge(${[objectExpression(own), ...seen, triggers].join(", ")})}`;
}

/** The launcher's arguments for a host. */
export function argumentsOf(
  cdk: Cdk,
  host: Host,
  { pause }: Pick<Batch, "pause">,
  { scope, siblings, knownBy }: Pick<RunOptions, "scope" | "siblings" | "knownBy">,
): string {
  const words = [host.name, identityOf(host.address, knownBy)].map((word) => shellWord(cdk, word));
  return [...words, scope === "user" ? scope : becoming(cdk, host), `'${siblings}'`, pause].join(" ");
}

/** How the script is told to become root; where only the engine knows, it says so, and the script where only the host does. */
function becoming(cdk: Cdk, host: Host): string {
  const sudo = needsSudo(cdk, host);
  if (sudo === undefined) return "auto";
  if (typeof sudo !== "boolean") return choice(cdk, sudo, "sudo", "root");
  return sudo ? "sudo" : "root";
}
