// Machines that are created in the same apply. The program names the hosts, a module's outputs tell where they are: maps from
// these names to addresses and to ids of instances.
import { App, TerraformHclModule, TerraformStack } from "cdktf";
import { Bind, Connection, Duration, Hosts, PumaService, Removal } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");
const names = ["web1", "web2", "web3"];

const fleet = new TerraformHclModule(stack, "fleet", {
  source: "app.terraform.io/example/fleet/aws",
  version: "1.4.0",
  variables: { names },
});

new PumaService(stack, "puma", {
  hosts: Hosts.of(names, {
    addresses: fleet.get("private_ips"),
    identities: fleet.get("instance_ids"),
    user: "admin",
    connection: Connection.openssh(),
    timeout: Duration.minutes(3),
  }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
});

// A machine that has died says no more, and must not hold up the one that takes its place.
Removal.of(stack).onUnreachableHost("continue");

app.synth();
