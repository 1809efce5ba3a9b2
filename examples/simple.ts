// Puma binds by itself, and systemd runs it: the first unit of Puma's guide. While Puma restarts, nobody listens; see
// socket-activation.ts for a service whose sockets stay open.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaCommand, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.binstub("sbin/puma"), // made by `bundle binstubs puma --path ./sbin`
  binds: [Bind.tcp(9292), Bind.ssl(9293, { key: "key.pem", cert: "cert.pem" })],
});

app.synth();
