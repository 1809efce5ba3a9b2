// Puma by chruby. chruby-exec makes one line of all that follows `--` and gives it to the user's login shell, so that line has
// to begin with `exec`, and an argument of Puma's that a shell would read (as in the bind of a certificate) is an error.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaCommand, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.argv([
    "/usr/local/bin/chruby-exec",
    "ruby-3.3",
    "--",
    "exec",
    "bundle",
    "exec",
    "puma",
  ]),
  pumaVersion: "6.6",
});

app.synth();
