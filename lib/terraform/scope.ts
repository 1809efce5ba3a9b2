import { type Host } from "../host/host";
import { type Scope } from "../layout";
import { type Deployable } from "../deploy/deployable";
import { isToken } from "../values/marker";
import { PropPath } from "../values/prop-path";

/** Throws if a user's own systemd is to have the service, and a host is logged in to as root. */
export function checkUsers({ scope }: Deployable, hosts: readonly Host[]): void {
  const root = scope === "user" ? hosts.find(({ user }) => user === "root") : undefined;
  if (root === undefined) return;
  PropPath.of("Host", root.name)
    .key("user")
    .refuse(`be another than root for a PumaService whose 'scope' is "user"`, root.user);
}

/**
 * What tells a service of a user's own systemd from another: its name, and whose it is as far as the program knows. The same name in
 * another scope, or of another user, is another service on the same host.
 */
export function nameOf(service: string, scope: Scope, { user }: Host): string {
  if (scope === "system") return service;
  return `${service} of ${user === undefined || isToken(user) ? "the user" : user}`;
}
