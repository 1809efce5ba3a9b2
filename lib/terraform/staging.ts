import { type Construct } from "constructs";
import { type Deployable } from "../deploy/deployable";
import { type Host } from "../host/host";
import { type DeployStrategy } from "../deploy/deploy-strategy";
import { launcherVariables } from "../deploy/launcher";
import { shellQuoted, shellSettings } from "../deploy/shell-settings";
import { Secret } from "../puma/secret";
import { type NamedSecret, type Secrets } from "../puma/service-secrets";
import { fetchScript, packed, stageScript } from "../runtime/parts";
import { type Duration } from "../values/duration";
import { checkTokens } from "./foreign-tokens";
import { type TerraformResource } from "./cdk";
import { connectionTo, removalInput } from "./connection";
import { expression } from "./expression";
import { identityOf, knownBy, type KnownBy } from "./host-identity";
import { argumentsOf } from "./installation";
import { type LocalExec, localExec } from "./local-exec";
import { secretsName } from "./names";
import { resource } from "./resource";
import { type StackResources } from "./stack-resources";
import { shellWord, terraformText } from "./terraform-text";
import { fieldsWithStringTokens } from "./tokens";

/** A service that may have secrets. */
export interface StagingOptions {
  /** Prefix of the locals that hold what all hosts of the service have in common. */
  readonly id: string;
  readonly service: Deployable;
  readonly hosts: readonly Host[];
  readonly lockTimeout: Duration;
  readonly strategy: Pick<DeployStrategy, "deployedBy">;
}

/** How long a staging may take: it writes a few small files. */
const RUN_TIMEOUT = "60";

/**
 * The values of secrets in the launcher's own settings: what the engine knows and what `FETCH` printed stand in SECRETS by then.
 * No value has a quote in it.
 */
const VALUES = `PUMA_VALUES='$SECRETS'\n`;

interface Locals {
  /** Addresses: what sets SECRETS, what is sent behind it, the same as gzip and base64, and the script of the commands. */
  readonly values: string;
  readonly launch: string;
  readonly packed?: string;
  readonly fetch?: string;
}

/** Brings secrets to hosts: a connection of its own for each, only where their version changes, ahead of the installation. */
export class Staging {
  /**
   * @returns undefined if the service has no secrets
   * @throws if a host cannot be brought one of them
   */
  static of(scope: Construct, stack: StackResources, options: StagingOptions): Staging | undefined {
    const { secrets } = options.service;
    return secrets && new Staging(scope, stack, options, secrets);
  }

  private readonly locals: Locals;
  /** By the names of hosts. */
  private readonly addresses = new Map<string, string>();

  private constructor(
    private readonly scope: Construct,
    private readonly stack: StackResources,
    private readonly options: StagingOptions,
    private readonly secrets: Secrets,
  ) {
    this.check();
    this.locals = this.writeLocals();
  }

  private check(): void {
    const { service, hosts } = this.options;
    const at = service.at.key("secrets");
    const command = this.secrets._all.find(({ value }) => value instanceof Secret);
    const host = hosts.find(({ _isByEngine }) => _isByEngine);
    if (command && host)
      at.key(command.name).refuse(
        "not be Secret.fromCommand() where the engine's own ssh reaches a host: give it Connection.openssh() or .local()",
        host.name,
      );
    for (const { name, value } of this.secrets._all)
      if (!(value instanceof Secret)) checkTokens(this.stack.cdk, at.key(name), value);
  }

  private writeLocals(): Locals {
    const { hosts } = this.options;
    const isPacked = !hosts.every((host) => host._isByEngine);
    const calls = this.secrets._all.flatMap(callOf);
    const launch = this.local("secrets_launch", this.launchText());
    return {
      values: this.local("secrets", this.valuesText(this.local("secret_values", this.values()))),
      launch,
      ...(isPacked && { packed: this.local("secrets_packed", `\${base64gzip(${launch})}`) }),
      ...(calls.length > 0 && {
        fetch: this.local("secrets_fetch", terraformText(this.stack.cdk, [fetchScript(), ...calls].join(""))),
      }),
    };
  }

  private local(name: string, value: unknown): string {
    return `local.${this.stack.names.local(this.scope, `${this.options.id}_${name}`, value)}`;
  }

