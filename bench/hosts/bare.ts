import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FleetHost } from "../../lab/fleet/fleet";
import { run } from "../../lab/fleet/run";
import { edit, waitUntilHealthy, type Way } from "./way";

const UNITS = ["bare.socket", "bare.service"];

/** One ssh for each host, all at once, none over a connection that is open already. */
export async function bareSsh(hosts: readonly FleetHost[], folder: string): Promise<Way> {
  const [first] = hosts as [FleetHost];
  const texts = await Promise.all(UNITS.map((unit) => first.read(`/etc/systemd/system/${unit}`)));
  const knownHosts = join(folder, "known_hosts");
  writeFileSync(knownHosts, hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join(""));
  const args = first.sshArguments(knownHosts);
  return {
    async change(edited) {
      const input = script(texts.map((text) => edit(text, edited)));
      await Promise.all(
        hosts.map(({ user, address }) =>
          run("ssh", [...args, `${user}@${address}`, "sudo sh -eu -s"], { input }),
        ),
      );
    },
  };
}

function script(texts: readonly string[]): string {
  const install = texts.map(
    (text, i) => `cat >${UNITS[i]}.new <<'END OF THE UNIT'
${text}END OF THE UNIT
mv ${UNITS[i]}.new ${UNITS[i]}`,
  );
  return `cd /etc/systemd/system
${install.join("\n")}
systemctl daemon-reload
systemctl restart bare.service
${waitUntilHealthy("bare")}
`;
}
