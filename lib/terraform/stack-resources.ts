import { Lazy, TerraformLocal, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Host } from "../host/host";
import { hostScript, launchScript, stopScript } from "../runtime/parts";
import { refuse } from "../values/check";
import { identifier } from "./identifier";
import { ensureNullProvider } from "./null-provider";
import { Places } from "./inventory";
import { Removal } from "./removal";
import { terraformText } from "./terraform-text";

const ID = "cdktf-puma";

/** What all Puma services of a stack share: the scripts, the null provider, and who is where. */
export class StackContent extends Construct {
  static of(scope: Construct): StackContent {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as StackContent | undefined) ?? new StackContent(stack);
  }

  /** Owner of everything that this stack puts on a host, as an expression. */
  readonly owner: string;
  /** Names of the locals that hold the scripts. */
  readonly hostScript: string;
  readonly launchScript: string;
  readonly stopScript: string;
  /** Which services are on which host. */
  readonly places = new Places();
  /** What takes the services away again. */
  readonly removal: Removal;

  private readonly variants = new Map<string, number>();
  private readonly ids = new Set<string>();

  private constructor(stack: TerraformStack) {
    super(stack, ID);
    this.owner = this.ownerOf(stack);
    ensureNullProvider(stack);
    const scripts = { host: hostScript(), launch: launchScript() };
    this.hostScript = this.local(this, "puma_host_script", terraformText(scripts.host));
    this.launchScript = this.local(this, "puma_launch_script", terraformText(scripts.launch));
    this.stopScript = this.local(this, "puma_stop_script", terraformText(stopScript()));
    this.removal = new Removal(this, scripts);
    this.local(this, "puma_services", Lazy.anyValue({ produce: () => this.places.services }));
  }

  /** The names of all services of this stack on a host, as an expression. */
  servicesOn(host: Host): string {
    return `\${local.puma_services["${host.name}"]}`;
  }

  /**
   * The Terraform name of what a PumaService has once: made from the service's name, and from its first host where
   * several PumaServices share the name, so that it stays when constructs move.
   */
  variantId(service: string, hosts: readonly Host[]): string {
    const count = this.variants.get(service) ?? 0;
    this.variants.set(service, count + 1);
    const first = [...hosts].map((host) => host.name).sort()[0];
    return this.claim(count === 0 ? `puma_${service}` : `puma_${service}_from_${first}`);
  }

  /**
   * A Terraform name for one use: cdktf would merge two elements of one name without a word.
   * @throws where it is taken, as `a_on_b` on `c` and `a` on `b_on_c` would be
   */
  claim(text: string, kind: "resource" | "local" = "resource"): string {
    const id = identifier(text);
    if (this.ids.has(`${kind} ${id}`)) {
      throw new Error(
        `cdktf-puma: the services' and hosts' names make two things the same in Terraform, '${id}': choose other names`,
      );
    }
    this.ids.add(`${kind} ${id}`);
    return id;
  }

  /** A named value, once for all that refer to it. */
  local(scope: Construct, name: string, expression: unknown): string {
    const id = this.claim(name, "local");
    new TerraformLocal(scope, id, expression).overrideLogicalId(id);
    return id;
  }

  /** A stack in another workspace of Terraform is another owner. */
  private ownerOf(stack: TerraformStack): string {
    const name = stack.node.id;
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      refuse("TerraformStack 'id'", "be letters, digits and '-_.', as it owns what is on the hosts", name);
    }
    const owner = `\${terraform.workspace == "default" ? "${name}" : "${name}/\${terraform.workspace}"}`;
    return `\${local.${this.local(this, "puma_owner", owner)}}`;
  }
}
