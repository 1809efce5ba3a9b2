import {
  Bind,
  Connection,
  Duration,
  Hardening,
  Host,
  PumaCommand,
  type PumaServiceProps,
  type PumaSocketProps,
  Secret,
  Secrets,
  SshKey,
} from "../../lib";

/** What a golden file is made from. */
export interface Form {
  readonly service: Partial<PumaServiceProps>;
  readonly socket?: PumaSocketProps;
  /** Those of its sockets, if it is to have several. */
  readonly sockets?: readonly PumaSocketProps[];
}

const OF_USER = new Host("web1", { address: "web1.example.org", user: "deploy", key: SshKey.agent() });
const TLS = { key: "key.pem", cert: "cert.pem" };
const DAEMON = { daemon: true, pumaVersion: "4.3", startTimeout: Duration.seconds(20) };
const BINDS = [Bind.tcp(9292), Bind.ssl(9293, TLS)];

/** The forms of Puma's guide, by the name of their golden files. */
export const FORMS: Record<string, Form> = {
  simple: { service: { binds: BINDS, environment: { PUMA_DEBUG: "1" } } },
  "bundle-exec": { service: { binds: BINDS, command: PumaCommand.bundler() } },
  executable: {
    service: { binds: BINDS, command: PumaCommand.executable("/usr/bin/puma"), configFile: false },
  },
  "config-file": { service: { binds: undefined, configFile: "config.rb" } },
  rails: {
    service: {
      binds: undefined,
      configFile: "config/puma.rb",
      command: PumaCommand.binstub("bin/puma"),
      pumaVersion: "7.0",
    },
  },
  cluster: { service: { binds: BINDS, workers: 2, threads: { min: 0, max: 16 } } },
  notify: { service: { binds: BINDS, pumaVersion: "6.6", startTimeout: Duration.minutes(2) } },
  "notify-by-gem": {
    service: { binds: BINDS, pumaVersion: "5.6.5", notify: true, watchdog: Duration.minutes(3) },
  },
  capistrano: {
    service: { binds: undefined, configFile: "/srv/blog/shared/puma.rb", command: PumaCommand.bundler() },
  },
  unix: {
    service: {
      binds: [Bind.unix("/srv/blog/shared/puma.sock", { mode: "0660", umask: "0117", backlog: 511 })],
    },
  },
  socket: { service: { pumaVersion: "6.6" }, socket: { binds: BINDS, backlog: 512 } },
  "socket-bundle-exec": {
    service: { command: PumaCommand.bundler({ bundle: "bin/bundle", bundlerVersion: "2.2.33" }) },
    socket: { binds: BINDS, noDelay: false, reusePort: false, deferAccept: false },
  },
  "socket-unix": {
    service: {},
    socket: {
      name: "web-http",
      binds: [Bind.unix("/run/puma.sock")],
      user: "deploy",
      group: "www-data",
      mode: "0660",
    },
  },
  "several-sockets": {
    service: { pumaVersion: "6.6" },
    sockets: [
      { binds: BINDS },
      { name: "admin", binds: [Bind.unix("/run/admin.sock", { mode: "0660" })], group: "staff" },
    ],
  },
  "first-connection": {
    service: { startOn: "firstConnection", directives: { Service: { Restart: "on-failure" } } },
    socket: { binds: [Bind.tcp(9292, { address: "::" })], directives: { Socket: { KeepAlive: true } } },
  },
  argv: {
    service: {
      binds: BINDS,
      command: PumaCommand.argv(["/home/deploy/.rbenv/bin/rbenv", "exec", "bundle", "exec", "puma"]),
    },
  },
  shell: {
    service: {
      command: PumaCommand.shell(
        'export RUBYOPT="$RUBYOPT -W0"; source ~/.rvm/scripts/rvm && exec bundle exec puma',
        {
          login: true,
        },
      ),
      args: ["--tag", "100% $mine"],
    },
    socket: { binds: [Bind.tcp(9292)] },
  },
  "user-scope": {
    service: {
      scope: "user",
      user: undefined,
      hosts: [OF_USER],
      pumaVersion: "6.6",
      command: PumaCommand.bundler(),
    },
    socket: { binds: [Bind.tcp(9292)] },
  },
  "user-scope-sandbox": {
    service: {
      ...{ scope: "user", user: undefined, hosts: [OF_USER], alarm: "page@web.service" },
      directives: { Service: { PrivateUsers: true, PrivateTmp: true, TemporaryFileSystem: "/home" } },
    },
  },
  forking: {
    service: {
      binds: BINDS,
      command: PumaCommand.bundler(),
      configFile: "/srv/blog/shared/puma.rb",
      ...DAEMON,
    },
  },
  secrets: {
    service: {
      hosts: [new Host("web1", { address: "local", connection: Connection.local() })],
      binds: BINDS,
      environmentFiles: ["/etc/blog/env"],
      secrets: Secrets.of({
        environment: { KEY: Secret.fromCommand(["key"]), URL: Secret.fromCommand(["url"]) },
        credentials: { "tls.key": Secret.fromCommand(["tls"]), other: Secret.fromCommand(["other"]) },
        version: "2026-11.1",
      }),
    },
  },
  "secrets-encrypted": {
    service: {
      hosts: [new Host("web1", { address: "local", connection: Connection.local() })],
      binds: BINDS,
      secrets: Secrets.credentials({ key: Secret.fromCommand(["key"]) }, { version: "1", encrypted: true }),
    },
  },
  "hardening-baseline": { service: { binds: BINDS, hardening: Hardening.BASELINE } },
  "hardening-strict": {
    service: { binds: BINDS, hardening: Hardening.STRICT.with({ ReadWritePaths: ["/srv/blog/shared"] }) },
  },
  "hardening-isolated": {
    service: { pumaVersion: "6.6", hardening: Hardening.ISOLATED.with({ ReadWritePaths: "" }) },
    socket: { binds: BINDS },
  },
  everything: {
    service: {
      binds: [Bind.tcp(9292, { address: "10.0.1.11", backlog: 64 })],
      group: "www-data",
      command: PumaCommand.binstub("bin/puma"),
      configFile: "config.rb",
      args: ["--tag", "it's 100% $mine"],
      environment: { RAILS_ENV: "staging", MOTTO: 'say "hi" to $USER,\n100%' },
      environmentFiles: ["/etc/blog/env", "-/etc/blog/local.env"],
      workers: 3,
      threads: { min: 4, max: 5 },
      pumaVersion: "8.0",
      watchdog: Duration.seconds(93),
      alarm: "page@web.service",
      startTimeout: Duration.milliseconds(62_500),
      directives: {
        Unit: { Description: "The blog of %H", After: ["postgresql.service"] },
        Service: { LimitNOFILE: 65536, OOMPolicy: "continue", Restart: "on-failure", TimeoutStopSec: 63 },
        Install: { WantedBy: ["", "blog.target"] },
      },
    },
  },
};
