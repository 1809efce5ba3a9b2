import { type Construct } from "constructs";
import { shellSettings } from "../deploy/shell-settings";
import { type Host } from "../host/host";
import { type OnceTask, taskKey, taskName } from "../deploy/task";
import { hostOfTask, taskRunTimeout, taskVariables } from "../deploy/tasks";
import { type TerraformResource } from "./cdk";
import { removalInput } from "./connection";
import { type DeploymentOptions } from "./deployment";
import { expression } from "./expression";
import { knownBy } from "./host-identity";
import { identifier } from "./identifier";
import { type Batch, runOn } from "./installation";
import { type Run, runText } from "./service-locals";
import { type StackResources } from "./stack-resources";
import { stringExpression } from "./terraform-text";

/** As much of a task's words as a person wants to read in the name of its resource. */
const NAME_LENGTH = 40;

/**
 * The tasks of a service that run once for each release: a resource for each, of which each waits for the one before it. Its words
 * and the release are all that tells one state of it from another: a host that leaves the list runs nothing again.
 */
export class TaskResources {
  private readonly taken = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly stack: StackResources,
    /** The beginning of the names of what the service has in Terraform. */
    private readonly id: string,
    private readonly options: DeploymentOptions,
    /** What brings the service's secrets to a host. */
    private readonly stagedOn: (host: Host) => string[],
  ) {}

  /** Writes them all; the address of the last. */
  runAll(first: Batch): string | undefined {
    let last: string | undefined;
    this.options.strategy.tasks.once.forEach((task, i) => {
      const batch = last === undefined ? first : { ...first, dependsOn: [last] };
      last = addressOf(this.run(task, i, batch));
    });
    return last;
  }

  private run(task: OnceTask, index: number, batch: Batch): TerraformResource {
    const { service, hosts } = this.options;
    const { cdk, names } = this.stack;
    const host = hostOfTask(service, task, index, hosts);
    const behind = { ...batch, dependsOn: [...batch.dependsOn, ...this.stagedOn(host)] };
    const id = names.claim(`${this.id}_task_${this.slugOf(task)}`);
    this.writeLocals(id, task, !host._isByEngine);
    return runOn(this.scope, `task-${taskKey(task)}`, this.triggersOf(task), host, behind, {
      id,
      service: `a task of ${service.name}`,
      scope: service.scope,
      transport: host._isByEngine ? "" : this.stack.transportScript,
      knownBy: knownBy(cdk, this.scope, host, removalInput(cdk, host)),
      locals: id,
      siblings: this.stack.servicesOn(host),
    });
  }

  private writeLocals(id: string, task: OnceTask, isPacked: boolean): void {
    const { service, lockTimeout, strategy } = this.options;
    const { cdk, names } = this.stack;
    const settings = expression(cdk, `local.${identifier(`${this.id}_settings`)}`);
    const run: Run = {
      ...{ service: service.name, bundle: { action: "task" }, lockTimeout },
      runTimeout: taskRunTimeout(task),
      deployedBy: strategy.deployedBy,
    };
    const text = runText(run, settings + shellSettings(taskVariables(task)), this.stack);
    const apply = names.local(this.scope, `${id}_apply`, text);
    if (isPacked) names.local(this.scope, `${id}_packed`, `\${base64gzip(local.${apply})}`);
  }

  private triggersOf(task: OnceTask): string {
    const release = `local.${identifier(`${this.id}_release`)}`;
    return `\${{ release = ${release}, task = ${stringExpression(taskName(task))} }}`;
  }

  /** What a person finds it by. */
  private slugOf(task: OnceTask): string {
    const words = taskName(task).replace(/[^A-Za-z0-9]+/g, "_");
    const slug = words.slice(0, NAME_LENGTH).replace(/^_+|_+$/g, "");
    const isFree = slug !== "" && !this.taken.has(slug);
    this.taken.add(slug);
    return isFree ? slug : [slug, taskKey(task)].filter(Boolean).join("_");
  }
}

function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
