import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT, runExample, stackIn } from "./example";
import { type Synthesized } from "./stack";

const out = mkdtempSync(join(tmpdir(), "cdktf-puma-examples-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const run = (name: string): Synthesized => runExample(name, join(out, name));

/** The lines of all units, by the service's Terraform name. */
function linesOf(json: Synthesized, service = "puma"): string[] {
  return Object.values(json.locals[`puma_${service}_units`] as Record<string, string[]>).flat();
}

const FOREGROUND = ["Type=simple", "Restart=always", "User=deploy", "WantedBy=multi-user.target"];
const HELD = [
  "Requires=puma.socket",
  "WantedBy=sockets.target",
  "NoDelay=true",
  "ReusePort=true",
  "DeferAcceptSec=1",
  "Backlog=1024",
];

/** Each example, and lines of the guide's units in it. */
const EXAMPLES: Record<string, string[]> = {
  simple: [
    ...FOREGROUND,
    "Description=Puma HTTP Server (puma)",
    "After=network.target",
    "WorkingDirectory=/srv/blog/current",
    "ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -b ssl://0.0.0.0:9293?key=/srv/blog/current/key.pem&cert=/srv/blog/current/cert.pem",
  ],
  "bundle-exec": [
    ...FOREGROUND,
    ...HELD,
    "ListenStream=0.0.0.0:9292",
    "ExecStart=/usr/bin/bundle exec --keep-file-descriptors puma -b tcp://0.0.0.0:9292",
  ],
  "config-file": [...FOREGROUND, "ExecStart=/srv/blog/current/sbin/puma -C /srv/blog/current/config.rb"],
  files: [
    ...HELD,
    "EnvironmentFile=/etc/puma/puma.env",
    "ExecStart=/srv/blog/current/sbin/puma -C /etc/puma/puma.rb -b tcp://0.0.0.0:9292",
  ],
  rails: [
    "Type=notify",
    "WatchdogSec=2min",
    "Environment=RAILS_ENV=production",
    "Environment=PORT=3000",
    "EnvironmentFile=/etc/blog/env",
    "ExecStart=/srv/blog/current/bin/puma -C /srv/blog/current/config/puma.rb",
  ],
  cluster: [
    ...FOREGROUND,
    "ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -w 4 -t 1:16",
    "MemoryMax=4G",
  ],
  rollout: [
    ...HELD,
    "Type=notify",
    "ExecStart=/srv/blog/current/sbin/puma -C /srv/blog/current/config/puma.rb -b tcp://0.0.0.0:9292",
  ],
  migration: [...HELD, "EnvironmentFile=/etc/blog/env", "WorkingDirectory=/srv/blog/current"],
  "socket-activation": [
    ...HELD,
    "Description=Puma HTTP Server Accept Sockets (puma)",
    "ListenStream=0.0.0.0:9292",
    "ListenStream=0.0.0.0:9293",
    "Type=notify",
    "Restart=always",
    "User=deploy",
    "WantedBy=multi-user.target",
    "TimeoutStartSec=2min",
    "ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -b ssl://0.0.0.0:9293?key=/etc/blog/key.pem&cert=/etc/blog/cert.pem",
    "LimitNOFILE=65536",
    "OOMPolicy=continue",
  ],
  "first-connection": [...HELD, "Restart=on-failure", "ListenStream=0.0.0.0:9292"],
  "several-sockets": [
    "WantedBy=sockets.target",
    "Requires=puma.socket puma-admin.socket",
    "Sockets=puma.socket puma-admin.socket",
    "ListenStream=0.0.0.0:9292",
    "ListenStream=127.0.0.1:9393",
    "ListenStream=/run/puma-admin/puma.sock",
    "Service=puma.service",
    "ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -b tcp://127.0.0.1:9393 -b unix:///run/puma-admin/puma.sock",
  ],
  "unix-socket": [
    "ListenStream=/run/blog/puma.sock",
    "SocketUser=deploy",
    "SocketGroup=www-data",
    "SocketMode=0660",
    "ExecStart=/srv/blog/current/sbin/puma -b unix:///run/blog/puma.sock",
  ],
  "user-units": [
    ...HELD,
    "WantedBy=default.target",
    "Documentation=file:%h/.local/state/cdktf-puma/puma/on-call.txt",
    "PrivateUsers=true",
  ],
  redmine: [
    "Type=notify",
    "User=www-data",
    "Requires=redmine.socket",
    "Environment=REDMINE_INSTANCE=default",
    "EnvironmentFile=/var/lib/cdktf-puma/redmine/secrets/1/environment",
    "ExecStart=/usr/bin/bundle exec puma -C - -b tcp://0.0.0.0:9292 -w 2 -t 3:3 --preload",
  ],
  "per-host": [...FOREGROUND, "ExecStart=/srv/blog/current/sbin/puma -b tcp://0.0.0.0:9292 -w 2"],
  bastion: FOREGROUND,
  openssh: FOREGROUND,
  "new-machines": FOREGROUND,
  autoscaling: [
    ...HELD,
    "EnvironmentFile=/etc/blog/secrets.env",
    "ExecStart=/srv/blog/current/sbin/puma -C /etc/puma/puma.rb -b tcp://0.0.0.0:9292",
  ],
  "sensitive-key": FOREGROUND,
  secrets: [...FOREGROUND, "EnvironmentFile=/var/lib/cdktf-puma/puma/secrets/2026-11-27/environment"],
  capistrano: [...FOREGROUND, "ExecStart=/usr/bin/bundle exec puma -C /srv/blog/shared/puma.rb"],
  rbenv: [
    ...HELD,
    "Type=notify",
    "ExecStart=/home/deploy/.rbenv/bin/rbenv exec bundle exec puma -b tcp://0.0.0.0:9292",
  ],
  rvm: [
    ...HELD,
    'ExecStart=/bin/bash -c "source /home/deploy/.rvm/scripts/rvm && rvm use 3.3 && exec bundle exec puma \\"$$@\\"" ' +
      "puma -b tcp://0.0.0.0:9292",
  ],
  chruby: [
    ...HELD,
    "ExecStart=/usr/local/bin/chruby-exec ruby-3.3 -- bundle exec puma -b tcp://0.0.0.0:9292",
  ],
  asdf: [...HELD, "ExecStart=/usr/local/bin/asdf exec bundle exec puma -b tcp://0.0.0.0:9292"],
  mise: [...HELD, "ExecStart=/usr/bin/mise exec -- bundle exec puma -b tcp://0.0.0.0:9292"],
};

test.each(Object.entries(EXAMPLES))("%s", (name, lines) => {
  expect(linesOf(run(name), name === "redmine" ? name : "puma")).toEqual(expect.arrayContaining(lines));
});

test("several-services", () => {
  const json = run("several-services");
  expect(linesOf(json, "blog")).toEqual(
    expect.arrayContaining(["Requires=blog.socket", "ListenStream=0.0.0.0:9292", "User=blog"]),
  );
  expect(linesOf(json, "api")).toEqual(
    expect.arrayContaining(["Requires=api.socket", "ListenStream=0.0.0.0:9393", "User=api"]),
  );
  expect(json.locals.puma_services).toEqual({ web1: "api blog", web2: "api blog" });
});

test("per-host: the other host has the same unit with other words", () => {
  const json = run("per-host");
  expect(linesOf(json, "puma_from_web3").join("\n")).toContain("-w 16");
  expect(Object.keys(json.resource.null_resource)).toEqual([
    "puma_puma_on_web1",
    "puma_puma_on_web2",
    "puma_puma_on_web3",
  ]);
});

test("first-connection: only the socket is enabled", () => {
  const { locals } = run("first-connection");
  expect(locals.puma_puma_settings).toContain("PUMA_ENABLED_UNITS='puma.socket'\n");
  expect(locals.puma_puma_settings).toContain("PUMA_START_ON='firstConnection'\n");
});

test("bastion and sensitive-key reach their hosts so", () => {
  const connection = (name: string) =>
    run(name).resource.null_resource.puma_puma_on_web1.provisioner[0]["remote-exec"].connection;
  expect(connection("bastion")).toMatchObject({
    host: "10.0.1.11",
    port: 2222,
    bastion_host: "bastion.example.org",
    bastion_user: "jump",
    bastion_private_key: '${file(pathexpand("~/.ssh/bastion"))}',
    timeout: "60000ms",
  });
  expect(connection("sensitive-key").private_key).toBe("${var.ssh_key}");
});

test("openssh reaches its hosts so", () => {
  const { null_resource } = run("openssh").resource;
  const variables = (name: string) =>
    null_resource[`puma_puma_on_${name}`].provisioner[0]["local-exec"].environment as Synthesized;
  expect(variables("web1")).toMatchObject({ CDKTF_PUMA_REACH: "openssh", CDKTF_PUMA_USER: "" });
  expect(null_resource.puma_puma_on_web2.triggers).toContain('identity = "i-0a1b2c3d4e5f"');
  expect(variables("web3")).toMatchObject({ CDKTF_PUMA_REACH: "local", CDKTF_PUMA_ADDRESS: "local" });
});

test("new-machines reads where its hosts are from the outputs of a module", () => {
  const { locals, resource } = run("new-machines");
  expect(locals.puma_addresses).toContain("module.fleet.private_ips");
  const { triggers, provisioner } = resource.null_resource.puma_puma_on_web3;
  const read = (local: string): string => `lookup(local.${local}, "web3", "")`;
  expect(provisioner[0]["local-exec"].environment.CDKTF_PUMA_ADDRESS).toBe(`\${${read("puma_addresses")}}`);
  expect(triggers).toContain(`"identity" = ${read("puma_identities")}`);
  const [removal] = resource.terraform_data.puma_unordered_openssh_removals.provisioner as Synthesized[];
  expect(removal?.["local-exec"].on_failure).toBe("continue");
});

test("autoscaling: the launch template has the service, packed, and no host is reached", () => {
  const { locals, resource } = run("autoscaling");
  expect(resource.aws_launch_template.web.user_data).toBe("${base64gzip(local.puma_puma_cloud_config)}");
  expect(locals.puma_puma_cloud_config).toContain("ListenStream=0.0.0.0:9292\n");
  expect(resource.null_resource).toBeUndefined();
});

test("drop-in has its lines, and the unit of others is none of the program's", () => {
  const { locals } = run("drop-in");
  const [, units] = Object.entries(locals).find(([name]) => /_tuning_.*_units$/.test(name)) ?? [];
  expect(Object.values(units as Record<string, string[]>).flat()).toEqual([
    "[Service]",
    "LimitNOFILE=65536",
    "Environment=WEB_CONCURRENCY=4",
    "MemoryMax=2G",
  ]);
});

test("every example is run here", () => {
  const programs = readdirSync(join(ROOT, "examples")).filter((file) => file.endsWith(".ts"));
  const files = programs.map((file) => file.replace(/\.ts$/, ""));
  expect(files.sort()).toEqual([...Object.keys(EXAMPLES), "drop-in", "several-services"].sort());
});

test("`cdktf synth` runs the socket-activated one from the checkout", () => {
  const cli = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf.js");
  const folder = join(out, "cli");
  const env = { ...process.env, CHECKPOINT_DISABLE: "1", CI: "1", CDKTF_OUTDIR: folder };
  execFileSync(process.execPath, [cli, "synth", "--output", folder], { cwd: ROOT, env, stdio: "pipe" });
  expect(linesOf(stackIn(folder))).toEqual(linesOf(run("socket-activation")));
});
