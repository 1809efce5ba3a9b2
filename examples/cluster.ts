// Cluster mode: four worker processes with up to 16 threads each. A new `release` replaces the workers one after the
// other, unless Puma preloads the application: from Puma 7 on, `preload_app! false` in its configuration file prevents that.
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, Restart, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
  workers: 4,
  threads: { min: 1, max: 16 },
  restart: Restart.phased(),
  release: "2026-11-23.1",
  // With which Puma starts new workers where `current` points to by then.
  environment: { PWD: "/srv/blog/current" },
  directives: { Service: { MemoryMax: "4G", LimitNOFILE: 65536 } },
});

app.synth();
