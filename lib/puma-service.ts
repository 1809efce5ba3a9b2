import { Construct } from "constructs";
import { checkNames, checkUnits, deliveryOf } from "./delivery";
import { bootWarnings } from "./deploy/boot-limits";
import { type CloudConfigOptions, cloudConfigOptions } from "./deploy/cloud-config";
import { filesWarnings, withFiles } from "./deploy/declared-files";
import { DEPLOY_PROPS, type DeployProps } from "./deploy/deploy-props";
import { DeployStrategy } from "./deploy/deploy-strategy";
import { deployedService } from "./deploy/deployable";
import { firstBootOf, leftToApply } from "./deploy/first-boot";
import { phasesWarnings } from "./deploy/phases";
import { type Rollout } from "./deploy/rollout";
import { type Host } from "./host/host";
import { OWN_PREFIX } from "./layout";
import { PumaSocket } from "./puma-socket";
import { type Bind } from "./puma/bind";
import { checkBinds, checkMeeting } from "./puma/binds";
import { hardenedBy } from "./puma/hardening";
import { checkOpenedPaths } from "./puma/opened-paths";
import { type Written } from "./puma/rules/rule";
import { checkRules, rulesWarnings } from "./puma/rules/rules";
import { Service, type ServiceBinds, type SocketBinds } from "./puma/service";
import { SERVICE_UNIT_PROPS, type ServiceUnitProps } from "./puma/service-props";
import { serviceUnit } from "./puma/service-unit";
import { type ProxyServer, upstream } from "./puma/upstream";
import { unitFileName } from "./systemd/names";
import { type UnitFile } from "./systemd/unit-file";
import { type CloudConfig } from "./terraform/cloud-config";
import { Deployment } from "./terraform/deployment";
import { type ITerraformDependable } from "./terraform/dependable";
import { cdkOf } from "./terraform/cdk";
import { checkInstance, checkList, checkOptional } from "./values/check";
import { type Duration } from "./values/duration";
import { checkProps, type Fields } from "./values/fields";
import { PropPath } from "./values/prop-path";

/** What a PumaService is made of. */
export interface PumaServiceProps extends ServiceUnitProps, DeployProps {
  /**
   * The hosts that the service runs on. What one of them needs differently is a second PumaService of the same `name`. None where
   * machines come with it, by `cloudConfig()`.
   */
  readonly hosts: Host[];
  /**
   * What systemd listens at for this service. Not to be combined with `sockets` or `binds`.
   * @default - Puma binds by itself
   */
  readonly socket?: PumaSocket;
  /**
   * The same of several units: a changed bind closes the socket that it is in, and the others stay open. The first may have the
   * service's name, each other needs a `name` of its own. Not to be combined with `socket` or `binds`.
   * @default - the one that `socket` says
   */
  readonly sockets?: PumaSocket[];
  /**
   * Addresses that Puma binds by itself. Not to be combined with `socket` or `sockets`.
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
   * The order in which hosts change.
   * @default Rollout.allAtOnce()
   */
  readonly rollout?: Rollout;
  /**
   * How long an apply or a removal waits for another run of the same service on the same host.
   * @default Duration.minutes(10)
   */
  readonly lockTimeout?: Duration;
  /**
   * What has to exist before the service is installed, such as the hosts themselves.
   * @default - nothing
   */
  readonly dependsOn?: ITerraformDependable[];
}

const PROPS: Fields<PumaServiceProps> = {
  ...SERVICE_UNIT_PROPS,
  ...DEPLOY_PROPS,
  ...{
    hosts: true,
    socket: true,
    sockets: true,
    binds: true,
    name: true,
    rollout: true,
    lockTimeout: true,
    dependsOn: true,
  },
};

/**
 * A Puma under systemd, on one host or many.
 *
 * @example
 * new PumaService(stack, "web", {
 *   hosts: [new Host("web1", { address: "10.0.1.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
 *   socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
 *   user: "deploy",
 *   workingDirectory: "/srv/blog/current",
 *   pumaVersion: "6.6",
 *   environment: { RAILS_MAX_THREADS: "8" },
 *   restart: Restart.overlap(),
 *   healthCheck: HealthCheck.http("/up"),
 * });
 */
export class PumaService extends Construct {
  /** @internal */
  public readonly _deployment: Deployment;

  private readonly units: ReadonlyMap<string, UnitFile>;
  private readonly service: Service;
  private readonly strategy: DeployStrategy;
  private userData?: CloudConfig;

