import {
  Bind,
  Host,
  Logs,
  ManagedFile,
  PumaConfig,
  type PumaServiceProps,
  type PumaSocketProps,
  Secret,
  Secrets,
  SshKey,
  Task,
} from "../../../lib";
import { refusal, warnings } from "./refused";

const AT = "PumaService 'web' ";
const HOST = new Host("web1", {
  address: "192.0.2.1",
  user: "deploy",
  key: SshKey.agent(),
  hostKey: "ecdsa-sha2-nistp256 AAAA",
});
const OF_USER: Partial<PumaServiceProps> = { scope: "user", user: undefined, hosts: [HOST] };

const said = (service: Partial<PumaServiceProps>, socket?: Partial<PumaSocketProps>): string =>
  refusal({ service: { ...OF_USER, ...service }, socket });

const withLine = (name: string, value: string | number | boolean, more = {}): string =>
  said({ directives: { Service: { [name]: value, ...more } } });

test("a service of a user's own systemd is no service of root's", () => {
  expect(said({})).toBe("no error");
  expect(warnings({ service: OF_USER })).toEqual([]);
});

test.each<[Partial<PumaServiceProps>, string]>([
  [
    { user: "deploy" },
    `'user': must be left away where 'scope' is "user": the systemd of a user runs everything as that user, the 'user' of the Host, got "deploy"`,
  ],
  [
    { group: "www-data" },
    `'group': must be left away where 'scope' is "user": the systemd of a user runs everything as that user, the 'user' of the Host, got "www-data"`,
  ],
  [
    { daemon: true, pumaVersion: "4.3" },
    `'daemon': must be left away where 'scope' is "user": let Puma run in the foreground, got true`,
  ],
  [
    { proxyUser: "www-data", binds: [Bind.unix("/srv/p.sock")] },
    `'proxyUser': must be left away where 'scope' is "user": only root can see what another user may do, got "www-data"`,
  ],
])("%j is refused", (props, words) => expect(said(props)).toBe(AT + words));

test.each<[string, Partial<PumaServiceProps>, string]>([
  [
    "secrets",
    { secrets: Secrets.environment({ A: Secret.fromCommand(["true"]) }, { version: "1" }) },
    `'secrets': must be left away where 'scope' is "user": they are files of root's; use 'environmentFiles' that the user alone can read`,
  ],
  ...[
    ManagedFile.file("/etc/blog/a.yml", { content: "" }),
    ManagedFile.environment({ A: "b" }),
    ManagedFile.pumaConfig(PumaConfig.of({ workers: 2 })),
  ].map((file): [string, Partial<PumaServiceProps>, string] => [
    `the file ${file._pathOf("web")}`,
    { files: [file] },
    `'files': must be left away where 'scope' is "user": they are files of root's; let the application bring its own, and name them by 'configFile' and 'environmentFiles'`,
  ]),
  [
    "what runs around a change as root",
    { tasks: [Task.eachHost({ before: ["/usr/local/sbin/out"], asRoot: true })] },
    `'tasks[0]': must be without 'asRoot' where 'scope' is "user": nothing is done as root there`,
  ],
])("%s of root's is refused", (_, props, words) => expect(said(props)).toBe(AT + words));

test("tasks, no files, and what ends it are as of any other", () => {
  const tasks = [Task.once(["bin/rails", "db:migrate"]), Task.eachHost({ before: ["bin/out"] })];
  expect(said({ tasks, release: "1", files: [], ensure: "stopped", retain: true })).toBe("no error");
});

test("the user is another than root", () => {
  const host = new Host("web1", { address: "192.0.2.1", key: SshKey.agent() });
  expect(said({ hosts: [HOST, host].slice(1) })).toBe(
    `Host 'web1' 'user': must be another than root for a PumaService whose 'scope' is "user", got "root"`,
  );
});

const LEFT_AWAY = `must be left away where 'scope' is "user": `;

test.each<[string, string | number | boolean, string]>([
  ["AmbientCapabilities", "CAP_NET_BIND_SERVICE", "no user can be given rights of root's"],
  ["SupplementaryGroups", "www-data", "the groups are those that the user has as he logs in"],
  ["ProtectProc", "invisible", "systemd takes it, and /proc stays as it is"],
  ["LogNamespace", "blog", "only the machine's systemd has some"],
  [
    "DeviceAllow",
    "/dev/fuse",
    "systemd takes it, and it is not in force, as only root may load BPF programs",
  ],
  ["Nice", -5, "only root may go below what is there"],
  ["OOMScoreAdjust", -500, "only root may go below what is there"],
  ["CPUSchedulingPolicy", "rr", "only root may ask for it"],
])("%s=%s is refused, as a user's systemd does not do it", (name, value, why) => {
  const [got, text] = [
    typeof value === "number" ? `"${value}"` : JSON.stringify(value),
    withLine(name, value),
  ];
  expect(text).toBe(`${AT}'directives.Service.${name}': ${LEFT_AWAY}${why}, got ${got}`);
  expect(refusal({ service: { directives: { Service: { [name]: value } } } })).toBe("no error");
});

test.each<[string, string | number]>([
  ["Nice", 5],
  ["OOMScoreAdjust", 500],
  ["CPUSchedulingPolicy", "batch"],
  ["NoNewPrivileges", "true"],
  ["SystemCallFilter", "@system-service"],
  ["RestrictNamespaces", "true"],
  ["ProtectSystem", "no"],
  ["PrivateTmp", "false"],
  ["MemoryMax", "1G"],
])("%s=%s is taken", (name, value) => expect(withLine(name, value)).toBe("no error"));

test.each<[string, string | boolean]>([
  ["ProtectSystem", "strict"],
  ["PrivateTmp", true],
  ["PrivateDevices", true],
  ["InaccessiblePaths", "/mnt"],
  ["CapabilityBoundingSet", ""],
])("%s=%s wants a namespace of users, without which it would not be in force", (name, value) => {
  expect(withLine(name, value)).toMatch(
    `${AT}'directives.Service.${name}': must stand beside PrivateUsers=true where 'scope' is "user": without it a systemd ` +
      "before 257 takes it, and it is not in force",
  );
  expect(withLine(name, value, { PrivateUsers: true })).toBe("no error");
});

test.each<[string, string, string, string]>([
  ["Unit", "Wants", "network-online.target", "the systemd of a user knows no units of the machine"],
  ["Unit", "After", "systemd-networkd.service", "the systemd of a user knows no units of the machine"],
  ["Install", "WantedBy", "multi-user.target", "the systemd of a user starts default.target"],
])("[%s] %s=%s is refused", (section, name, unit, why) => {
  const words = `not name ${unit} where 'scope' is "user": ${why}, got "${unit}"`;
  const directives = { [section]: { [name]: unit } };
  expect(said({ directives })).toBe(`${AT}'directives.${section}.${name}': must ${words}`);
  expect(refusal({ service: { directives } })).toBe("no error");
});

test("its socket belongs to nobody else", () => {
  const binds = [Bind.unix("/srv/blog/puma.sock")];
  for (const name of ["user", "group"]) {
    expect(said({}, { binds, [name]: "www-data" })).toBe(
      `PumaSocket 'socket' '${name}': must be left away where 'scope' is "user": web.socket is the user's who logs in; say who may connect by 'mode'`,
    );
  }
  expect(said({}, { binds, mode: "0666" })).toBe("no error");
});

test("what systemd opens as the user may be the user's", () => {
  expect(said({ logs: Logs.file("/srv/blog/current/log/puma.log") })).toBe("no error");
  expect(said({ environmentFiles: ["/srv/blog/current/.env"] })).toBe("no error");
});
