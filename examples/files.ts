// Puma's configuration, variables and a file of the application come with the service, and go back with it.
import { App, TerraformStack } from "cdktf";
import { Bind, Duration, Host, ManagedFile, PumaConfig, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  pumaVersion: "6.6", // an option that this version does not have is an error
  files: [
    ManagedFile.pumaConfig(
      PumaConfig.of({
        workers: 2,
        preloadApp: true,
        workerBootTimeout: Duration.minutes(1),
        lines: ["before_fork { Blog.disconnect if defined?(Blog) }"],
      }),
    ), // /etc/puma/puma.rb, which Puma is started with
    ManagedFile.environment({ RAILS_MAX_THREADS: "8" }), // /etc/puma/puma.env, which systemd reads
    ManagedFile.file("/etc/blog/tuning.yml", { content: "cache: 64\n" }),
  ],
});

app.synth();
