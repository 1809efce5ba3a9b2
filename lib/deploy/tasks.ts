import { type Host } from "../host/host";
import { type Service } from "../puma/service";
import { checkInstance, checkList } from "../values/check";
import { Duration } from "../values/duration";
import { type DeployProps } from "./deploy-props";
import { type OnceTask, Task, taskKey, taskName } from "./task";
import { shellQuoted, type Variables } from "./shell-settings";

/** What all else takes that the run of a task does, its checks before among it. */
const ALL_ELSE = Duration.minutes(10);

/**
 * The tasks of a service.
 * @throws if one of them is none, or could not be told from another, or if nothing says when they are to run
 */
export function tasksOf({ at }: Service, { tasks = [], release }: DeployProps): readonly OnceTask[] {
  const path = at.key("tasks");
  const once = checkList(path, tasks).map((task, i) => checkInstance(path.index(i), task, Task)._once);
  if (once.length > 0 && (release === undefined || release === "")) {
    at.key("release").fail("must be given where a 'tasks' runs once for each release");
  }
  const keys = once.map(taskKey);
  once.forEach((task, i) => {
    if (keys.indexOf(taskKey(task)) < i) path.index(i).refuse("be a task of its own", taskName(task));
  });
  return once;
}

/**
 * The host that a task runs on.
 * @throws if it is none of the service's
 */
export function hostOfTask({ at }: Service, { host }: OnceTask, index: number, hosts: readonly Host[]): Host {
  const found = host === undefined ? hosts[0] : hosts.find(({ name }) => name === host.name);
  return (
    found ?? at.key("tasks").index(index).key("host").refuse("be one of the service's 'hosts'", host?.name)
  );
}

/** What a host is told of a task that it runs, behind what it is told of the service. */
export function taskVariables(task: OnceTask): Variables {
  return {
    PUMA_TASK: task.words.map(shellQuoted).join(" "),
    PUMA_TASK_NAME: taskName(task),
    PUMA_TASK_KEY: taskKey(task),
    PUMA_TASK_TIMEOUT: String(task.timeout.toSeconds()),
  };
}

/** How long the run of a task may take. */
export function taskRunTimeout({ timeout }: OnceTask): Duration {
  return timeout._plus(ALL_ELSE);
}
