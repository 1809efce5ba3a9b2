import { Construct } from "constructs";
import { packedRunScript } from "../deploy/run-script";
import { type Host } from "../host/host";
import { endedScript, launchScript, reloadScript, stopScript, transportScript } from "../runtime/parts";
import { PropPath } from "../values/prop-path";
import { type Cdk, cdkOf, type TerraformStack } from "./cdk";
import { HostMaps } from "./host-maps";
import { Inventory } from "./inventory";
import { Namespace } from "./namespace";
import { ensureNullProvider } from "./null-provider";
import { PlacedFiles } from "./placed-files";
import { Removals } from "./removals";
import { terraformText } from "./terraform-text";

const ID = "cdktf-puma";

/** Nothing in it that an engine would take for a template: it reads each text several times a plan. */
const inBase64 = (script: string): string => Buffer.from(script).toString("base64");

/** What all Puma services of a stack share: the scripts, the null provider, the inventory and the removals. */
export class StackResources extends Construct {
  static of(scope: Construct): StackResources {
    const cdk = cdkOf(scope);
    const stack = cdk.TerraformStack.of(scope);
    const found = stack.node.tryFindChild(ID);
    if (found instanceof StackResources) return found;
    if (found === undefined) return new StackResources(stack, cdk);
    throw new Error(
      `cdktf-puma: '${found.node.path}' has the id that the library keeps for itself: choose another`,
    );
  }

  /** What the stack is made by: cdktf or cdktn. */
  readonly cdk: Cdk;
  /** Which services are on which host. */
  readonly inventory = new Inventory();
  /** Which files they have there. */
  readonly files = new PlacedFiles();
  readonly names = new Namespace();
  /** Where hosts are of which only the engine knows. */
  readonly hostMaps: HostMaps;
  /** Name of the local that holds the owner of everything that this stack puts on a host. */
  readonly owner: string;
  /** Names of the locals that hold the scripts. */
  readonly hostScript: string;
  readonly launchScript: string;
  readonly stopScript: string;
  readonly endedScript: string;
  readonly reloadScript: string;
  /** What takes the services away again. */
  readonly removals: Removals;

  private readonly variants = new Map<string, number>();
  private readonly texts = new Map<string, string>();

  private constructor(stack: TerraformStack, cdk: Cdk) {
    super(stack, ID);
    this.cdk = cdk;
    this.hostMaps = new HostMaps(this, this.names);
    this.owner = this.ownerOf(stack);
    ensureNullProvider(this);
    this.hostScript = this.local("puma_host_script", packedRunScript());
    this.launchScript = this.local("puma_launch_script", terraformText(cdk, launchScript()));
    this.stopScript = this.local("puma_stop_script", inBase64(stopScript()));
    this.endedScript = this.local("puma_ended_script", inBase64(endedScript()));
    this.reloadScript = this.local("puma_reload_script", inBase64(reloadScript()));
    this.removals = new Removals(this, this.names, this.owner);
    this.names.late(this, "puma_services", () => this.inventory.services);
  }

  /** The address of the script that reaches hosts if the engine does not. Few stacks need it. */
  get transportScript(): string {
    return this.text("puma_transport", transportScript);
  }

  /** The address of a script that few stacks need: it is there from the first time that it is asked for. */
  text(name: string, script: () => string): string {
    const found = this.texts.get(name) ?? this.local(name, terraformText(this.cdk, script()));
    this.texts.set(name, found);
    return `local.${found}`;
  }

  /** The names of all services of this stack on a host, as an expression. */
  servicesOn(host: Host): string {
    return `\${local.puma_services["${host.name}"]}`;
  }

  /**
   * The Terraform name of what a PumaService has once: made from the service's name, so that it stays when constructs move.
   * Where several PumaServices share a name, from the second on it tells the first host too, or that it has none.
   */
  variantId(service: string, hosts: readonly Host[]): string {
    const count = this.variants.get(service) ?? 0;
    this.variants.set(service, count + 1);
    const first = [...hosts].map((host) => host.name).sort()[0];
    const own = first === undefined ? "with_machines" : `from_${first}`;
    return this.names.claim(count === 0 ? `puma_${service}` : `puma_${service}_${own}`);
  }

  private local(name: string, value: unknown): string {
    return this.names.local(this, name, value);
  }

  /** A stack in another workspace of Terraform is another owner. */
  private ownerOf(stack: TerraformStack): string {
    const name = stack.node.id;
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      const at = PropPath.of("TerraformStack").key("id");
      at.refuse("be letters, digits and '-_.', as it owns what is on the hosts", name);
    }
    const owner = `\${terraform.workspace == "default" ? "${name}" : "${name}/\${terraform.workspace}"}`;
    return this.local("puma_owner", owner);
  }
}
