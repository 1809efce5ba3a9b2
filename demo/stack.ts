/** The stack that the demo applies: one Puma on several hosts, behind sockets that systemd holds. */
import { readFileSync } from "node:fs";
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "../lib";
import { type DemoSettings } from "./settings";

const { greeting, hosts } = JSON.parse(readFileSync("demo.json", "utf8")) as DemoSettings;

const app = new App();
const stack = new TerraformStack(app, "demo");

const socket = new PumaSocket(stack, "socket", {
  binds: [Bind.tcp(9292), Bind.ssl(9293, { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" })],
});

new PumaService(stack, "web", {
  hosts: hosts.map(
    ({ name, keyFile, ...host }) =>
      new Host(name, { ...host, key: keyFile === undefined ? SshKey.agent() : SshKey.file(keyFile) }),
  ),
  socket,
  user: "deploy",
  workingDirectory: "/srv/app/current",
  pumaVersion: "6.6",
  environment: { GREETING: greeting },
});

app.synth();
