import { shellQuoted } from "../../deploy/shell-settings";
import { type Placement } from "../fleet/fleet";

/** What stands before a script that asks a host for what only root may there. */
export const BECOME = `become() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }\n`;

/** The program that an installation leaves on a host, in the words of a shell there. */
function programOf({ service, scope }: Placement): string {
  if (scope === "system") return "/usr/local/sbin/cdktf-puma";
  return `"$HOME"/.local/state/cdktf-puma/${shellQuoted(service)}/run.sh`;
}

/** What runs it there. */
export function commandOf(placement: Placement): string {
  return `${placement.scope === "system" ? "become" : "/bin/sh"} ${programOf(placement)}`;
}

/** The script that asks for something of a service. */
export function asking(placement: Placement, verb: string): string {
  const { service } = placement;
  const absent = `{ printf '%s\\n' ${shellQuoted(`nothing of ${service} is here`)}; exit 1; }`;
  return `${BECOME}[ -f ${programOf(placement)} ] || ${absent}\n${commandOf(placement)} ${verb} ${shellQuoted(service)}\n`;
}
