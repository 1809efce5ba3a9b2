import { Lazy } from "cdktf";
import { type Host } from "../host/host";
import { assignments } from "../deploy/variables";
import { refuse } from "../values/check";
import { REMOVAL_CONNECTION, removalInput } from "./connection";
import { type StackContent } from "./stack-resources";
import { TerraformData } from "./terraform-data";
import { shellWord, terraformText } from "./terraform-text";

/** What happens where a host cannot be reached for a removal. */
export type RemovalFailure = "fail" | "continue";

/** What runs on a host (see scripts.ts). */
export interface RemovalScripts {
  readonly host: string;
  readonly launch: string;
}

/**
 * Takes services from hosts: when a host leaves a list or changes its address, when a service leaves the stack, when
 * all is destroyed. One resource for a stack, since the engine runs a destroy provisioner only as long as its block stands
 * in the configuration. It has no edge to the installations: a dead host that left the list must not stop the
 * others' changes. What it may do on a host, the record there decides.
 */
export class Removal {
  private readonly hosts = new Map<string, Record<string, unknown>>();
  private failure?: RemovalFailure;

  /** @param scripts - a destroy provisioner may refer to nothing but its resource, so they stand there once more */
  constructor(scope: StackContent, scripts: RemovalScripts) {
    const id = scope.claim("puma_removal");
    scope.local(scope, `${id}_hosts`, Lazy.anyValue({ produce: () => Object.fromEntries(this.hosts) }));
    const resource = new TerraformData(scope, id, {
      forEach: `\${local.${id}_hosts}`,
      triggersReplace: "${each.value.address}",
      input: "${each.value}",
    });
    resource.overrideLogicalId(id);
    const provisioner = {
      ...removalProvisioner(scripts),
      on_failure: Lazy.stringValue({ produce: () => this.failure }),
    };
    resource.addOverride("provisioner", [{ "remote-exec": provisioner }]);
  }

  /** Notes that a service is on a host. */
  add(prop: string, service: string, owner: string, host: Host, failure: RemovalFailure): void {
    this.failure ??= failure;
    if (failure !== this.failure) {
      refuse(`${prop} 'onUnreachableRemoval'`, `be the same in the whole stack: "${this.failure}"`, failure);
    }
    this.hosts.set(`${service}@${host.name}`, { service, owner, name: host.name, ...removalInput(host) });
  }
}

/** May refer to nothing but the resource itself, so its script stands here as a text. */
function removalProvisioner(scripts: RemovalScripts): Record<string, unknown> {
  const settings = "service=$6 owner=$7 units='' socket='' binds=''\n";
  const payload = Buffer.from(settings + scripts.host).toString("base64");
  const variables = assignments({ action: "remove", lock_timeout: "600", payload }, shellWord);
  const field = (name: string): string => `'\${replace(self.output.${name}, "'", "'\\\\''")}'`;
  return {
    when: "destroy",
    connection: REMOVAL_CONNECTION,
    inline: [
      `set -eu -- ${field("name")} ${field("address")} \${self.output.sudo ? "sudo" : "root"} ''`,
      `service=${field("service")}\nowner=${field("owner")}\n${variables}${terraformText(scripts.launch)}`,
    ],
  };
}
