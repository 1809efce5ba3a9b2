// Hosts in a private network, reached through a bastion that has a user and a key of its own.
import { App, TerraformStack } from "cdktf";
import { type BastionOptions, Bind, Duration, Host, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const bastion: BastionOptions = {
  address: "bastion.example.org",
  user: "jump",
  key: SshKey.file("~/.ssh/bastion"),
};

const hosts = ["10.0.1.11", "10.0.1.12"].map(
  (address, i) =>
    new Host(`web${i + 1}`, {
      address,
      port: 2222,
      user: "ops",
      key: SshKey.file("~/.ssh/fleet"),
      bastion,
      timeout: Duration.minutes(1),
    }),
);

new PumaService(stack, "puma", {
  hosts,
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
});

app.synth();
