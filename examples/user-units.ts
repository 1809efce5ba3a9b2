// A user's own systemd has the service, and nothing is done as root: see docs/user-units.md for what the host needs once.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  scope: "user",
  hosts: [
    new Host("web1", { address: "192.0.2.11", user: "deploy", key: SshKey.file("~/.ssh/id_ed25519") }), // Puma's user, too
  ],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  workingDirectory: "/srv/blog/current",
  directives: { Service: { PrivateUsers: true, PrivateTmp: true, NoNewPrivileges: true } },
});

app.synth();
