// A few lines beside a unit that something else owns: Mastodon's own, on the hosts that it was installed on by other means. The unit
// itself is never touched.
import { App, TerraformStack } from "cdktf";
import { Host, HealthCheck, PumaDropIn, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "social");

new PumaDropIn(stack, "tuning", {
  hosts: [new Host("social1", { address: "10.0.1.21", user: "ops", key: SshKey.file("~/.ssh/id_ed25519") })],
  unit: "mastodon-web.service",
  directives: {
    Service: { LimitNOFILE: 65536, Environment: ["WEB_CONCURRENCY=4"], MemoryMax: "2G" },
  },
  healthCheck: HealthCheck.http("/health"),
});

app.synth();
