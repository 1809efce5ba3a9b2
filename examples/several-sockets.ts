// Two sockets of one service: each is opened and closed by itself. A change of the admin port closes that alone, and the
// public port stays open. docs/guide.md moves a port by it, with no connection refused.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.agent() })],
  sockets: [
    // puma.socket: it has the service's name.
    new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
    new PumaSocket(stack, "admin-socket", {
      name: "puma-admin",
      binds: [
        Bind.tcp(9393, { address: "127.0.0.1" }),
        Bind.unix("/run/puma-admin/puma.sock", { mode: "0660" }),
      ],
      group: "staff",
    }),
  ],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  pumaVersion: "6.6",
});

app.synth();
