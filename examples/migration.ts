// A database is migrated once for each release, before the first host changes. If that fails, no host does.
import { App, TerraformStack } from "cdktf";
import { Bind, Duration, Host, PumaService, PumaSocket, Rollout, SshKey, Task } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const key = SshKey.file("~/.ssh/id_ed25519");

new PumaService(stack, "puma", {
  hosts: ["192.0.2.11", "192.0.2.12"].map(
    (address, i) => new Host(`web${i + 1}`, { address, user: "ops", key }),
  ),
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  environmentFiles: ["/etc/blog/env"],
  rollout: Rollout.rolling({ batchSize: 1 }),
  release: "2026-11-23.1",
  tasks: [Task.once(["bin/rails", "db:migrate"], { timeout: Duration.minutes(10) })],
});

app.synth();
