import { filesOf, type Service } from "../puma/service";

/** What the units' Documentation= leads to: a service in the words of whoever is called at night. */
export function onCallText(service: Service): string {
  const { name, stack, unitFiles } = service;
  const units = unitFiles.join(" ");
  return `${name}: a Puma under systemd, put here by cdktf-puma from the stack ${stack}.

Is it up?                 systemctl status ${units}
What does it say?         journalctl -e -u ${name}
What changed last?        sudo cat /var/lib/cdktf-puma/${name}/last; journalctl -t cdktf-puma _UID=0
Is a deploy under way?    systemctl status cdktf-puma-${name} '${name}-*'

Restart it as a deploy    sudo cdktf-puma restart ${name}
Restart it at once        systemctl restart ${name}
Stop it                   systemctl stop ${units}
Start it again            systemctl start ${units}
${remarks(service)}
Set something on this host alone, for now: systemctl edit ${name}, then restart it. Such a drop-in stays. What is edited in the
units themselves goes at the next apply, which keeps a copy in /var/backups/cdktf-puma.
`;
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
