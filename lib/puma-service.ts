import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Deployment } from "./terraform/deployment";
import { type Resource } from "./terraform/null-provider";
import { Rollout } from "./deploy/rollout";
import { StackContent } from "./terraform/stack-resources";
import { type Bind } from "./puma/bind";
import { checkBinds } from "./puma/binds";
import { checkDeploy, type DeploySettings } from "./deploy/deploy-props";
import { checkSystemdVersion } from "./puma/directives";
import { scriptVariables } from "./deploy/host-settings";
import { type ServiceBinds } from "./puma/exec-start";
import { serviceUnit } from "./puma/service-unit";
import { PumaSocket } from "./puma-socket";
import { Host } from "./host/host";
import { unitFileName } from "./systemd/names";
import { type UnitFile } from "./systemd/unit-file";
import { checkObject, checkInstance, checkList, checkOneOf, checkOptional, refuse } from "./values/check";
import { Duration } from "./values/duration";
import { isToken } from "./values/marker";

/** What a PumaService is made of. */
export interface PumaServiceProps extends DeploySettings {
  /** The hosts that the service runs on. What one of them needs differently is a second PumaService of the same `name`. */
  readonly hosts: Host[];
  /**
   * Sockets that systemd holds for this service. Not together with `binds`.
   * @default - Puma binds by itself
   */
  readonly socket?: PumaSocket;
  /**
   * Addresses that Puma binds by itself. Not together with `socket`.
   * @default - those of the configuration file, which `configFile` has to name then
   */
  readonly binds?: Bind[];
  /**
   * Name of the unit, without `.service`: letters, digits and `- _ .`. On a host it is told from others by this name and the
   * stack's id: two projects in which both are the same are one owner there.
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * In which order the hosts change.
   * @default Rollout.allAtOnce()
   */
  readonly rollout?: Rollout;
  /**
   * What happens when the service cannot be removed from a host, most often because that is gone for good. With
   * "continue" what is on such a host stays there. The same for all services of a stack.
   * @default "fail"
   */
  readonly onUnreachableRemoval?: "fail" | "continue";
  /**
   * How long a run waits for another one of the same service on the same host.
   * @default Duration.minutes(10)
   */
  readonly lockTimeout?: Duration;
  /**
   * What has to be there before the service is installed, such as the hosts themselves.
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
}

/** A Puma under systemd, on one host or many. */
export class PumaService extends Construct {
  private readonly deployment: Deployment;
  private readonly units: ReadonlyMap<string, UnitFile>;
  private readonly name: string;
  private readonly sockets: ServiceBinds;

  /** @throws where the props could not become units, or not be deployed */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: PumaServiceProps,
  ) {
    super(scope, id);
    const { name = id } = checkObject(`${this.label} 'props'`, props);
    this.name = name;
    this.checkName(`${this.label} 'name'`);
    this.checkHosts();
    this.checkClasses();
    this.sockets = this.takeSockets();
    checkDeploy(this.label, this.name, props, this.sockets);
    this.units = this.makeUnits();
    this.warn();
    this.deployment = this.deploy();
  }

  /** What others can depend on: one resource for each host. */
  get resources(): Resource[] {
    return [...this.deployment.resources];
  }

  /** The text of each unit by its file's name, as it will stand on the hosts; Terraform tokens are still markers in it. */
  get unitFiles(): Record<string, string> {
    return Object.fromEntries([...this.units].map(([file, unit]) => [file, unit.toString()]));
  }

  private get label(): string {
    return `PumaService '${this.node.id}'`;
  }

  private checkName(prop: string): void {
    unitFileName(prop, this.name, "service");
    if (!this.name.startsWith("cdktf-puma-")) return;
    refuse(prop, "not begin with cdktf-puma-, as the units of this library's own runs do", this.name);
  }

