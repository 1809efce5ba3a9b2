// Two applications on the same hosts. Passing the same list is all that sharing takes; names and addresses must differ.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "shop");

const hosts = ["192.0.2.11", "192.0.2.12"].map(
  (address, i) => new Host(`web${i + 1}`, { address, user: "ops", key: SshKey.file("~/.ssh/id_ed25519") }),
);

new PumaService(stack, "blog", {
  hosts,
  socket: new PumaSocket(stack, "blog-socket", { binds: [Bind.tcp(9292)] }),
  user: "blog",
  workingDirectory: "/srv/blog/current",
});

new PumaService(stack, "api", {
  hosts,
  socket: new PumaSocket(stack, "api-socket", { binds: [Bind.tcp(9393)] }),
  user: "api",
  workingDirectory: "/srv/api/current",
  workers: 2,
});

app.synth();
