import { type Construct } from "constructs";
import { type Deployed } from "../deploy/deployable";
import { type FirstBoot } from "../deploy/first-boot";
import { type Rollout } from "../deploy/rollout";
import { type Host } from "../host/host";
import { type TokenValue } from "../puma/service";
import { type Duration } from "../values/duration";
import { holdsToken } from "../values/marker";
import { barrier } from "./barrier";
import { type Beside, besideOf } from "./beside";
import { openConditions, tokenConditions } from "./conditions";
import { CloudConfig } from "./cloud-config";
import { addressesOf, type ITerraformDependable } from "./dependable";
import { cdkOf, type TerraformResource } from "./cdk";
import { removalInput } from "./connection";
import { expression } from "./expression";
import { checkHostTokens, checkTokens } from "./foreign-tokens";
import { knownBy } from "./host-identity";
import { type Batch, install } from "./installation";
import { installationName } from "./names";
import { textsOfFiles, writeServiceLocals } from "./service-locals";
import { type ServiceTriggers, writeServiceTriggers } from "./service-triggers";
import { type Placement } from "./removals";
import { checkUsers } from "./scope";
import { StackResources } from "./stack-resources";
import { Staging } from "./staging";
import { TaskResources } from "./task-resources";
import { terraformData } from "./terraform-data";

/** What is deployed, and how it comes to its hosts. */
export interface DeploymentOptions extends Deployed {
  readonly hosts: readonly Host[];
  readonly rollout: Rollout;
  /** How long a run waits for another one of the same service on the same host. */
  readonly lockTimeout: Duration;
  readonly dependsOn: ITerraformDependable[];
}

/** Puts a service on its hosts: what they have in common once, a resource for each, and their removal. */
export class Deployment {
  /** What others can depend on: one resource for each host. */
  readonly resources: TerraformResource[];

  private readonly stack: StackResources;
  private readonly id: string;
  private readonly triggers: ServiceTriggers;
  /** As the engine is to reach them. */
  private readonly hosts: readonly Host[];
  private readonly staging?: Staging;
  /** What its hosts ask for where the engine runs. */
  private readonly beside?: Beside;
  /** What says something of the hosts before anything is done on one. */
  private readonly first: readonly string[];

  /** @throws if the service cannot be on one of its hosts, or if a name is taken in the stack */
  constructor(
    private readonly scope: Construct,
    private readonly options: DeploymentOptions,
  ) {
    const { service, hosts } = options;
    checkUsers(service, hosts);
    this.stack = StackResources.of(scope);
    this.hosts = hosts.map((host) => this.stack.hostMaps.read(host));
    this.checkTokens();
    this.beside = besideOf(this.stack, service, options.strategy.tasks, this.hosts);
    this.stack.inventory.add(service, this.hosts);
    this.stack.files.add(service, options.strategy.files, this.hosts);
    this.id = this.stack.variantId(service.name, hosts);
    this.writeLocals();
    this.staging = Staging.of(scope, this.stack, { ...options, id: this.id, hosts: this.hosts });
    this.triggers = writeServiceTriggers(scope, this.stack, this.id, options);
    this.review();
    this.first = this.conditions();
    this.resources = this.install();
  }

  /** What is put on which hosts. */
  get placed(): Pick<DeploymentOptions, "units" | "hosts"> {
    return this.options;
  }

  /** What brings the service with machines, as the engine is to have it. */
  cloudConfig(boot: FirstBoot): CloudConfig {
    const { service, units, strategy } = this.options;
    const { at, name, scope } = service;
    const texts = new Map(textsOfFiles(this.id, { scope, units, files: strategy.files }));
    return new CloudConfig(this.scope, this.stack, { at, name, boot, texts, id: this.id });
  }

  private checkTokens(): void {
    const { service, strategy, tokens } = this.options;
    const cdk = cdkOf(this.scope);
    for (const host of this.hosts) checkHostTokens(cdk, host);
    for (const [at, value] of tokens) checkTokens(cdk, at, value);
    checkTokens(cdk, service.at.key("release"), strategy.release);
    checkTokens(cdk, service.at.key("deployedBy"), strategy.deployedBy);
    checkTokens(cdk, service.at.key("files"), strategy.files);
  }

  private writeLocals(): void {
    const { service, strategy, units, lockTimeout, runTimeout } = this.options;
    const { cdk, owner } = this.stack;
    writeServiceLocals(this.scope, this.stack, this.id, {
      service: service.name,
      scope: service.scope,
      units,
      files: strategy.files,
      bundle: this.options.bundle(expression(cdk, `local.${owner}`)),
      lockTimeout,
      runTimeout,
      deployedBy: strategy.deployedBy,
      isPacked: !this.options.hosts.every((host) => host._isByEngine),
    });
  }