  private checkHosts(): void {
    const { hosts } = this.props;
    if (!Array.isArray(hosts) || hosts.length === 0)
      refuse(`${this.label} 'hosts'`, "name at least one host", hosts);
    hosts.forEach((host, i) => checkInstance(`${this.label} 'hosts[${i}]'`, host, Host));
    const names = hosts.map((host) => host.name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) refuse(`${this.label} 'hosts'`, "name each host once", twice);
  }

  private checkClasses(): void {
    const { socket, rollout, lockTimeout, dependsOn = [], onUnreachableRemoval = "fail" } = this.props;
    checkOptional(`${this.label} 'socket'`, socket, PumaSocket);
    checkOptional(`${this.label} 'rollout'`, rollout, Rollout);
    checkOptional(`${this.label} 'lockTimeout'`, lockTimeout, Duration);
    checkList(`${this.label} 'dependsOn'`, dependsOn).forEach((one, i) => {
      if (typeof one?.fqn === "string") return;
      refuse(`${this.label} 'dependsOn[${i}]'`, "be a resource, such as one of another's 'resources'", one);
    });
    checkOneOf(`${this.label} 'onUnreachableRemoval'`, onUnreachableRemoval, ["fail", "continue"]);
  }

  private takeSockets(): ServiceBinds {
    const { socket, binds, configFile } = this.props;
    if (socket && binds)
      refuse(
        `${this.label} 'binds'`,
        "not stand beside 'socket', which has binds of its own",
        checkList(`${this.label} 'binds'`, binds).map((bind) => bind.listenStream),
      );
    if (socket) return { binds: socket.binds, socket: socket.unitName(this.name) };
    if (binds) checkBinds(`${this.label} 'binds'`, binds);
    else if (!configFile)
      refuse(`${this.label} 'binds'`, "be given where there is neither a 'socket' nor a 'configFile'", binds);
    return { binds: binds ?? [] };
  }

  private makeUnits(): ReadonlyMap<string, UnitFile> {
    const { socket, hosts } = this.props;
    const units = new Map<string, UnitFile>();
    if (socket) units.set(`${socket.unitName(this.name)}.socket`, socket.takenBy(this.name));
    units.set(`${this.name}.service`, serviceUnit(this.label, this.name, this.props, this.sockets));
    for (const { name, options } of hosts) {
      if (options.systemdVersion === undefined || isToken(options.systemdVersion)) continue;
      for (const unit of units.values())
        checkSystemdVersion(`Host '${name}' 'systemdVersion'`, unit, options.systemdVersion);
    }
    return units;
  }

  private warn(): void {
    const annotations = Annotations.of(this);
    if (this.props.user === undefined) {
      annotations.addWarning(
        `${this.label} 'user': is missing, so Puma runs as root; name a user without privileges`,
      );
    }
    for (const host of this.props.hosts) for (const warning of host.warnings) annotations.addWarning(warning);
  }

  private deploy(): Deployment {
    const { props, name, sockets } = this;
    const placement = { service: name, files: [...this.units.keys()], binds: sockets.binds };
    StackContent.of(this).places.add(this.label, props.hosts, placement);
    return new Deployment(this, {
      prop: this.label,
      service: name,
      hosts: props.hosts,
      units: this.units,
      variables: scriptVariables(this.label, name, props, sockets),
      values: this.tokenValues(),
      release: props.release ?? "",
      lockTimeout: (props.lockTimeout ?? Duration.minutes(10)).toSeconds(),
      removalFailure: props.onUnreachableRemoval ?? "fail",
      rollout: props.rollout ?? Rollout.allAtOnce(),
      dependsOn: props.dependsOn ?? [],
    });
  }

  private tokenValues(): Record<string, string> {
    const { environment = {}, args = [] } = this.props;
    return Object.fromEntries([
      ...Object.entries(environment).map(([name, value]) => [`${this.label} 'environment.${name}'`, value]),
      ...args.map((value, i) => [`${this.label} 'args[${i}]'`, value]),
    ]);
  }
}
