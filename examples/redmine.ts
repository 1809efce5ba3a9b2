// Debian's Redmine, as `apt install redmine redmine-pgsql` leaves it: docs/redmine.md says why each line is there. After an upgrade of the
// package, give `release` the new version and apply.
import { App, TerraformStack } from "cdktf";
import {
  Bind,
  Connection,
  Duration,
  EphemeralVariable,
  HealthCheck,
  Host,
  PumaCommand,
  PumaService,
  PumaSocket,
  Restart,
  Secrets,
  Task,
} from "cdktf-puma";

const app = new App();
const stack = new TerraformStack(app, "redmine");

new PumaService(stack, "redmine", {
  hosts: [new Host("web1", { address: "192.0.2.11", user: "ops", connection: Connection.openssh() })],
  socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
  user: "www-data",
  workingDirectory: "/usr/share/redmine",
  command: PumaCommand.bundler(),
  configFile: false,
  pumaVersion: "6.6",
  workers: 2,
  threads: { min: 3, max: 3 },
  args: ["--preload"],
  environment: { RAILS_ENV: "production", REDMINE_INSTANCE: "default", SCHEMA: "/dev/null" },
  secrets: Secrets.environment(
    {
      DATABASE_URL: new EphemeralVariable(stack, "database_url").stringValue,
      SECRET_KEY_BASE: new EphemeralVariable(stack, "secret_key_base").stringValue,
    },
    { version: "1" },
  ),
  tasks: [Task.once(["/usr/bin/bundle", "exec", "rake", "db:migrate", "redmine:plugins:migrate"])],
  restart: Restart.overlap(),
  startTimeout: Duration.minutes(3),
  healthCheck: HealthCheck.http("/login"),
  release: "6.0.5+ds-1",
});

app.synth();
