// Puma starts when the first connection comes, which waits for the boot of the application: for what is seldom used.
// systemd enables the socket and not the service.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "reports");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  startOn: "firstConnection",
  user: "deploy",
  workingDirectory: "/srv/reports/current",
  // With `idle_timeout` in its configuration file, Puma ends when nobody has asked for a while, and the socket
  // starts it again: not to be restarted for having ended well.
  directives: { Service: { Restart: "on-failure" } },
});

app.synth();
