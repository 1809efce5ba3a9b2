/**
 * What a user of the library writes, with all that touches the CDK: tokens wherever they are welcome, and resources
 * that depend on each other in both directions. The tests put the name of the other one into its place.
 */
import { App, Fn, TerraformResource, TerraformStack, TerraformVariable, Token } from "cdktf";
import {
  Bind,
  Duration,
  HealthCheck,
  Host,
  type ITerraformDependable,
  PumaService,
  PumaSocket,
  Restart,
  Rollout,
  SshKey,
} from "cdktf-puma";
import { hostsOf, unitsOf } from "cdktf-puma/testing";

const app = new App({ outdir: "out-of-cdktf" });
const stack = new TerraformStack(app, "blog");
const { stringValue, numberValue, booleanValue } = new TerraformVariable(stack, "given", {});
const machine = new TerraformResource(stack, "machine", { terraformResourceType: "terraform_data" });

const bastion = { address: stringValue, port: numberValue, key: SshKey.file(stringValue) };
const hosts = ["web1", "web2", "web3"].map(
  (name) =>
    new Host(name, {
      address: `${name}.${stringValue}`,
      port: numberValue,
      user: stringValue,
      sudo: booleanValue,
      key: SshKey.sensitive(stringValue, { teardown: SshKey.agent() }),
      bastion,
    }),
);

const web = new PumaService(stack, "web", {
  hosts,
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292), Bind.unix("/run/blog/puma.sock")] }),
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  pumaVersion: "6.6",
  environment: { SECRET: `a-${stringValue}`, SIZE: `${numberValue}` },
  args: ["--tag", Token.asString(Fn.upper(stringValue))],
  release: `v-${numberValue}`,
  restart: Restart.overlap(),
  healthCheck: HealthCheck.http("/up"),
  rollout: Rollout.rolling({ canaries: 1, batchSize: "50%", pause: Duration.seconds(5) }),
  dependsOn: [machine],
});

const resources: ITerraformDependable[] = web.resources;
new TerraformResource(stack, "after", { terraformResourceType: "terraform_data", dependsOn: resources });
new PumaService(stack, "api", {
  hosts: hosts.slice(0, 1),
  binds: [Bind.tcp(9393)],
  user: "deploy",
  workingDirectory: "/srv/api/current",
  dependsOn: resources,
});

if (unitsOf(stack)["web.service"].Service.User !== "deploy") throw new Error("cdktf-puma/testing: no units");
if (hostsOf(stack)["api.service"].join() !== "web1") throw new Error("cdktf-puma/testing: no hosts");

app.synth();
