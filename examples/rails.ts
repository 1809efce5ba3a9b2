// A Rails application with its stock config/puma.rb, as `rails new` wrote it. The file listens on PORT and reads
// RAILS_MAX_THREADS; what is secret stands in a file on the host that only root can read.
import { App, TerraformStack } from "cdktf";
import { Host, PumaCommand, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.binstub("bin/puma"),
  configFile: "config/puma.rb",
  pumaVersion: "7.0", // Puma 6.1 and newer tell systemd when they are ready: Type=notify
  environment: { RAILS_ENV: "production", PORT: "3000", RAILS_MAX_THREADS: "5" },
  environmentFiles: ["/etc/blog/env"], // SECRET_KEY_BASE, DATABASE_URL
});

app.synth();
