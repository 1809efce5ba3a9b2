import { Bind, type Directives, PumaCommand, type PumaServiceProps, Restart } from "../../../lib";
import { refusal } from "./refused";

type Lines = Directives["Service"];

const given = (Service: Lines, changes: Partial<PumaServiceProps> = {}) =>
  refusal({ service: { ...changes, directives: { Service } } });

const HOME = { workingDirectory: "/home/deploy/app" };
const UNIX = (path: string) => ({ binds: [Bind.unix(path)] });

test("an error names both lines, and what to do", () => {
  expect(given({ ProtectHome: true }, HOME)).toBe(
    "PumaService 'web' 'workingDirectory': must not be below /home, as ProtectHome=true stands in the unit: Puma would not " +
      'find it; use ProtectHome=read-only, got "/home/deploy/app"',
  );
  expect(given({ PrivateTmp: true }, UNIX("/tmp/puma.sock"))).toBe(
    "PumaService 'web' 'binds[0]': must not be below /tmp, as PrivateTmp=true stands in the unit: nobody but Puma would find " +
      'it; use a folder in /run or /srv, got "/tmp/puma.sock"',
  );
  expect(given({ ProtectSystem: "strict" }, UNIX("/srv/blog/puma.sock"))).toBe(
    "PumaService 'web' 'binds[0]': must not be below /, as ProtectSystem=strict stands in the unit: Puma could not write " +
      'there; add ReadWritePaths=/srv/blog, got "/srv/blog/puma.sock"',
  );
});

const LOG = { args: ["--redirect-stdout", "/home/deploy/log/puma.log"] };

test.each<[string, Lines, Partial<PumaServiceProps>, string]>([
  [
    "a home that is away",
    { ProtectHome: "tmpfs" },
    HOME,
    "'workingDirectory': must not be below /home, as Protect",
  ],
  ["root's home", { ProtectHome: "yes" }, { workingDirectory: "/root/app" }, "must not be below /root"],
  [
    "a program there",
    { ProtectHome: "on" },
    { command: PumaCommand.executable("/home/deploy/.rbenv/shims/puma") },
    "'command': must not be below /home",
  ],
  [
    "a file there",
    { ProtectHome: true },
    { configFile: "/home/deploy/puma.rb" },
    "'configFile': must not be below",
  ],
  [
    "a key there",
    { ProtectHome: true },
    { binds: [Bind.ssl(9293, { key: "/home/deploy/key.pem", cert: "/etc/blog/cert.pem" })] },
    "'binds': must not be below /home",
  ],
  [
    "a log in a home that is read-only beside ProtectSystem=strict",
    { ProtectSystem: "strict", ProtectHome: "read-only" },
    LOG,
    "add ReadWritePaths=/home/deploy/log, got",
  ],
  [
    "a log in a home that is read-only",
    { ProtectHome: "read-only" },
    LOG,
    "add ReadWritePaths=/home/deploy/log, got",
  ],
  [
    "the same, in one word",
    { ProtectHome: "read-only" },
    { args: ["--redirect-stderr=/home/x/log"] },
    "'args[0]'",
  ],
  [
    "a bind below /run/user",
    { ProtectHome: true },
    UNIX("/run/user/1000/puma.sock"),
    "must not be below /run/user",
  ],
  [
    "a bind in /var/tmp",
    { PrivateTmp: "disconnected" },
    UNIX("/var/tmp/a/puma.sock"),
    "must not be below /var/tmp",
  ],
  [
    "code in /tmp",
    { PrivateTmp: true },
    { workingDirectory: "/tmp/app" },
    "'workingDirectory': must not be below /tmp",
  ],
  [
    "a folder of a log in /tmp",
    { PrivateTmp: true },
    { args: ["-S", "/tmp/puma/state"] },
    "'args[1]': must not be",
  ],
  [
    "what a list closes",
    { InaccessiblePaths: "/opt -/srv/blog" },
    {},
    "'workingDirectory': must not be below /srv/blog, as InaccessiblePaths=-/srv/blog stands",
  ],
  [
    "what is inaccessible, whatever is bound below it",
    { InaccessiblePaths: "/srv", BindPaths: "/srv/blog/current" },
    {},
    "must not be below /srv, as InaccessiblePaths=/srv stands",
  ],
  [
    "the same of homes",
    { ProtectHome: true, BindPaths: "/home/deploy/app" },
    HOME,
    "must not be below /home",
  ],
  ["what is empty", { TemporaryFileSystem: "/srv:ro" }, {}, "add BindReadOnlyPaths=/srv/blog/current, got"],
  [
    "a bind that is bound elsewhere",
    { TemporaryFileSystem: "/srv", BindPaths: "/srv/blog:/srv/other" },
    {},
    "/srv, as Temp",
  ],
  [
    "a unix bind in a folder of a user's own choice",
    { ReadOnlyPaths: "/srv" },
    UNIX("/srv/puma.sock"),
    "add ReadWritePaths=/srv,",
  ],
  [
    "one in /run",
    { ProtectSystem: "strict" },
    UNIX("/var/run/blog/a/puma.sock"),
    "add RuntimeDirectory=blog/a, which systemd makes at each start,",
  ],
  [
    "one in a release, where nothing is writable that a link could lead to",
    { ProtectSystem: "strict", RuntimeDirectory: "blog" },
    UNIX("/srv/blog/current/tmp/s"),
    "add ReadWritePaths=/srv/blog/current/tmp,",
  ],
  [
    "one in /etc",
    { ProtectSystem: "full" },
    UNIX("/etc/puma.sock"),
    "must not be below /etc, as ProtectSystem=full",
  ],
  [
    "one below what is writable",
    { ReadWritePaths: "/srv", ReadOnlyPaths: "/srv/blog" },
    UNIX("/srv/blog/puma.sock"),
    "must not be below /srv/blog, as ReadOnlyPaths=/srv/blog",
  ],
  [
    "a candidate's bind",
    { InaccessiblePaths: "/run" },
    { restart: Restart.hot({ rehearse: true }) },
    "'restart': must not be below /run, as InaccessiblePaths=/run stands",
  ],
])("refused: %s", (_, lines, changes, message) => {
  expect(given(lines, changes)).toContain(message);
});

