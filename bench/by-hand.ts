import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource } from "@cdktf/provider-null/lib/resource";
import { Fn, TerraformLocal, type TerraformStack } from "cdktf";
import { type Machine } from "./fleet";

const SOCKET = `[Unit]
Description=Puma HTTP Server Accept Sockets

[Socket]
ListenStream=0.0.0.0:9292
ListenStream=0.0.0.0:9293
NoDelay=true
ReusePort=true
Backlog=1024

[Install]
WantedBy=sockets.target
`;

const SERVICE = `[Unit]
Description=Puma HTTP Server
After=network.target
Requires=web.socket

[Service]
Type=notify
User=deploy
WorkingDirectory=/srv/blog/current
Environment=RACK_ENV=production
EnvironmentFile=/etc/blog/env
ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -b ssl://0.0.0.0:9293?key=/etc/blog/key.pem&cert=/etc/blog/cert.pem
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** How a provisioner logs in, beside the host's address and key. */
export type Login = Readonly<Record<string, string | boolean>>;

/**
 * The hosts of fleet.ts as one would write them by hand with cdktf alone: the units once in locals, a resource for each host with
 * its triggers, its connection and one provisioner that installs and restarts. It does less on the hosts: no check before, no way
 * back, nobody removes anything.
 */
export function byHand(stack: TerraformStack, machines: readonly Machine[], login: Login): void {
  new NullProvider(stack, "null");
  const units = Object.entries({ "web.socket": SOCKET, "web.service": SERVICE }).map(([file, text]) => ({
    file,
    text: new TerraformLocal(stack, file.replace(".", "_"), text),
  }));
  const hashes = Object.fromEntries(units.map(({ file, text }) => [file, Fn.sha256(text.asString)]));
  const install = units.map(
    ({ file, text }) =>
      `echo ${Fn.base64encode(text.asString)} | base64 -d | sudo tee /etc/systemd/system/${file} >/dev/null`,
  );
  const restart = [
    "sudo systemctl daemon-reload",
    "sudo systemctl enable web.socket web.service",
    "sudo systemctl restart web.socket web.service",
  ];
  for (const { name, address, hostKey } of machines) {
    new Resource(stack, name, {
      triggers: { host: name, address, ...hashes },
      provisioners: [
        {
          type: "remote-exec",
          connection: { type: "ssh", host: address, user: "ops", hostKey, ...login },
          inline: ["set -eu", ...install, ...restart],
        },
      ],
    });
  }
}
