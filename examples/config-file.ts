// Binds, workers and threads come from Puma's own configuration file: `-C config.rb` in the guide.
import { App, TerraformStack } from "cdktf";
import { Host, PumaCommand, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.binstub("sbin/puma"),
  configFile: "config.rb", // under workingDirectory
  release: "2026-11-23.1", // no unit says what is in the file: a new value here restarts Puma with it
});

app.synth();