  /**
   * @param scope the stack, or a construct in it
   * @param id its id in the scope, and the name of its unit unless `name` is another
   * @param props what it is made of
   * @throws if the props could not become units, or could not be deployed
   */
  constructor(scope: Construct, id: string, props: PumaServiceProps) {
    super(scope, id);
    const at = PropPath.of("PumaService", id);
    const { name = id, hosts } = checkProps(at, props, PROPS, new.target !== PumaService);
    checkName(at.key("name"), name);
    checkNames(at.key("hosts"), hosts);
    props = withFiles(at, name, props);
    const sockets = socketsOf(at, props);
    const identity = { name, stack: cdkOf(this).TerraformStack.of(this).node.id };
    const service = Service.resolve(at, identity, props, bindsOf(at, name, sockets, props));
    const strategy = DeployStrategy.resolve(service, props);
    [this.service, this.strategy] = [service, strategy];
    this.units = unitsOf(service, sockets);
    checkOpenedPaths(service, this.units);
    checkUnits(hosts, this.units);
    this.judge(writtenOf(service, strategy, this.units, sockets), strategy, hosts);
    if (hosts.length === 0) this.checkWithoutHosts(at);
    const deployed = deployedService(service, strategy, this.units);
    this._deployment = new Deployment(this, { ...deployed, hosts, ...deliveryOf(at, props) });
  }

  /** What others can depend on: one resource for each host. */
  get resources(): ITerraformDependable[] {
    return [...this._deployment.resources];
  }

  /** The text of each unit by its file's name, as it will stand on the hosts. Terraform tokens are still markers in it. */
  get unitFiles(): Record<string, string> {
    return Object.fromEntries([...this.units].map(([file, unit]) => [file, unit.toString()]));
  }

  /**
   * What the configuration of a proxy on the same hosts says to reach this service: by a unix bind if there is one, else over tcp,
   * else over ssl.
   * @param proxy which one
   * @throws if nothing says what Puma listens on
   * @example
   * const upstream = new PumaService(stack, "web", {
   *   hosts: [new Host("web1", { address: "10.0.1.11", key: SshKey.agent() })],
   *   binds: [Bind.unix("/run/blog/puma.sock", { mode: "0666" })],
   *   user: "deploy",
   *   workingDirectory: "/srv/blog/current",
   * }).upstream(ProxyServer.NGINX);
   */
  upstream(proxy: ProxyServer): string {
    const { at, name, binds } = this.service;
    return upstream(at, name, binds, proxy);
  }

  /**
   * User data for machines that come up with the service, such as those of a group that scales by itself: a `#cloud-config` for
   * cloud-init, as a token. It brings units, `files` and what they call, and starts Puma; it is no apply, so `tasks` are not run and
   * health is not checked beyond an answer. The first apply that reaches such a machine knows the service as its own. What machines
   * that run get next, docs/first-boot.md tells.
   * @param options how it is handed over
   * @throws if the service has what may not stand in user data, or if it is more than the cloud takes
   * @example
   * const service = new PumaService(stack, "web", {
   *   hosts: [],
   *   binds: [Bind.tcp(9292)],
   *   user: "deploy",
   *   workingDirectory: "/srv/blog/current",
   * });
   * const launchTemplate = { userData: service.cloudConfig({ gzip: true }) };
   */
  cloudConfig(options: CloudConfigOptions = {}): string {
    const given = cloudConfigOptions(PropPath.of("PumaService.cloudConfig"), options);
    this.userData ??= this.bootWithMachines();
    return this.userData.read(given);
  }

  private bootWithMachines(): CloudConfig {
    const { service, strategy, units } = this;
    const left = leftToApply(strategy, service);
    const warning = `${service.at}: ${left.join(", ")} come with the first apply, and not by cloudConfig(), which has no room for what they start`;
    if (left.length > 0) cdkOf(this).Annotations.of(this).addWarning(warning);
    return this._deployment.cloudConfig(firstBootOf(service, strategy, units));
  }

  private checkWithoutHosts(at: PropPath): void {
    const { once, eachHost } = this.strategy.tasks;
    if (once.length > 0 || eachHost)
      at.key("tasks").fail("must be left away without 'hosts', as an apply runs them there");
    const message = `${at.key("hosts")}: must name at least one host, unless cloudConfig() brings the service to machines, got []`;
    this.node.addValidation({ validate: () => (this.userData ? [] : [message]) });
  }

