// Puma by rvm, which has to be loaded into a bash. Puma's arguments are the script's "$@", which the library adds to its last
// command. `"/home/deploy/.rvm/bin/rvm", "3.3", "do", "bundle", "exec", "puma"` as PumaCommand.argv is the same without a shell.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaCommand, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.shell("source /home/deploy/.rvm/scripts/rvm && rvm use 3.3 && exec bundle exec puma"),
  pumaVersion: "6.6",
});

app.synth();
