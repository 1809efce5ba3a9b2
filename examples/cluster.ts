// Cluster mode: four worker processes with up to 16 threads each. A phased restart takes the workers to a new release
// one after the other.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.agent() })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
  workers: 4,
  threads: { min: 1, max: 16 },
  directives: { Service: { MemoryMax: "4G", LimitNOFILE: 65536 } },
});

app.synth();
