// systemd listens and passes the sockets to Puma: they stay open while Puma restarts, so that requests wait instead of
// being refused. `npx cdktf synth` in a checkout of this library runs this file.
import { App, TerraformStack } from "cdktf";
import { Bind, Duration, Host, PumaCommand, PumaService, PumaSocket, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

// What `ssh-keyscan -t ecdsa ADDRESS` prints, without the address.
const hostKey =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLuOEX7Wwmd38EoL29cUKegPA4JOl84angJijrsQN8gioPPsD9I1RnOVBdYNyFTn9T7MulfwquVyZSc0em27xdY=";

const hosts = ["192.0.2.11", "192.0.2.12", "192.0.2.13"].map(
  (address, i) => new Host(`web${i + 1}`, { address, user: "ops", key: SshKey.agent(), hostKey }),
);

const socket = new PumaSocket(stack, "socket", {
  binds: [Bind.tcp(9292), Bind.ssl(9293, { key: "/etc/blog/key.pem", cert: "/etc/blog/cert.pem" })],
  backlog: 1024,
  noDelay: true,
  reusePort: true,
});

new PumaService(stack, "puma", {
  hosts,
  socket,
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  command: PumaCommand.binstub("sbin/puma"),
  pumaVersion: "6.6",
  environmentFiles: ["/etc/blog/env"],
  startTimeout: Duration.minutes(2),
  release: "2026-11-23.1", // a new value restarts Puma even if no unit changed
  directives: { Service: { LimitNOFILE: 65536, OOMPolicy: "continue" } },
});

app.synth();
