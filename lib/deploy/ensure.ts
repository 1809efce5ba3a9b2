import { type Service } from "../puma/service";
import { checkOneOf } from "../values/check";
import { type DeployProps } from "./deploy-props";

const ENSURE = ["running", "stopped"] as const;

/** Whether a service is to run. */
export type Ensure = (typeof ENSURE)[number];

/** What its props say of that. */
export function ensureOf({ at }: Service, { ensure = "running" }: DeployProps): Ensure {
  return checkOneOf(at.key("ensure"), ensure, ENSURE);
}
