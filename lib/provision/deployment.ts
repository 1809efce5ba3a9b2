import { type ITerraformDependable, Lazy, TerraformLocal } from "cdktf";
import { type Construct } from "constructs";
import { type Host } from "../remote/host";
import { assignments, type ServiceScriptSettings, serviceVariables } from "../remote/settings";
import { type UnitFile } from "../systemd/unit-file";
import { connectionTo } from "./connection";
import { nullResource, type Resource } from "./null-provider";
import { tokenConditions } from "./conditions";
import { StackContent } from "./stack-content";
import { TerraformData } from "./terraform-data";
import { shellWord, terraformText } from "./terraform-text";

/** What one PumaService asks for. Units and settings are read at synth, so that what is added to them later counts. */
export interface DeploymentOptions {
  readonly service: string;
  readonly hosts: readonly Host[];
  readonly units: () => ReadonlyMap<string, UnitFile>;
  readonly settings: () => ServiceScriptSettings;
  /** Values that may hold tokens, by the prop that they were given as. */
  readonly values: Readonly<Record<string, string>>;
  readonly release: string;
  /** Seconds that a run waits for another one of the same service on the same host. */
  readonly lockTimeout: number;
  readonly removalFailure: "fail" | "continue";
  readonly dependsOn: ITerraformDependable[];
}

/** Puts a service on its hosts: texts once for all hosts, a resource for each, and their removal. */
export class Deployment {
  /** What others can depend on: one resource for each host. */
  readonly resources: Resource[];

  private readonly stack: StackContent;
  private readonly id: string;

  constructor(
    private readonly scope: Construct,
    private readonly options: DeploymentOptions,
  ) {
    this.stack = StackContent.of(scope);
    const removal = this.stack.removalOf(options.service, options.removalFailure);
    this.id = this.stack.variantId(options.service, options.hosts);
    this.local("units", this.unitLines());
    this.local(
      "settings",
      Lazy.stringValue({ produce: () => serviceVariables(options.settings(), shellWord) }),
    );
    this.local("hashes", this.hashes());
    this.local("apply", Lazy.stringValue({ produce: () => this.applyScript() }));
    this.review();
    this.resources = options.hosts.map((host) => this.install(host));
    for (const host of options.hosts) removal.add(host);
  }

  private local(name: string, expression: unknown): void {
    const local = new TerraformLocal(this.scope, `${name}-text`, expression);
    local.overrideLogicalId(`${this.id}_${name}`);
  }

  private unitLines(): unknown {
    const lines = (unit: UnitFile): string[] => unit.lines.map(terraformText);
    return Lazy.anyValue({
      produce: () => Object.fromEntries([...this.options.units()].map(([file, unit]) => [file, lines(unit)])),
    });
  }

  private hashes(): string {
    return `\${{ for file, lines in local.${this.id}_units : file => substr(sha256(join("\\n", lines)), 0, 12) }}`;
  }

  /** The whole script of a host, without what differs from host to host. */
  private applyScript(): string {
    const { service, lockTimeout } = this.options;
    const files = `join("\\n", [for file, lines in local.${this.id}_units : "\${file} \${base64encode(join("\\n", concat(lines, [""])))}"])`;
    const payload = [
      `local.${this.id}_settings`,
      `"hash=\${substr(sha256(jsonencode(local.${this.id}_hashes)), 0, 12)}\\n"`,
      `"files='stop.sh \${base64encode(local.${this.stack.stopScript})}\\n\${${files}}'\\n"`,
      `local.${this.stack.hostScript}`,
    ];
    return [
      assignments({ service, action: "apply", lock_timeout: String(lockTimeout) }, shellWord),
      `payload='\${base64encode(join("", [${payload.join(", ")}]))}'\n`,
      `\${local.${this.stack.launchScript}}`,
    ].join("");
  }

  /** For the reviewer of a plan: each changed line of a unit, once, however many hosts it goes to. */
  private review(): void {
    const review = new TerraformData(this.scope, "units", { triggersReplace: `\${local.${this.id}_units}` });
    review.overrideLogicalId(this.id);
    review.lifecycle = tokenConditions(this.options.values);
  }

  private install(host: Host): Resource {
    const { service, units, release, dependsOn } = this.options;
    const id = this.stack.hostId(service, host);
    const hashes = [...units().keys()].map((file) => [file, `\${local.${this.id}_hashes["${file}"]}`]);
    const become = host.sudo ? "sudo" : "root";
    const resource = nullResource(this.scope, `on-${host.name}`, {
      triggers: {
        host: host.name,
        address: host.options.address,
        ...Object.fromEntries(hashes),
        ...(release && { release }),
      },
      dependsOn,
      provisioners: [
        {
          type: "remote-exec",
          connection: connectionTo(host),
          inline: [
            `set -eu -- ${shellWord(host.name)} ${shellWord(host.options.address)} ${become} '${this.stack.servicesOn(host)}'`,
            `\${local.${this.id}_apply}`,
          ],
        },
      ],
    });
    resource.overrideLogicalId(id);
    return resource;
  }
}
