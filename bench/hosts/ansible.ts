import { readFileSync } from "node:fs";
import { type FleetHost } from "../../lab/fleet/fleet";
import { edit, waitUntilHealthy, type Way } from "./way";

const FOLDER = "/root/bench";

/** What its manual names as the ways to make it fast. */
const config = (forks: number): string => `[defaults]
inventory = inventory
forks = ${forks}
gathering = explicit
interpreter_python = /usr/bin/python3
nocows = true

[ssh_connection]
pipelining = true
ssh_args = -o ControlMaster=auto -o ControlPersist=600s
`;

const PLAYBOOK = `- hosts: all
  become: true
  tasks:
    - name: socket
      ansible.builtin.template:
        src: ansible.socket
        dest: /etc/systemd/system/ansible.socket
      notify: restart
    - name: service
      ansible.builtin.template:
        src: ansible.service
        dest: /etc/systemd/system/ansible.service
      notify: restart
  handlers:
    - name: restart
      ansible.builtin.systemd_service:
        name: ansible.service
        state: restarted
        daemon_reload: true
      notify: wait
    - name: wait
      ansible.builtin.shell:
        executable: /bin/sh
        cmd: |${waitUntilHealthy("ansible").replaceAll("\n", "\n      ")}
`;

/** A playbook of templates and a handler, which runs on a host of its own beside the others. */
export async function ansible(control: FleetHost, hosts: readonly FleetHost[]): Promise<Way> {
  const [first] = hosts as [FleetHost];
  for (const unit of ["ansible.socket", "ansible.service"]) {
    const text = await first.read(`/etc/systemd/system/${unit}`);
    await control.write(
      `${FOLDER}/${unit}`,
      `{% raw %}${edit(text, "{% endraw %}{{ edited }}{% raw %}")}{% endraw %}\n`,
    );
  }
  const line = ({ name, address, user }: FleetHost): string =>
    `${name} ansible_host=${address} ansible_user=${user} ansible_ssh_private_key_file=${FOLDER}/key\n`;
  await control.write(`${FOLDER}/inventory`, hosts.map(line).join(""));
  await control.write(`${FOLDER}/ansible.cfg`, config(hosts.length));
  await control.write(`${FOLDER}/playbook.yaml`, PLAYBOOK);
  await control.write(`${FOLDER}/key`, readFileSync(first.keyFile, "utf8"), 0o600);
  const known = hosts.map(({ address, hostKey }) => `${address} ${hostKey}\n`).join("");
  await control.write("/root/.ssh/known_hosts", known, 0o600);
  const play = async (edited: string, changed: boolean): Promise<void> => {
    const { stdout } = await control.exec(
      `cd ${FOLDER} && ansible-playbook --extra-vars edited=${edited} playbook.yaml`,
    );
    const recap = stdout.match(/changed=\d+/g) ?? [];
    if (recap.length !== hosts.length || recap.some((one) => (one === "changed=0") === changed))
      throw new Error(`not what the playbook should do:\n${stdout}`);
  };
  return { change: (edited) => play(edited, true), again: (edited) => play(edited, false) };
}
