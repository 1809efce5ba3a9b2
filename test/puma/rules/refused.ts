import { type TerraformStack } from "cdktf";
import {
  Bind,
  type PumaService,
  PumaSocket,
  type PumaServiceProps,
  type PumaSocketProps,
} from "../../../lib";
import { errorOf, newHost, newService, newStack } from "../../stack";

/** A service's changes, or those of its socket beside them. */
export interface Given {
  readonly service?: Partial<PumaServiceProps>;
  /** Those of its socket, if it is to have one. */
  readonly socket?: Partial<PumaSocketProps>;
}

const HOST = newHost("pinned", { hostKey: "ecdsa-sha2-nistp256 AAAA" });

function make(stack: TerraformStack, { service = {}, socket }: Given): PumaService {
  const given = socket && new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)], ...socket });
  return newService(stack, { hosts: [HOST], ...(given && { socket: given }), ...service });
}

/** What is said when such a service is made: "no error" where it is accepted. */
export function refusal(given: Given): string {
  return errorOf(() => make(newStack(), given));
}

/** What is warned of when such a service is made. */
export function warnings(given: Given, stack = newStack()): string[] {
  return make(stack, given)
    .node.metadata.filter(({ type }) => type === "@cdktf/warn")
    .map(({ data }) => data as string);
}
