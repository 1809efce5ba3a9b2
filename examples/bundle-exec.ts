// Puma by `bundle exec`, with socket activation. Before Bundler 2.3, `bundle exec` closes the sockets unless it is told
// `--keep-file-descriptors`, a flag that newer versions refuse: say which Bundler the hosts have.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaCommand, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.bundler({ bundle: "/usr/bin/bundle", bundlerVersion: "2.2" }),
});

app.synth();
