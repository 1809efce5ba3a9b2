import { type Service } from "../puma/service";
import { checkBoolean, checkOneOf } from "../values/check";
import { type DeployProps } from "./deploy-props";

const ENSURE = ["running", "stopped"] as const;

/** How a service ends, if it is to. */
export interface Retirement {
  /** Whether it is to run. */
  readonly ensure: (typeof ENSURE)[number];
  /** Whether it stays on a host as it is, and nobody's, where it would be removed otherwise. */
  readonly retain: boolean;
}

/** What a service's props say of that. */
export function retirementOf({ at }: Service, props: DeployProps): Retirement {
  const { ensure = "running", retain = false } = props;
  return {
    ensure: checkOneOf(at.key("ensure"), ensure, ENSURE),
    retain: checkBoolean(at.key("retain"), retain),
  };
}
