import { type ITerraformDependable } from "cdktf";
import { type Construct } from "constructs";
import { type Host } from "../host/host";
import { connectionTo } from "./connection";
import { nullResource, type Resource } from "./null-provider";
import { shellWord, terraformText } from "./terraform-text";
import { choice, needsSudo, withStringTokens } from "./tokens";

/** What a host's batch says of its installation. */
export interface PlaceInRollout {
  readonly dependsOn: ITerraformDependable[];
  /** Seconds that the batch before it is given. */
  readonly pause: number;
  /** Whether the new resource is made before the old one goes. */
  readonly keepsDiff: boolean;
}

/** A service on one host. */
export interface InstallationOptions extends PlaceInRollout {
  readonly id: string;
  /** Prefix of the locals that hold the service's texts. */
  readonly texts: string;
  readonly files: readonly string[];
  readonly release: string;
  /** The names of all services of the stack on the host, as an expression. */
  readonly siblings: string;
}

/**
 * The resource of a service on a host. What it is told apart by, and replaced for, is in its triggers: the host, the
 * units and the release. How the host is reached, how health is checked and the script itself are not.
 */
export function install(scope: Construct, host: Host, options: InstallationOptions): Resource {
  const { id, texts, siblings, pause } = options;
  const place = [shellWord(host.name), shellWord(host.options.address), becoming(host)];
  const resource = nullResource(scope, `on-${host.name}`, {
    triggers: triggersOf(host, options),
    ...(options.dependsOn.length > 0 && { dependsOn: options.dependsOn }),
    ...(options.keepsDiff && { lifecycle: { createBeforeDestroy: true } }),
    provisioners: [
      {
        type: "remote-exec",
        connection: connectionTo(host),
        inline: [`set -eu -- ${place.join(" ")} '${siblings}' ${pause}`, `\${local.${texts}_apply}`],
      },
    ],
  });
  resource.overrideLogicalId(id);
  return resource;
}

function triggersOf(host: Host, { texts, files, release }: InstallationOptions): Record<string, string> {
  const hashes = files.map((file) => [file, `\${local.${texts}_hashes["${file}"]}`]);
  return {
    host: host.name,
    address: withStringTokens(host.options.address),
    ...Object.fromEntries(hashes),
    ...(release && { release: terraformText(release) }),
  };
}

/** How the script is told to become root; where only the engine knows, it says so. */
function becoming(host: Host): string {
  const sudo = needsSudo(host);
  if (typeof sudo !== "boolean") return choice(sudo, "sudo", "root");
  return sudo ? "sudo" : "root";
}
