// The ssh key comes from a sensitive variable (TF_VAR_ssh_key) and never reaches the state. What removes a service may not
// refer to variables: it logs in with the agent's key.
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { Bind, Host, PumaService, SshKey } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const sshKey = new TerraformVariable(stack, "ssh_key", { type: "string", sensitive: true });
const key = SshKey.sensitive(sshKey.stringValue, { teardown: SshKey.file("~/.ssh/id_ed25519") });

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", key })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
});

app.synth();
