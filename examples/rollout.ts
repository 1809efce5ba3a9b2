// A deploy without downtime: rehearsed, behind a stand-in, batch by batch. A version that does not pass its check fails on
// the first host, which keeps serving what it had.
import { App, TerraformStack } from "cdktf";
import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  PumaService,
  PumaSocket,
  Restart,
  Rollout,
  SshKey,
} from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

// What `ssh-keyscan -t ecdsa ADDRESS` prints, without the address.
const hostKey =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLuOEX7Wwmd38EoL29cUKegPA4JOl84angJijrsQN8gioPPsD9I1RnOVBdYNyFTn9T7MulfwquVyZSc0em27xdY=";

const hosts = ["192.0.2.11", "192.0.2.12", "192.0.2.13", "192.0.2.14"].map(
  (address, i) => new Host(`web${i + 1}`, { address, user: "ops", key: SshKey.agent(), hostKey }),
);

new PumaService(stack, "puma", {
  hosts,
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  configFile: "config/puma.rb",
  pumaVersion: "6.6",
  restart: Restart.overlap(),
  healthCheck: HealthCheck.http("/up", {
    header: { "X-Forwarded-Proto": "https" },
    settle: Duration.seconds(10),
  }),
  rollout: Rollout.rolling({ canaries: 1, batchSize: 2, pause: Duration.seconds(30) }),
  release: "2026-11-23.1",
});

app.synth();