  /** For the reviewer of a plan: each changed line once, however many hosts it goes to, under what it does to Puma. */
  private review(): void {
    const triggersReplace = this.triggers.ofReview;
    const review = terraformData(this.scope, "units", { triggersReplace });
    review.overrideLogicalId(this.id);
    const { service, strategy, tokens, hosts } = this.options;
    const { cdk } = this.stack;
    const release: TokenValue = [service.at.key("release"), strategy.release];
    const people: TokenValue = [service.at.key("deployedBy"), strategy.deployedBy];
    const { precondition } = tokenConditions(cdk, tokens, [release], [people]);
    const open = openConditions(cdk, [...this.contents(), release], hosts.length > 0 ? "state" : "user data");
    review.lifecycle = { precondition: [...precondition, ...open] };
  }

  private contents(): TokenValue[] {
    const { service, strategy } = this.options;
    return strategy.files.map(({ content }, i) => [service.at.key("files").index(i), content]);
  }

  private install(): TerraformResource[] {
    const { rollout, strategy } = this.options;
    const dependsOn = this.given();
    const batches = rollout._batches(this.hosts);
    const hasStages = batches.length > 1 || strategy.tasks.once.length > 0;
    const createBeforeDestroy = hasStages && this.refersToNothing();
    const tasks = this.runTasks({ dependsOn: [...dependsOn, ...this.first], pause: 0, createBeforeDestroy });
    let before: TerraformResource[] = [];
    return batches.flatMap((hosts, i) => {
      const pause = i === 0 ? 0 : rollout._pause;
      const after = i === 0 ? [tasks ?? this.first].flat() : [this.barrierBehind(i, before)];
      const batch = { dependsOn: [...dependsOn, ...after], pause, createBeforeDestroy };
      before = hosts.map((host) => this.installOn(host, batch));
      return before;
    });
  }

  /** What the user has everything wait for. */
  private given(): string[] {
    const { service, dependsOn } = this.options;
    return addressesOf(this.scope, service.at.key("dependsOn"), dependsOn);
  }

  private conditions(): string[] {
    const { hostMaps, removals } = this.stack;
    const checks = hostMaps.checksOf(this.options.hosts, removals.inventory);
    return checks.length > 0 ? checks : [removals.inventory];
  }

  /** What installations wait for, where there are tasks. */
  private runTasks(batch: Batch): string | undefined {
    const options = { ...this.options, hosts: this.hosts };
    const stagedOn = (host: Host): string[] => this.stagedOn(host);
    return new TaskResources(this.scope, this.stack, this.id, options, stagedOn).runAll(batch);
  }

  private barrierBehind(batch: number, resources: readonly TerraformResource[]): string {
    return barrier(this.scope, this.stack.names, `${this.id}_batch_${batch}`, resources);
  }

  private installOn(host: Host, batch: Batch): TerraformResource {
    const { name, scope } = this.options.service;
    const { cdk, names } = this.stack;
    const id = names.claim(installationName(name, host.name));
    const reach = removalInput(cdk, host);
    const by = knownBy(cdk, this.scope, host, reach);
    this.removeLater({ service: name, scope, host, reach, knownBy: by, installation: `null_resource.${id}` });
    return install(this.scope, host, this.behindSecrets(host, batch), {
      id,
      service: name,
      scope,
      transport: host._isByEngine ? "" : this.stack.transportScript,
      knownBy: by,
      locals: this.id,
      triggers: this.triggers.ofHosts,
      siblings: this.stack.servicesOn(host),
      beside: this.beside,
    });
  }

  private removeLater(placement: Omit<Placement, "lockTimeout" | "retain">): void {
    const { strategy, lockTimeout } = this.options;
    const retain = placement.host.options.retain ?? strategy.retain;
    this.stack.removals.add({ ...placement, lockTimeout, retain });
  }

  private behindSecrets(host: Host, batch: Batch): Batch {
    return { ...batch, dependsOn: [...batch.dependsOn, ...this.stagedOn(host)] };
  }

  /** What brings the service's secrets to a host, whatever its batch: only its own installation waits for it. */
  private stagedOn(host: Host): string[] {
    return this.staging ? [this.staging.on(host, [...this.given(), ...this.first])] : [];
  }

  /**
   * Replacement destroys first, so a stopped rollout would forget what its later batches had, unless what is new is
   * created first. That spreads along every reference, so it is for services that refer to nothing of the user's.
   */
  private refersToNothing(): boolean {
    const { service, strategy, tokens, dependsOn } = this.options;
    const values = tokens.map(([, value]) => value);
    const secrets = service.secrets?._all.map(({ value }) => value);
    return (
      dependsOn.length === 0 &&
      !holdsToken([
        this.hosts.map((host) => host.options),
        values,
        strategy.release,
        strategy.deployedBy,
        strategy.files,
        secrets,
      ]) &&
      !holdsToken([this.beside?.task.before, this.beside?.task.after])
    );
  }
}