  /** What the engine knows, each as it is. */
  private values(): Record<string, string> {
    const entries = this.secrets._all.flatMap(({ kind, name, value }): [string, string][] =>
      value instanceof Secret ? [] : [[`${kind} ${name}`, terraformText(this.stack.cdk, value)]],
    );
    return Object.fromEntries(entries);
  }

  private valuesText(values: string): string {
    const lines = this.secrets._all.flatMap(({ kind, name, value }) =>
      value instanceof Secret
        ? []
        : [`${kind} ${name} whole :\${base64encode(${values}["${kind} ${name}"])}`],
    );
    // A shell exports a variable that the login has under the same name.
    return `unset SECRETS\nSECRETS='${lines.join("\n")}'`;
  }

  private launchText(): string {
    const { service, lockTimeout, strategy } = this.options;
    const { cdk, owner, launchScript } = this.stack;
    const settings = shellSettings({ PUMA_SECRETS_VERSION: this.secrets._version });
    const variables = launcherVariables({
      service: service.name,
      action: "stage",
      lockTimeout: String(lockTimeout.toSeconds()),
      runTimeout: RUN_TIMEOUT,
      settings,
      script: packed(stageScript()),
      owner: expression(cdk, `local.${owner}`),
      deployedBy: strategy.deployedBy,
    });
    const word = (text: string): string => shellWord(cdk, text) + (text === settings ? `"${VALUES}"` : "");
    return `${shellSettings(variables, word)}\${${launchScript}}`;
  }

  /** The resource that brings them to a host, once for each version: what the installation there depends on, and a task. */
  on(host: Host, dependsOn: readonly string[]): string {
    const address = this.addresses.get(host.name) ?? this.stageOn(host, dependsOn);
    this.addresses.set(host.name, address);
    return address;
  }

  private stageOn(host: Host, dependsOn: readonly string[]): string {
    const { service } = this.options;
    const { cdk, names } = this.stack;
    const by = knownBy(cdk, this.scope, host, removalInput(cdk, host));
    const { identity } = host.options;
    const triggers = { host: host.name, address: identityOf(host.address, by), identity };
    const id = names.claim(secretsName(service.name, host.name));
    const data = resource(
      this.scope,
      `secrets-on-${host.name}`,
      { terraformResourceType: "terraform_data" },
      {
        triggers_replace: fieldsWithStringTokens(cdk, { ...triggers, version: this.secrets._version }),
      },
    );
    data.overrideLogicalId(id);
    data.dependsOn = [...dependsOn];
    this.provision(data, host, by);
    return `terraform_data.${id}`;
  }

  private provision(data: TerraformResource, host: Host, by: KnownBy): void {
    const { cdk } = this.stack;
    const { service } = this.options;
    const run = { scope: service.scope, siblings: this.stack.servicesOn(host), knownBy: by };
    const args = argumentsOf(cdk, host, { pause: 0 }, run);
    const { values, launch } = this.locals;
    // A sensitive value would hide all that is printed, and nothing of it is. Of an ephemeral one it cannot be taken off.
    const shown = `\${try(nonsensitive(${values}), ${values})}`;
    if (!host._isByEngine) {
      data.addOverride("provisioner", [this.besideEngine(host, `set -eu -- ${args} stdin\n${shown}`)]);
      return;
    }
    // The engine puts it into a file, which has to go before anything else.
    const inline = [`rm -f -- "$0"\nset -eu -- ${args}\n${shown}\n\${${launch}}`];
    data.provisioners = [{ type: "remote-exec", connection: connectionTo(cdk, host), inline }];
  }

  private besideEngine(host: Host, script: string): LocalExec {
    return localExec(this.stack.cdk, host, {
      service: `secrets of ${this.options.service.name}`,
      script,
      packed: `\${${this.locals.packed}}`,
      transport: this.stack.transportScript,
      fetch: this.locals.fetch,
    });
  }
}

/** A line that asks a command. */
function callOf({ kind, name, value }: NamedSecret): string[] {
  if (!(value instanceof Secret)) return [];
  const end = value._keepsNewline ? "whole" : "chomped";
  return [`fetch ${[kind, name, end, ...value._words.map(shellQuoted)].join(" ")}\n`];
}
