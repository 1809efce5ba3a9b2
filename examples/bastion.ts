// Hosts in a private network, reached through a bastion that has a user and a key of its own. One authority has signed the
// keys of all of them (`ssh-keygen -s authority -h -n ADDRESS …`), so a new host needs no new pin.
import { App, TerraformStack } from "cdktf";
import { type BastionOptions, Bind, Duration, Host, HostKey, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

// What `cat authority.pub` prints.
const hostKey = HostKey.authority(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
);

const bastion: BastionOptions = {
  address: "bastion.example.org",
  user: "jump",
  key: SshKey.file("~/.ssh/bastion"),
  hostKey,
};

const hosts = ["10.0.1.11", "10.0.1.12"].map(
  (address, i) =>
    new Host(`web${i + 1}`, {
      address,
      port: 2222,
      user: "ops",
      key: SshKey.file("~/.ssh/fleet"),
      hostKey,
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