test.each<[string, Lines, Partial<PumaServiceProps>]>([
  ["a home that is not needed", { ProtectHome: true }, {}],
  ["one that may be read", { ProtectHome: "read-only" }, HOME],
  ["one that is not protected", { ProtectHome: "no", PrivateTmp: "no", ProtectSystem: false }, HOME],
  ["what is taken back", { ProtectHome: [true, "no"] }, HOME],
  ["what is bound into an empty home", { ProtectHome: "tmpfs", BindPaths: "/home/deploy" }, HOME],
  ["the same, by two paths", { ProtectHome: "tmpfs", BindReadOnlyPaths: "/data/app:/home/deploy/app" }, HOME],
  ["a log where it may be written", { ProtectHome: "read-only", ReadWritePaths: "-/home/deploy/log" }, LOG],
  ["a file of Puma's own in /tmp", { PrivateTmp: true }, { args: ["-S", "/tmp/puma.state"] }],
  [
    "a folder there that a command may make",
    { PrivateTmp: true, ExecStartPre: "/bin/mkdir -p /tmp/puma" },
    { args: ["-S", "/tmp/puma/state"] },
  ],
  ["a folder that begins alike", { InaccessiblePaths: "/srv/blog/cur /srv/blo" }, {}],
  [
    "what systemd makes",
    { ProtectSystem: "strict", RuntimeDirectory: "blog:b" },
    UNIX("/run/blog/puma.sock"),
  ],
  [
    "what is to be written",
    { ProtectSystem: "strict", ReadWritePaths: "/srv/blog/shared" },
    UNIX("/srv/blog/shared/s"),
  ],
  [
    "what systemd makes, by way of /var/run",
    { ProtectSystem: "strict", RuntimeDirectory: "blog" },
    { ...UNIX("/var/run/blog/puma.sock"), args: ["--pidfile", "/var/run/blog/puma.pid"] },
  ],
  [
    "what a link in the release may lead to",
    { ProtectSystem: "strict", ReadWritePaths: "/srv/blog/shared" },
    { ...UNIX("/srv/blog/current/tmp/sockets/s"), args: ["--redirect-stdout", "log/puma.log"] },
  ],
  ["a log in a home, which ProtectSystem=strict leaves open", { ProtectSystem: "strict" }, LOG],
  ["code under ProtectSystem=strict", { ProtectSystem: "strict" }, {}],
  ["a candidate there", { ProtectSystem: "strict" }, { restart: Restart.full({ rehearse: true }) }],
  ["what synth cannot know", { ProtectHome: "tmpfs", BindPaths: "/home/%i" }, HOME],
  [
    "a candidate's folder in an empty one",
    { TemporaryFileSystem: "/run" },
    { restart: Restart.full({ rehearse: true }) },
  ],
  [
    "a folder of its own there",
    { TemporaryFileSystem: "/run", RuntimeDirectory: "blog" },
    UNIX("/run/blog/puma.sock"),
  ],
  ["/run, without a candidate", { InaccessiblePaths: "/run" }, {}],
])("accepted: %s", (_, lines, changes) => {
  expect(given(lines, changes)).toBe("no error");
});

test("a unix bind that systemd makes is where systemd sees it", () => {
  const directives = { Service: { PrivateTmp: true, ProtectSystem: "strict" } };
  expect(refusal({ service: { directives }, socket: { binds: [Bind.unix("/tmp/puma.sock")] } })).toBe(
    "no error",
  );
});
