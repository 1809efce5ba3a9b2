import { createHash } from "node:crypto";
import { hostScript, launchScript, packed } from "../runtime/parts";
import { REMOVAL, shellVariables } from "./host-settings";
import { shellSettings, type Variables } from "./shell-settings";

/** The arguments of the script that say what is removed. */
const REMOVED = { PUMA_SERVICE: 6, PUMA_OWNER: 7 };

/** No line of a script is this one. */
const END = "END_OF_LAUNCHER";

/**
 * What runs on a host, behind settings: the same for all services. It stays there, for removals, which send nothing but a few
 * arguments: so it knows their settings by itself, and has in it what launches it, which it prints where it is asked to.
 */
export function runScript(): string {
  const script = [
    `if [ "$#/$1" = 1/launcher ]; then\ncat <<'${END}'\n${launchScript()}${END}\nexit\nfi\n`,
    `if [ "$3" = remove ]; then\n${removalSettings()}fi\n`,
    hostScript(),
  ].join("");
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
  return `PUMA_SCRIPT_HASH=${hash}\nreadonly PUMA_SCRIPT PUMA_SCRIPT_HASH\n${script}`;
}

/** What stands before the script where it is to be kept: the whole of it, as gzip and base64. */
export function keptScript(): Variables {
  return { PUMA_SCRIPT: packed(runScript()) };
}

/** What a removal is told: of its arguments, and what holds for all. */
export function removalSettings(): string {
  return shellSettings(shellVariables(REMOVAL), undefined, REMOVED);
}
