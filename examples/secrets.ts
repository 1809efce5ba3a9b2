// The application's secrets come from an ephemeral variable (TF_VAR_secret_key_base) and from a password manager, and reach neither
// the state nor a plan. A new version brings new ones; the same version asks for nothing.
import { App, TerraformStack } from "cdktf";
import { Bind, Connection, EphemeralVariable, Host, PumaService, Secret, Secrets } from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "blog");

const keyBase = new EphemeralVariable(stack, "secret_key_base");

new PumaService(stack, "puma", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", connection: Connection.openssh() })],
  user: "deploy",
  workingDirectory: "/srv/blog/current",
  binds: [Bind.tcp(9292)],
  secrets: Secrets.environment(
    {
      SECRET_KEY_BASE: keyBase.stringValue,
      DATABASE_URL: Secret.fromCommand(["op", "read", "op://prod/blog/database-url"]),
    },
    { version: "2026-11-27" },
  ),
});

app.synth();
