// One host differs: a second PumaService of the same `name` on other hosts. On every host the unit is called puma.service.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, type PumaServiceProps, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const host = (name: string, address: string) =>
  new Host(name, { address, user: "ops", key: SshKey.file("~/.ssh/id_ed25519") });

const common: Omit<PumaServiceProps, "hosts"> = {
  name: "puma",
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
};

new PumaService(stack, "puma", {
  ...common,
  hosts: [host("web1", "192.0.2.11"), host("web2", "192.0.2.12")],
  workers: 2,
});
new PumaService(stack, "puma-on-the-big-one", {
  ...common,
  hosts: [host("web3", "192.0.2.13")],
  workers: 16,
});

app.synth();
