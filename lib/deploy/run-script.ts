import { createHash } from "node:crypto";
import {
  answerScript,
  askScript,
  commandScript,
  hostScript,
  launchScript,
  packed,
  packedByBuild,
} from "../runtime/parts";
import { once } from "../values/once";
import { REMOVAL, SETTING_NAMES, shellVariables } from "./host-settings";
import { shellSettings, type Variables } from "./shell-settings";

/** The arguments of the script that say what is removed. */
const REMOVED = { PUMA_SERVICE: 6, PUMA_OWNER: 7, PUMA_SCOPE: 9 };

/** No line of a script is this one. */
const END = "END_OF_SCRIPT";

/** Where the run is asked for on the host: what is known of services, and what a run has of them. */
const KEPT = `kept=/var/lib/cdktf-puma of_run=/run/cdktf-puma
[ "\${9-}" != user ] || kept=$HOME/.local/state/cdktf-puma of_run=$XDG_RUNTIME_DIR/cdktf-puma
`;

/** The folder of a run: that of a drop-in has no colon in its name (see run.sh). */
const STAGED = `staged=$6
while [ "$staged" != "\${staged%%:*}" ]; do staged=\${staged%%:*}@\${staged#*:}; done
`;

/** Of a run that no launcher has given one: seconds. */
const RUN_TIMEOUT = "3000";

/**
 * What runs on a host, behind settings: the same for all services. It stays there, for removals and for what somebody asks for on
 * the host. So it knows by itself what a removal is told, and has in it what launches it, and the command that asks.
 */
export const runScript = once((): string => {
  const script = [
    `case $#/$1 in\n1/launcher)\n${printed(launchScript())}exit\n;;\n`,
    `3/answer)\n${answerScript()}exit\n;;\n`,
    `2/restart | 2/rollback | 2/status | 2/facts | 2/history | 2/cancel)\n${askScript()}exit\n;;\nesac\n`,
    withdrawal(),
    `case $3 in\nremove | retain | cancel)\n${removalSettings()};;\nrestart | rollback | status | facts | history | withdraw)\n${keptSettings()};;\nesac\n`,
    `print_command() {\n${printed(commandScript())}}\n`,
    `print_settings() {\n${SETTING_NAMES.map(printedSetting).join("")}echo "readonly ${SETTING_NAMES.join(" ")}"\n`,
    `printf '%s\\n' "PUMA_RUN_TIMEOUT=$PUMA_RUN_TIMEOUT" "PUMA_SCRIPT=''" "PUMA_SETTINGS_ARE=${form()}"\n}\n`,
    hostScript(),
  ].join("");
  const hash = createHash("sha256").update(script).digest("hex").slice(0, 12);
  return `PUMA_SCRIPT_HASH=${hash}\n${script}`;
});

/** The same as it travels: computed once, as a program may have many stacks. */
export const packedRunScript = once((): string => packedByBuild() ?? packed(runScript()));

/** What stands before the script where it is to be kept: the whole of it, as gzip and base64. */
export function keptScript(): Variables {
  return { PUMA_RUN_TIMEOUT: RUN_TIMEOUT, PUMA_SCRIPT: packedRunScript() };
}

/** What a removal is told: of its arguments, and what holds for all. */
export function removalSettings(): string {
  return shellSettings(shellVariables(REMOVAL), undefined, REMOVED);
}

/**
 * Reads the settings of what was healthy last: as long as there is something to go back to, they are there. Where the last apply was
 * another version's, and did not succeed, they are of another form. A rollback that knows where to has those of that generation.
 */
function keptSettings(): string {
  const unknown = ["PUMA_SETTINGS_ARE", ...SETTING_NAMES].map((name) => `${name}=''\n`).join("");
  const read = (file: string): string => `# shellcheck disable=SC1090\n. "${file}"\n`;
  const target = `if [ -n "\${10-}" ]; then\n${STAGED}${read("$of_run/$staged/settings")}`;
  const before = `elif [ -f "$kept/$6/before/settings" ]; then\n${read("$kept/$6/before/settings")}`;
  return `${KEPT}PUMA_SETTINGS_FORM=${form()}\n${unknown}${target}${before}else\n${read("$kept/$6/settings")}fi\n`;
}

/** A drop-in is not removed as units are, but by an apply of none: as what was healthy last was told, where it is the owner's. */
function withdrawal(): string {
  const isThere = `[ -f "$kept/$6/settings" ] && grep -qxF "owner=$7" "$kept/$6/record" 2>/dev/null`;
  const arguments_ = `"$1" "$2" withdraw "$4" "$5" "$6" "$7" "\${8-600}" "\${9-}"`;
  return `case $3/\${6-} in\nremove/*:*)\n${KEPT}if ${isThere}; then set -- ${arguments_}; fi\n;;\nesac\n`;
}

/** Tells settings that this version knows from others. */
function form(): string {
  return createHash("sha256").update(SETTING_NAMES.join(" ")).digest("hex").slice(0, 12);
}

function printed(script: string): string {
  return `cat <<'${END}'\n${script}${END}\n`;
}

/** What is in files stands in their places, and may be secret. A setting that was left away is an empty one. */
function printedSetting(name: string): string {
  return `print_setting ${name} "${name === "PUMA_FILES" ? "$(print_files)" : `\${${name}-}`}"\n`;
}
