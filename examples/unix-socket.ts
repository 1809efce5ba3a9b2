// A unix socket for nginx on the same host, which has to be of the socket's group:
//
//   upstream blog { server unix:/run/blog/puma.sock; }
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const socket = new PumaSocket(stack, "socket", {
  binds: [Bind.unix("/run/blog/puma.sock")],
  user: "deploy",
  group: "www-data",
  mode: "0660",
});

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket,
  user: "deploy",
  workingDirectory: "/srv/blog/current",
});

app.synth();
