import { type Construct } from "constructs";
import { Bundle } from "../deploy/bundle";
import { DEFAULT_LOCK_TIMEOUT } from "../deploy/launcher";
import { type Host } from "../host/host";
import { packed } from "../runtime/parts";
import { type Duration } from "../values/duration";
import { type Cdk, cdkOf } from "./cdk";
import { type KnownBy } from "./host-identity";
import { type Namespace } from "./namespace";
import { RemovalResource } from "./removal-resource";
import { terraformData } from "./terraform-data";

const IDS: Readonly<Record<KnownBy, string>> = {
  program: "puma_removals",
  engine: "puma_unordered_removals",
};

/** A service on a host, as its removal has to know it. */
export interface Placement {
  readonly service: string;
  readonly host: Host;
  /** How its removal reaches the host. */
  readonly reach: Readonly<Record<string, unknown>>;
  readonly knownBy: KnownBy;
  /** The address of its installation. */
  readonly installation: string;
  /** How long its removal waits for another run. */
  readonly lockTimeout: Duration;
}

/**
 * Takes services from hosts, once all that stays or comes is installed. What left a resource that creates before it
 * destroys, the engine destroys behind the changes of whatever depends on that resource. So the order is turned round: one
 * resource depends on the removals and on all installations, and changes with what is to be where. Edges from each removal
 * to each installation would fill the state with the square of the hosts.
 *
 * To create before destroying spreads to whatever a resource refers to. So removals of hosts that refer to resources of
 * the user's have no order.
 */
export class Removals {
  /** The address of what tells, before anything is installed, what is to be where. */
  readonly inventory: string;

  private readonly cdk: Cdk;
  private readonly resources: Readonly<Record<KnownBy, RemovalResource>>;
  private readonly placements: Placement[] = [];

  constructor(
    private readonly scope: Construct,
    names: Namespace,
    /** Name of the local that holds the owner. */
    owner: string,
  ) {
    this.cdk = cdkOf(scope);
    const script = packed(Bundle.removal().script);
    const resourceFor = (knownBy: KnownBy): RemovalResource =>
      new RemovalResource(scope, names, { id: IDS[knownBy], knownBy, owner, script });
    this.resources = { program: resourceFor("program"), engine: resourceFor("engine") };
    this.inventory = this.inventoryAs(names.claim("pumas_by_host"));
    this.closeInstallations(names.claim("pumas_installed"));
  }

  /** Records that a service is on a host. */
  add(placement: Placement): void {
    const { service, host, reach, knownBy, lockTimeout } = placement;
    const seconds = lockTimeout.toSeconds();
    this.resources[knownBy].add(`${service}@${placeOf(placement, "@")}`, {
      service,
      name: host.name,
      ...(seconds !== DEFAULT_LOCK_TIMEOUT.toSeconds() && { lock_timeout: seconds }),
      ...reach,
    });
    this.placements.push(placement);
  }

  private inventoryAs(id: string): string {
    terraformData(this.scope, id, {}).overrideLogicalId(id);
    this.late(id, "input", () => servicesByPlace(this.placements));
    return `terraform_data.${id}`;
  }

  /** Changes with the inventory, once all is installed. Where it does not change, nothing that was there is to go. */
  private closeInstallations(id: string): void {
    const installed = terraformData(this.scope, id, {
      input: "${substr(sha256(jsonencode(terraform_data.pumas_by_host.output)), 0, 12)}",
    });
    installed.overrideLogicalId(id);
    const dependsOn = (): string[] => [
      `terraform_data.${IDS.program}`,
      ...this.placements.map(({ installation }) => installation).sort(),
    ];
    this.late(id, "depends_on", dependsOn);
  }

  /** What is complete at synth only, without a token, in an override of the stack: the CDK resolves it once. */
  private late(id: string, field: string, produce: () => unknown): void {
    const { Lazy, TerraformStack } = this.cdk;
    const path = `resource.terraform_data.${id}.${field}`;
    TerraformStack.of(this.scope).addOverride(path, Lazy.anyValue({ produce }));
  }
}

/** A host by name and, where that stands in the program, address: the same name elsewhere is another place. */
function placeOf({ host, knownBy }: Placement, between: string): string {
  return knownBy === "program" ? `${host.name}${between}${host.options.address}` : host.name;
}

function servicesByPlace(placements: readonly Placement[]): Record<string, string> {
  const places = new Map<string, string[]>();
  for (const placement of placements) {
    const place = placeOf(placement, " at ");
    places.set(place, [...(places.get(place) ?? []), placement.service]);
  }
  return Object.fromEntries([...places].map(([place, services]) => [place, services.sort().join(" ")]));
}
