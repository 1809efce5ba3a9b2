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
import { ownText } from "./own-text";
import { PlacedFiles } from "./placed-files";
import { Removals } from "./removals";

const ID = "cdktf-puma";

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
  /** The scripts as expressions, the first one as gzip and base64. */
  readonly hostScript: string;
  readonly launchScript: string;
  readonly stopScript: string;
  readonly endedScript: string;
  readonly reloadScript: string;
  /** What takes the services away again. */
  readonly removals: Removals;

  private readonly variants = new Map<string, number>();
  /** The scripts that have been asked for, by the names of their variables. */
  private readonly texts = new Map<string, string>();

  private constructor(stack: TerraformStack, cdk: Cdk) {
    super(stack, ID);
    this.cdk = cdk;
    this.hostMaps = new HostMaps(this, this.names);
    this.owner = this.ownerOf(stack);
    ensureNullProvider(this);
    this.hostScript = this.own("puma_host_script", packedRunScript());
    this.launchScript = this.text("puma_launch_script", launchScript);
    this.stopScript = this.text("puma_stop_script", stopScript);
    this.endedScript = this.text("puma_ended_script", endedScript);
    this.reloadScript = this.text("puma_reload_script", reloadScript);
    this.removals = new Removals(this, this.names, this.owner);
    this.names.late(this, "puma_services", () => this.inventory.services);
  }

  /** The script that reaches hosts if the engine does not. Few stacks need it. */
  get transportScript(): string {
    return this.text("puma_transport", transportScript);
  }

  /** A script as an expression: its text is there from the first time that it is asked for. Nothing in base64 is more than a letter. */
  text(name: string, script: () => string): string {
    const found =
      this.texts.get(name) ?? `base64decode(${this.own(name, Buffer.from(script()).toString("base64"))})`;
    this.texts.set(name, found);
    return found;
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

  private own(name: string, text: string): string {
    return ownText(this, this.names.claim(name, "variable"), text);
  }

  /** A stack in another workspace of Terraform is another owner. */
  private ownerOf(stack: TerraformStack): string {
    const name = stack.node.id;
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      const at = PropPath.of("TerraformStack").key("id");
      at.refuse("be letters, digits and '-_.', as it owns what is on the hosts", name);
    }
    const owner = `\${terraform.workspace == "default" ? "${name}" : "${name}/\${terraform.workspace}"}`;
    return this.names.local(this, "puma_owner", owner);
  }
}
