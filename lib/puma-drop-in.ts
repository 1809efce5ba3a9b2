import { Construct } from "constructs";
import { checkHosts, checkUnits, deliveryOf } from "./delivery";
import { deployedDropIn, DropIn } from "./deploy/drop-in";
import { DROP_IN_PROPS, type DropInProps } from "./deploy/drop-in-props";
import { type Rollout } from "./deploy/rollout";
import { type Host } from "./host/host";
import { cdkOf } from "./terraform/cdk";
import { type ITerraformDependable } from "./terraform/dependable";
import { Deployment } from "./terraform/deployment";
import { type Duration } from "./values/duration";
import { checkProps, type Fields } from "./values/fields";
import { PropPath } from "./values/prop-path";

/** What a PumaDropIn is made of. */
export interface PumaDropInProps extends DropInProps {
  /** The hosts that the unit is on. */
  readonly hosts: Host[];
  /**
   * The order in which hosts change.
   * @default Rollout.allAtOnce()
   */
  readonly rollout?: Rollout;
  /**
   * How long an apply or a removal waits for another run at the same unit on the same host.
   * @default Duration.minutes(10)
   */
  readonly lockTimeout?: Duration;
  /**
   * What has to exist before the drop-in is installed, such as what brings the unit.
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
}

const PROPS: Fields<PumaDropInProps> = {
  ...DROP_IN_PROPS,
  ...{ hosts: true, rollout: true, lockTimeout: true, dependsOn: true },
};

/**
 * A drop-in of a unit that something else owns, such as Mastodon's or a package's, on one host or many. The unit itself is
 * never touched: an upgrade of the package that brings it replaces it as ever, and the drop-in stays.
 *
 * @example
 * new PumaDropIn(stack, "tuning", {
 *   hosts: [new Host("social1", { address: "10.0.1.21", user: "ops", key: SshKey.agent() })],
 *   unit: "mastodon-web.service",
 *   directives: { Service: { LimitNOFILE: 65536, Environment: "WEB_CONCURRENCY=4" } },
 *   healthCheck: HealthCheck.http("/health"),
 * });
 */
export class PumaDropIn extends Construct {
  /** @internal */
  public readonly _deployment: Deployment;

  private readonly dropIn: DropIn;

  /**
   * @param scope the stack, or a construct in it
   * @param id its id in the scope, and the name of its file unless `name` is another
   * @param props what it is made of
   * @throws if a line is none that systemd knows, or the unit is one of a PumaService on the same host
   */
  constructor(scope: Construct, id: string, props: PumaDropInProps) {
    super(scope, id);
    const at = PropPath.of("PumaDropIn", id);
    const { hosts } = checkProps(at, props, PROPS, new.target !== PumaDropIn);
    checkHosts(at.key("hosts"), hosts);
    this.dropIn = DropIn.resolve(at, id, props);
    const deployed = deployedDropIn(this.dropIn, props);
    checkUnits(hosts, deployed.units);
    for (const warning of hosts.flatMap((host) => host.warnings))
      cdkOf(this).Annotations.of(this).addWarning(warning);
    this._deployment = new Deployment(this, { ...deployed, hosts, ...deliveryOf(at, props) });
  }

  /** What others can depend on: one resource for each host. */
  get resources(): ITerraformDependable[] {
    return [...this._deployment.resources];
  }

  /** The text of the drop-in, as it will stand on the hosts. */
  get text(): string {
    return this.dropIn.lines.toString();
  }
}