  private judge(written: Written, { restart, files }: DeployStrategy, hosts: readonly Host[]): void {
    checkRules(written);
    const { service } = written;
    const { at, scope, user } = service;
    const warnings = [
      ...(user === undefined && scope === "system"
        ? [`${at.key("user")}: is missing, so Puma runs as root; name a user without privileges`]
        : []),
      ...(restart === "phased" ? phasesWarnings(service) : []),
      ...bootWarnings(service),
      ...rulesWarnings(written),
      ...filesWarnings(at, files),
      ...hosts.flatMap((host) => host.warnings),
    ];
    for (const warning of warnings) cdkOf(this).Annotations.of(this).addWarning(warning);
  }
}

function checkName(at: PropPath, name: string): void {
  unitFileName(at, name, "service");
  if (!name.startsWith(OWN_PREFIX)) return;
  at.refuse(`not begin with ${OWN_PREFIX}, as the units of this library's own runs do`, name);
}

type Binding = Pick<PumaServiceProps, "socket" | "sockets" | "binds" | "configFile">;

function socketsOf(at: PropPath, { socket, sockets }: Binding): readonly PumaSocket[] {
  checkOptional(at.key("socket"), socket, PumaSocket);
  if (sockets === undefined) return socket ? [socket] : [];
  const path = at.key("sockets");
  if (checkList(path, sockets).length === 0) path.refuse("hold at least one socket", sockets);
  sockets.forEach((one, i) => checkInstance(path.index(i), one, PumaSocket));
  const ids = sockets.map((one) => one.node.id);
  if (socket) path.refuse("not stand beside 'socket', which is for a single one", ids);
  const twice = sockets.findIndex((one, i) => sockets.indexOf(one) < i);
  if (twice >= 0) path.index(twice).refuse("not be named twice", ids[twice]);
  return [...sockets];
}

function bindsOf(
  at: PropPath,
  name: string,
  sockets: readonly PumaSocket[],
  { socket, binds, configFile }: Binding,
): ServiceBinds {
  const path = at.key("binds");
  if (sockets.length > 0 && binds) refuseBinds(path, binds, socket !== undefined);
  if (sockets.length > 0)
    return bindsOfSockets(name, sockets, (i) => (socket ? at.key("socket") : at.key("sockets").index(i)));
  if (binds) checkBinds(path, binds);
  else if (!configFile) path.refuse("be given where there is neither a 'socket' nor a 'configFile'", binds);
  return { binds: binds ?? [] };
}

function bindsOfSockets(
  service: string,
  sockets: readonly PumaSocket[],
  at: (index: number) => PropPath,
): ServiceBinds {
  const listening = sockets.map((socket, i): SocketBinds => ({
    at: at(i),
    file: `${socket._unitName(service)}.socket`,
    binds: socket.binds,
  }));
  checkApart(service, listening);
  return { binds: listening.flatMap(({ binds }) => binds), sockets: listening };
}

function refuseBinds(at: PropPath, binds: readonly Bind[], isOne: boolean): never {
  const listed = checkList(at, binds).map((bind) => bind.listenStream);
  const others = isOne ? "'socket', which has binds of its own" : "'sockets', which have binds of their own";
  return at.refuse(`not stand beside ${others}`, listed);
}

/** Throws if two sockets of a service would be one unit, or take one address. */
function checkApart(service: string, sockets: readonly SocketBinds[]): void {
  sockets.forEach(({ at, file, binds }, i) => {
    for (const other of sockets.slice(0, i)) {
      if (other.file === file)
        at.refuse(`have a 'name' of its own, as two sockets of '${service}' would both be ${file}`, file);
      checkMeeting(at.key("binds"), binds, other.file, other.binds);
    }
  });
}

function unitsOf(service: Service, sockets: readonly PumaSocket[]): ReadonlyMap<string, UnitFile> {
  const units = [...sockets.map((socket) => socket._takenBy(service)), serviceUnit(service)];
  return new Map(units.map((unit, i) => [service.unitFiles[i], unit]));
}

function writtenOf(
  service: Service,
  { rehearse, restart }: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
  sockets: readonly PumaSocket[],
): Written {
  // The sockets' units come first.
  const at = [...sockets.map((socket) => socket._at), service.at];
  return {
    service,
    rehearses: rehearse,
    isPhased: restart === "phased",
    units: [...units].map(([file, unit], i) => ({
      ...{ file, unit, at: at[i] ?? service.at },
      hardened: file.endsWith(".service") ? hardenedBy(service) : [],
    })),
  };
}
