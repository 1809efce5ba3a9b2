import { type Host } from "../host/host";
import { type Service } from "../puma/service";
import { checkInstance, checkList } from "../values/check";
import { Duration } from "../values/duration";
import { type PropPath } from "../values/prop-path";
import { type DeployProps } from "./deploy-props";
import { type EachHostTask, type OnceTask, Task, taskKey, taskName } from "./task";
import { shellQuoted, type Variables } from "./shell-settings";
import { isBelow } from "../values/path";

/** What all else takes that the run of a task does, its checks before among it. */
const ALL_ELSE = Duration.minutes(10);

/** The tasks of a service. */
export interface Tasks {
  /** What runs once for each release. */
  readonly once: readonly OnceTask[];
  /** What is done around the change of each host. */
  readonly eachHost: EachHostTask | undefined;
}

/**
 * The tasks of a service.
 * @throws if one of them is none, or could not be told from another, or if nothing says when they are to run
 */
export function tasksOf(service: Service, { tasks = [], release }: DeployProps): Tasks {
  const path = service.at.key("tasks");
  const all = checkList(path, tasks).map((task, i) => checkInstance(path.index(i), task, Task)._task);
  const once = all.filter((task) => task.kind === "once");
  if (once.length > 0 && (release === undefined || release === "")) {
    service.at.key("release").fail("must be given where a 'tasks' runs once for each release");
  }
  const keys = all.map((task) => (task.kind === "once" ? taskKey(task) : task.kind));
  const twice = keys.findIndex((key, i) => keys.indexOf(key) < i);
  if (twice >= 0) path.index(twice).refuse("be a task of its own", nameOf(all[twice] as OnceTask));
  const eachHost = all.find((task) => task.kind === "eachHost");
  if (eachHost?.asRoot) checkOfRoot(service, eachHost, path.index(all.indexOf(eachHost)));
  return { once, eachHost };
}

function nameOf(task: OnceTask | EachHostTask): string {
  return task.kind === "once" ? taskName(task) : "Task.eachHost()";
}

/** Refuses programs of root where the service's user writes, for all that is known at synth. */
function checkOfRoot({ workingDirectory, user, scope }: Service, task: EachHostTask, at: PropPath): void {
  if (scope === "user")
    at.fail(`must be without 'asRoot' where 'scope' is "user": nothing is done as root there`);
  if (user === undefined || user === "root") return;
  for (const path of programsOfRoot(task)) {
    if (isBelow(path, workingDirectory))
      at.refuse(
        `not run what ${user} can write as root: use a folder of root's, such as /usr/local/sbin`,
        path,
      );
  }
}

/** The programs that run as root for it. */
export function programsOfRoot({ before, after, asRoot }: EachHostTask): string[] {
  return asRoot ? [before, after].flatMap((words) => words.slice(0, 1)) : [];
}

/**
 * The host that a task runs on.
 * @throws if it is none of the service's
 */
export function hostOfTask(
  { at }: Pick<Service, "at">,
  { host }: OnceTask,
  index: number,
  hosts: readonly Host[],
): Host {
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

/** How long the run of a task may take: it may have to wait for one that a killed run has left, and then run it anew. */
export function taskRunTimeout({ timeout }: OnceTask): Duration {
  return timeout._plus(timeout)._plus(ALL_ELSE);
}
