import { type Scope, SCOPES } from "../layout";
import { checkOneOf } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { type ServiceUnitProps } from "./service-props";

/**
 * Whose systemd has a service.
 * @throws if it is that of a user, and a prop asks for what only the machine's can do
 */
export function scopeOf(at: PropPath, props: ServiceUnitProps): Scope {
  const { scope = "system", user, group, daemon, secrets } = props;
  checkOneOf(at.key("scope"), scope, SCOPES);
  if (scope === "system") return scope;
  const whose = "the systemd of a user runs everything as that user, the 'user' of the Host";
  if (user !== undefined) at.key("user").refuse(`be left away where 'scope' is "user": ${whose}`, user);
  if (group !== undefined) at.key("group").refuse(`be left away where 'scope' is "user": ${whose}`, group);
  if (daemon)
    at.key("daemon").refuse(`be left away where 'scope' is "user": let Puma run in the foreground`, daemon);
  if (secrets)
    at.key("secrets").fail(
      `must be left away where 'scope' is "user": they are files of root's; use 'environmentFiles' that the user alone can read`,
    );
  return scope;
}
