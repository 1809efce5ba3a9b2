import { stripVTControlCharacters } from "node:util";
import { Bind, PumaService, PumaSocket } from "../../lib";
import { errorOf, newHost, newService, newStack } from "../stack";

/** A service with a socket on two hosts. */
export function newWeb(): PumaService {
  const stack = newStack();
  return newService(stack, {
    hosts: ["web1", "web2"].map((name) => newHost(name)),
    socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
    environment: { QUEUE: "default" },
    directives: { Service: { MemoryMax: "1G", NoNewPrivileges: true } },
  });
}

/** What a matcher says, without its colours. */
export function said(action: () => unknown): string {
  return stripVTControlCharacters(errorOf(action));
}
