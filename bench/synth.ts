/** Synthesizes 1,000 hosts with this library, and prints how many milliseconds that took. */
import { App, TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, SshKey } from "../lib";
import { HOSTS, measured } from "./measured";

measured((outdir) => {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "fleet");
  const hosts = HOSTS.map(
    ({ name, address, hostKey }) =>
      new Host(name, { address, user: "ops", key: SshKey.file("~/.ssh/id_ed25519"), hostKey }),
  );
  const socket = new PumaSocket(stack, "socket", {
    binds: [Bind.tcp(9292), Bind.ssl(9293, { key: "/etc/blog/key.pem", cert: "/etc/blog/cert.pem" })],
  });
  new PumaService(stack, "web", {
    hosts,
    socket,
    user: "deploy",
    workingDirectory: "/srv/blog/current",
    pumaVersion: "6.6",
    environmentFiles: ["/etc/blog/env"],
  });
  app.synth();
});
