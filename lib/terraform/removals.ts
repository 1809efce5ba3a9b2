import { type Construct } from "constructs";
import { DEFAULT_LOCK_TIMEOUT } from "../deploy/launcher";
import { type Host } from "../host/host";
import { type Scope } from "../layout";
import { type Duration } from "../values/duration";
import { type Cdk, cdkOf } from "./cdk";
import { type KnownBy } from "./host-identity";
import { INVENTORY, REMOVALS } from "./names";
import { type Namespace } from "./namespace";
import { type Move, writeMoves } from "./moves";
import { type ReachedBy, RemovalResource } from "./removal-resource";
import { nameOf } from "./scope";
import { terraformData } from "./terraform-data";
import { stringExpression } from "./terraform-text";

type PerReach<T> = Readonly<Record<ReachedBy, T>>;

/** A service on a host, as its removal has to know it. */
export interface Placement {
  readonly service: string;
  /** Whose systemd has it. */
  readonly scope: Scope;
  readonly host: Host;
  /** How its removal reaches the host. */
  readonly reach: Readonly<Record<string, unknown>>;
  readonly knownBy: KnownBy;
  /** The address of its installation. */
  readonly installation: string;
  /** How long its removal waits for another run. */
  readonly lockTimeout: Duration;
  /** Whether it is handed over instead. */
  readonly retain: boolean;
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
  private readonly resources: Readonly<Record<KnownBy, PerReach<RemovalResource>>>;
  private readonly placements: Placement[] = [];

  constructor(
    private readonly scope: Construct,
    names: Namespace,
    /** Name of the local that holds the owner. */
    owner: string,
  ) {
    this.cdk = cdkOf(scope);
    const removal = (knownBy: KnownBy, reachedBy: ReachedBy): RemovalResource =>
      new RemovalResource(scope, names, { id: REMOVALS[knownBy][reachedBy], knownBy, reachedBy, owner });
    const removals = (knownBy: KnownBy): PerReach<RemovalResource> => ({
      engine: removal(knownBy, "engine"),
      openssh: removal(knownBy, "openssh"),
    });
    this.resources = { program: removals("program"), engine: removals("engine") };
    writeMoves(scope, "moves", () => this.placements.map(moveOf));
    this.inventory = this.inventoryAs(names.claim(INVENTORY));
    this.closeInstallations(names.claim("pumas_installed"));
  }

  /** Records that a service is on a host. */
  add(placement: Placement): void {
    const { service, scope, host, reach, knownBy, lockTimeout, retain } = placement;
    const seconds = lockTimeout.toSeconds();
    this.resources[knownBy][reachedBy(host)].add(keyOf(placement), {
      service,
      name: host.name,
      ...(scope === "user" && { scope }),
      ...(retain && { retain }),
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
      input: `\${substr(sha256(jsonencode(terraform_data.${INVENTORY}.output)), 0, 12)}`,
    });
    installed.overrideLogicalId(id);
    const dependsOn = (): string[] => [
      ...Object.values(REMOVALS.program).map((id) => `terraform_data.${id}`),
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

/** The key of a removal among those of its resource. */
function keyOf(placement: Placement): string {
  return `${labelOf(placement)}@${placeOf(placement, "@")}`;
}

function labelOf({ service, scope, host }: Placement): string {
  return nameOf(service, scope, host);
}

function reachedBy({ _isByEngine: isByEngine }: Host): ReachedBy {
  return isByEngine ? "engine" : "openssh";
}

/**
 * What may have been reached in the other way until now. Without it the engine would take a host that is reached anew for one
 * that left, and remove what is there.
 */
function moveOf(placement: Placement): Move {
  const { engine, openssh } = REMOVALS[placement.knownBy];
  const [from, to] = reachedBy(placement.host) === "engine" ? [openssh, engine] : [engine, openssh];
  const instance = (id: string): string => `terraform_data.${id}[${stringExpression(keyOf(placement))}]`;
  return { from: instance(from), to: instance(to) };
}

/** A host by name and, where that stands in the program, address: the same name elsewhere is another place. */
function placeOf({ host, knownBy }: Placement, between: string): string {
  return knownBy === "program" ? `${host.name}${between}${host.address}` : host.name;
}

function servicesByPlace(placements: readonly Placement[]): Record<string, string> {
  const places = new Map<string, string[]>();
  for (const placement of placements) {
    const place = placeOf(placement, " at ");
    places.set(place, [...(places.get(place) ?? []), labelOf(placement)]);
  }
  return Object.fromEntries([...places].map(([place, services]) => [place, services.sort().join(" ")]));
}
