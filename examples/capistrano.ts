// The guide's last unit (Type=forking, `--daemon`, a PID file, pumactl) is for Puma 4 and older: Puma 5 took daemon mode
// out. The same application, deployed by Capistrano, is declared like this: Puma stays in the foreground, systemd knows
// its process without a PID file and stops it by signals. Let Capistrano deploy the files, and a new `release` restart
// Puma; switch capistrano3-puma's own start and stop tasks off.
import { App, TerraformStack } from "cdktf";
import { Host, PumaCommand, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  user: "deploy",
  workingDirectory: "/srv/blog/current", // Capistrano's link to the newest release, followed at each start
  command: PumaCommand.bundler(),
  configFile: "/srv/blog/shared/puma.rb", // without `daemonize` and `pidfile`
  release: "20261123170000", // the release that `current` leads to
});

app.synth();
