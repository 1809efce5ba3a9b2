import { Lazy, TerraformLocal, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Bind, checkMeeting } from "../puma/bind";
import { type Host } from "../remote/host";
import { hostScript, launchScript, stopScript } from "../remote/scripts";
import { refuse } from "../values/check";
import { identifier } from "./identifier";
import { ensureNullProvider } from "./null-provider";
import { Removal } from "./removal";
import { terraformText } from "./terraform-text";

const ID = "cdktf-puma";

/** What all Puma services of a stack share: the scripts, the null provider, and who is where. */
export class StackContent extends Construct {
  static of(scope: Construct): StackContent {
    const stack = TerraformStack.of(scope);
    return (stack.node.tryFindChild(ID) as StackContent | undefined) ?? new StackContent(stack);
  }

  readonly hostScript = this.script("host_script", hostScript());
  readonly launchScript = this.script("launch_script", launchScript());
  readonly stopScript = this.script("stop_script", stopScript());
  /** Owner of everything that this stack puts on a host. */
  readonly owner: string;

  private readonly removals = new Map<string, Removal>();
  private readonly variants = new Map<string, number>();
  private readonly services = new Map<
    string,
    { readonly service: string; readonly binds: readonly Bind[] }[]
  >();

  private constructor(stack: TerraformStack) {
    super(stack, ID);
    this.owner = stack.node.id;
    ensureNullProvider(stack);
    this.local("services", Lazy.anyValue({ produce: () => this.servicesByHost() }));
  }

  /**
   * Notes that a service runs on hosts with binds.
   * @throws where two services of one name, or two services with one address, would meet on a host
   */
  place(prop: string, service: string, hosts: readonly Host[], binds: readonly Bind[]): void {
    for (const { name } of hosts) {
      const there = this.services.get(name) ?? [];
      if (there.some((other) => other.service === service)) {
        refuse(`${prop} 'hosts'`, `name no host that another service '${service}' is on`, name);
      }
      for (const other of there)
        checkMeeting(`${prop} 'binds'`, binds, `'${other.service}' on '${name}'`, other.binds);
      this.services.set(name, [...there, { service, binds }]);
    }
  }

  /** The removal of a service from its hosts, which all PumaServices of one name share. */
  removalOf(service: string, failure: "fail" | "continue"): Removal {
    const removal = this.removals.get(service) ?? new Removal(this, service, failure, this.owner);
    this.removals.set(service, removal);
    removal.agree(failure);
    return removal;
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
    return identifier(count === 0 ? `puma_${service}` : `puma_${service}_from_${first}`);
  }

  /** The Terraform name of a service's installation on a host. */
  hostId(service: string, host: Host): string {
    return identifier(`puma_${service}_on_${host.name}`);
  }

  private servicesByHost(): Record<string, string> {
    const names = [...this.services].map(
      ([host, services]) => [host, services.map(({ service }) => service).sort()] as const,
    );
    return Object.fromEntries(names.map(([host, services]) => [host, services.join(" ")]));
  }

  private script(name: string, text: string): string {
    return this.local(name, terraformText(text));
  }

  private local(name: string, expression: unknown): string {
    const id = `puma_${name}`;
    new TerraformLocal(this, id, expression).overrideLogicalId(id);
    return id;
  }
}
