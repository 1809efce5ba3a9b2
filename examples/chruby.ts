// Puma by chruby. chruby-exec goes by the user's login shell, so that user needs one; a bash of 5.1 or newer becomes Bundler
// there, and that becomes Puma.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaCommand, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.argv(["/usr/local/bin/chruby-exec", "ruby-3.3", "--", "bundle", "exec", "puma"]),
  pumaVersion: "6.6",
});

app.synth();
