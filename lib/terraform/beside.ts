import { shellQuoted } from "../deploy/shell-settings";
import { type EachHostTask } from "../deploy/task";
import { type Tasks } from "../deploy/tasks";
import { type Host } from "../host/host";
import { type Deployable } from "../deploy/deployable";
import { besideScript, conversingScript, hearScript } from "../runtime/parts";
import { type PropPath } from "../values/prop-path";
import { type Cdk } from "./cdk";
import { checkTokens } from "./foreign-tokens";
import { type StackResources } from "./stack-resources";
import { shellWord, terraformText } from "./terraform-text";

/** What runs beside the engine around the change of a host, which asks for it. */
export interface Beside {
  readonly service: string;
  readonly task: EachHostTask;
  /** Addresses: what runs it, what takes the answers on the host, and the script that reaches a host which asks. */
  readonly script: string;
  readonly hear: string;
  readonly transport: string;
}

/**
 * What a service's tasks have run beside the engine; undefined for nothing.
 * @throws if one of its hosts could not ask for it
 */
export function besideOf(
  stack: StackResources,
  { at, name }: Deployable,
  { eachHost }: Tasks,
  hosts: readonly Host[],
): Beside | undefined {
  if (eachHost?.where !== "engine") return undefined;
  checkReach(at.key("tasks"), hosts);
  checkTokens(stack.cdk, at.key("tasks"), [eachHost.before, eachHost.after]);
  return {
    service: name,
    task: eachHost,
    script: stack.text("puma_beside", besideScript),
    hear: stack.text("puma_hear", hearScript),
    transport: stack.text("puma_conversing_transport", conversingScript),
  };
}

function checkReach(at: PropPath, hosts: readonly Host[]): void {
  const deaf = hosts.find(({ _isByEngine }) => _isByEngine);
  if (deaf === undefined) return;
  at.refuse(
    'not be Task.eachHost({ where: "engine" }) where the engine\'s own ssh reaches a host, which cannot ask for it there: ' +
      "give it Connection.openssh() or .local()",
    deaf.name,
  );
}

/** What stands before a script that asks: it is read whole before the first answer comes. */
export function withAnswers(script: string, { service, hear }: Beside): string {
  return `${script}\nSERVICE=${shellQuoted(service)}\n\${${hear}}\nheard() {`;
}

/** What beside.sh is told, without `CDKTF_PUMA_`. */
export function variablesOf(cdk: Cdk, host: Host, { task, script }: Beside): Record<string, string> {
  const words = (command: readonly string[]): string => command.map((word) => shellWord(cdk, word)).join(" ");
  return {
    BESIDE: `\${${script}}`,
    BEFORE: words(task.before),
    AFTER: words(task.after),
    AROUND_TIMEOUT: String(task.timeout.toSeconds()),
    IDENTITY: terraformText(cdk, host.options.identity ?? ""),
  };
}
