import { type TerraformStack } from "cdktf";
import { Bind, PumaSocket, type PumaServiceProps, type PumaSocketProps } from "../../../lib";
import { errorOf, newService, newStack } from "../../stack";

/** A service's changes, or those of its socket beside them. */
export interface Given {
  readonly service?: Partial<PumaServiceProps>;
  /** Those of its socket, if it is to have one. */
  readonly socket?: Partial<PumaSocketProps>;
}

function make(stack: TerraformStack, { service = {}, socket }: Given): void {
  const given = socket && new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)], ...socket });
  newService(stack, given ? { socket: given, ...service } : service);
}

/** What is said when such a service is made: "no error" where it is accepted. */
export function refusal(given: Given): string {
  return errorOf(() => make(newStack(), given));
}
