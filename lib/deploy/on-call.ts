import { filesOf, type Service } from "../puma/service";

/** How one asks the systemd of each scope, and where it has things. */
const WORDS = {
  system: {
    systemctl: "systemctl",
    // Who may not read all of the journal is shown an empty one.
    journalctl: "sudo journalctl",
    change: "sudo systemctl",
    last: "sudo cat /var/lib/cdktf-puma",
    log: "sudo journalctl -t cdktf-puma _UID=0",
    backups: "/var/backups/cdktf-puma",
  },
  user: {
    systemctl: "systemctl --user",
    journalctl: "journalctl --user",
    change: "systemctl --user",
    last: "cat ~/.local/state/cdktf-puma",
    log: "journalctl --user -t cdktf-puma",
    backups: "~/.local/state/cdktf-puma-backups",
  },
} as const;

/** What the units' Documentation= leads to: a service in the words of whoever is called at night. */
export function onCallText(service: Service): string {
  const { name, stack, unitFiles } = service;
  const units = unitFiles.join(" ");
  const { systemctl, journalctl, change, last, log, backups } = WORDS[service.scope];
  return `${name}: a Puma under systemd, put here by cdktf-puma from the stack ${stack}.

How is it?                ${status(service)}
Is it up?                 ${systemctl} status ${units}
What does it say?         ${journalctl} -e -u ${name}
What changed last?        ${last}/${name}/last; ${log}
Is a deploy under way?    ${systemctl} status cdktf-puma-${name} '${name}-*'

${restarts(service)}
Stop it                   ${change} stop ${units}
Start it again            ${change} start ${units}
${remarks(service)}
Set something on this host alone, for now: ${change} edit ${name}, then restart it. Such a drop-in stays. What is edited in the
units themselves goes at the next apply, which keeps a copy in ${backups}.
`;
}

function status({ name, scope }: Service): string {
  return scope === "user"
    ? `sh ~/.local/state/cdktf-puma/${name}/run.sh status ${name}`
    : `sudo cdktf-puma status ${name}`;
}

/** A user has no command of the library's, and what is kept does the same. */
function restarts({ name, scope }: Service): string {
  if (scope === "user")
    return `Restart it as a deploy    sh ~/.local/state/cdktf-puma/${name}/run.sh restart ${name}
Go back to what ran       sh ~/.local/state/cdktf-puma/${name}/run.sh rollback ${name}
Restart it at once        systemctl --user restart ${name}`;
  return `Restart it as a deploy    sudo cdktf-puma restart ${name}
Go back to what ran       sudo cdktf-puma rollback ${name}
Restart it at once        sudo systemctl restart ${name}`;
}

function remarks({ sockets, name, watchdog }: Service): string {
  const files = filesOf(sockets).join(" ");
  const [stay, all] = sockets.length > 1 ? ["stay", "all"] : ["stays", "both"];
  const remarks = [
    "A Puma that ends is started again by systemd.",
    files &&
      `${files} ${stay} open meanwhile: requests wait. Stop ${all}, or the next request starts ${name}.`,
    watchdog && `One that hangs is killed after ${watchdog}.`,
  ];
  return `\n${remarks.filter(Boolean).join("\n")}\n`;
}
