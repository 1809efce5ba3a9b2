import { shellQuoted } from "../../deploy/shell-settings";
import { type Placement } from "../fleet/fleet";

/** What stands before a script that asks a host for what only root may there. */
export const BECOME = `become() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }\n`;

/** The command that an installation leaves on a host, in the words of a shell there. */
export function commandOf({ service, scope }: Placement): string {
  if (scope === "system") return "become /usr/local/sbin/cdktf-puma";
  return `/bin/sh "$HOME"/.local/state/cdktf-puma/${shellQuoted(service)}/run.sh`;
}

/** The script that asks for something of a service. */
export function asking(placement: Placement, verb: string): string {
  return `${BECOME}${commandOf(placement)} ${verb} ${shellQuoted(placement.service)}\n`;
}
