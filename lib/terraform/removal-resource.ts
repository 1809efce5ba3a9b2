import { type Construct } from "constructs";
import { Bundle } from "../deploy/bundle";
import { DEFAULT_LOCK_TIMEOUT } from "../deploy/launcher";
import { type Host } from "../host/host";
import { launchScript, packedHostScript } from "../runtime/parts";
import { type Duration } from "../values/duration";
import { REMOVAL_CONNECTION, removalInput } from "./connection";
import { type Cdk, cdkOf } from "./cdk";
import { expression } from "./expression";
import { type Namespace } from "./namespace";
import { launcherText } from "./payload";
import { Removal } from "./removal";
import { terraformData } from "./terraform-data";
import { shellWord, terraformText } from "./terraform-text";

const DEFAULT_LOCK_SECONDS = DEFAULT_LOCK_TIMEOUT.toSeconds();

/**
 * Takes services from hosts: when a host leaves a list or changes its address, when a service leaves the stack, when
 * all is destroyed. One resource for a stack, since the engine runs a destroy provisioner only as long as its block stands
 * in the configuration. It has no edge to the installations: a dead host that left the list must not stop the
 * others' changes. What it may do on a host, the record there decides.
 */
export class RemovalResource {
  private readonly hosts = new Map<string, Record<string, unknown>>();
  private readonly cdk: Cdk;

  constructor(scope: Construct, names: Namespace) {
    this.cdk = cdkOf(scope);
    const { Lazy } = this.cdk;
    const id = names.claim("puma_removal");
    names.local(scope, `${id}_hosts`, Lazy.anyValue({ produce: () => Object.fromEntries(this.hosts) }));
    const resource = terraformData(scope, id, {
      forEach: `\${local.${id}_hosts}`,
      triggersReplace: "${each.value.address}",
      input: "${each.value}",
    });
    resource.overrideLogicalId(id);
    const provisioner = {
      ...removalProvisioner(this.cdk),
      on_failure: Lazy.stringValue({ produce: () => Removal.of(scope)._onFailure }),
    };
    resource.addOverride("provisioner", [{ "remote-exec": provisioner }]);
  }

  /** Records that a service is on a host, and how long its removal waits for another run there. */
  add(service: string, owner: string, host: Host, lockTimeout: Duration): void {
    const seconds = lockTimeout.toSeconds();
    this.hosts.set(`${service}@${host.name}`, {
      service,
      owner,
      name: host.name,
      ...(seconds !== DEFAULT_LOCK_SECONDS && { lock_timeout: seconds }),
      ...removalInput(this.cdk, host),
    });
  }
}

/** May refer to nothing but the resource itself, so its script stands here as a string. */
function removalProvisioner(cdk: Cdk): Record<string, unknown> {
  const field = (name: string): string => expression(cdk, `self.output.${name}`);
  const launcher = {
    service: field("service"),
    owner: field("owner"),
    action: "remove",
    lockTimeout: expression(cdk, `try(self.output.lock_timeout, ${DEFAULT_LOCK_SECONDS})`),
    settings: Bundle.removal().plainSettings(),
    script: packedHostScript(),
  } as const;
  return {
    when: "destroy",
    connection: REMOVAL_CONNECTION,
    inline: [
      `set -eu -- ${shellWord(cdk, field("name"))} ${shellWord(cdk, field("address"))} \${self.output.sudo ? "sudo" : "root"} ''`,
      launcherText(cdk, launcher, terraformText(cdk, launchScript())),
    ],
  };
}
