import { Lazy } from "cdktf";
import { type Host } from "../remote/host";
import { hostScript, launchScript } from "../remote/scripts";
import { assignments } from "../remote/variables";
import { refuse } from "../values/check";
import { REMOVAL_CONNECTION, removalInput } from "./connection";
import { type StackContent } from "./stack-content";
import { TerraformData } from "./terraform-data";
import { shellWord, terraformText } from "./terraform-text";

/**
 * Takes a service from hosts that leave the list or change their address. One resource for each name of a service,
 * whatever PumaServices share it, and without any edge to the installations: a dead host that left the list must
 * not stop the others' changes. What it may do on a host, the record there decides.
 */
export class Removal {
  private readonly hosts = new Map<string, Host>();

  constructor(
    scope: StackContent,
    id: string,
    private readonly service: string,
    private readonly failure: "fail" | "continue",
  ) {
    scope.local(scope, `${id}_hosts`, Lazy.anyValue({ produce: () => this.inputs() }));
    const resource = new TerraformData(scope, id, {
      forEach: `\${local.${id}_hosts}`,
      triggersReplace: "${each.value.address}",
      input: "${each.value}",
    });
    resource.overrideLogicalId(id);
    resource.addOverride("provisioner", [
      { "remote-exec": removalProvisioner(service, scope.owner, failure) },
    ]);
  }

  /** One removal has one way to meet hosts that are gone. */
  agree(failure: "fail" | "continue"): void {
    if (failure !== this.failure) {
      const prop = `PumaService '${this.service}' 'onUnreachableRemoval'`;
      refuse(prop, `be the same for all services of this name: "${this.failure}"`, failure);
    }
  }

  add(host: Host): void {
    this.hosts.set(host.name, host);
  }

  private inputs(): Record<string, unknown> {
    return Object.fromEntries([...this.hosts].map(([name, host]) => [name, { name, ...removalInput(host) }]));
  }
}

/** May refer to nothing but the resource itself, so its script stands here as a text. */
function removalProvisioner(
  service: string,
  owner: string,
  failure: "fail" | "continue",
): Record<string, unknown> {
  const settings = assignments({ owner, service, units: "", socket: "", binds: "" }, shellWord);
  const payload = Buffer.from(`${settings}${hostScript()}`).toString("base64");
  const variables = assignments({ service, action: "remove", lock_timeout: "600", payload }, shellWord);
  const field = (name: string): string => `'\${replace(self.output.${name}, "'", "'\\\\''")}'`;
  return {
    when: "destroy",
    on_failure: failure,
    connection: REMOVAL_CONNECTION,
    inline: [
      `set -eu -- ${field("name")} ${field("address")} \${self.output.sudo ? "sudo" : "root"} ''`,
      `${variables}${terraformText(launchScript())}`,
    ],
  };
}
