import { Bind, Hardening, Host, SshKey } from "../../../lib";
import { type Given, refusal, warnings } from "./refused";

const { NONE, BASELINE, STRICT, ISOLATED } = Hardening;
const OF_USER = new Host("web1", {
  address: "web1.example.org",
  user: "deploy",
  key: SshKey.agent(),
  hostKey: "ecdsa-sha2-nistp256 AAAA",
});
const AMBIENT = { directives: { Service: { AmbientCapabilities: "CAP_NET_BIND_SERVICE" } } };
const PRIVILEGED = { binds: [Bind.tcp(80)], ...AMBIENT };
const of = (hardening: Hardening): Given => ({ service: { hardening } });
const withSocket = (given: Given): Given => ({ socket: {}, ...given });
const ofUser = (hardening: Hardening): Given => ({
  service: { hosts: [OF_USER], scope: "user", user: undefined, hardening },
});
const ROOT =
  "PumaService 'web' 'hardening': must go with a 'user' other than root: without capabilities root reads no file of others, and " +
  "still owns what it should be kept from";

test.each<[what: string, given: Given, error: string]>([
  ["root", { service: { hardening: BASELINE, user: undefined } }, ROOT],
  ["root by name", { service: { hardening: STRICT, user: "root" } }, ROOT],
  [
    "a port that Puma binds in a network of its own",
    of(ISOLATED),
    "PumaService 'web' 'hardening.PrivateNetwork': must not stand beside the bind 0.0.0.0:9292, which nobody outside would reach; let a " +
      `'socket' hold the bind, or use Hardening.STRICT, got "true"`,
  ],
  [
    "a unix bind in the /tmp of all",
    { service: { hardening: BASELINE, binds: [Bind.unix("/tmp/puma.sock")] } },
    "PumaService 'web' 'binds[0]': must not be below /tmp, as PrivateTmp=true of 'hardening' stands in the unit: nobody but Puma would " +
      `find it; use a folder in /run or /srv, got "/tmp/puma.sock"`,
  ],
  [
    "a unix bind where nothing is to be written",
    { service: { hardening: STRICT, binds: [Bind.unix("/run/blog/puma.sock")] } },
    "PumaService 'web' 'binds[0]': must not be below /, as ProtectSystem=strict of 'hardening' stands in the unit: Puma could not write " +
      `there; add RuntimeDirectory=blog, which systemd makes at each start, got "/run/blog/puma.sock"`,
  ],
  [
    "an application in a home",
    { service: { hardening: STRICT, workingDirectory: "/home/deploy/blog" } },
    "PumaService 'web' 'workingDirectory': must not be below /home, as ProtectHome=true of 'hardening' stands in the unit: Puma would not " +
      `find it; use ProtectHome=read-only, got "/home/deploy/blog"`,
  ],
  [
    "a file of Puma's where nothing is to be written",
    { service: { hardening: STRICT, args: ["-S", "/var/blog/state"] } },
    "PumaService 'web' 'args[1]': must not be below /, as ProtectSystem=strict of 'hardening' stands in the unit: Puma could not write " +
      `there; add ReadWritePaths=/var/blog, got "/var/blog/state"`,
  ],
  [
    "a capability that the bounding set takes away",
    { service: { hardening: BASELINE, ...PRIVILEGED } },
    "PumaService 'web' 'hardening': must have CapabilityBoundingSet=CAP_NET_BIND_SERVICE, by Hardening.with(), beside " +
      `AmbientCapabilities=, which it takes away; or let a 'socket' hold the bind, got ""`,
  ],
  [
    "a capability among users of one's own",
    { service: { hardening: STRICT, ...PRIVILEGED } },
    "PumaService 'web' 'hardening': must have PrivateUsers=false, by Hardening.with(), beside AmbientCapabilities=CAP_NET_BIND_SERVICE: " +
      "among users of its own Puma has that of nothing on the host; or let a 'socket' hold the bind, got true",
  ],
  [
    "a Ruby that compiles",
    {
      service: {
        hardening: STRICT.with({ MemoryDenyWriteExecute: true }),
        environment: { RUBY_YJIT_ENABLE: "1" },
      },
    },
    "PumaService 'web' 'hardening.MemoryDenyWriteExecute': must not stand beside 'environment.RUBY_YJIT_ENABLE': a Ruby that compiles as " +
      "it runs is ended by it; leave one of the two away, got true",
  ],
  [
    "a user's own systemd",
    ofUser(BASELINE),
    `PumaService 'web' 'hardening': must be left away where 'scope' is "user": most of it only root can close; what is in force there can ` +
      "stand in 'directives'",
  ],
  [
    "what systemd does not know",
    of(BASELINE.with({ ProtectHom: true })),
    `PumaService 'web' 'hardening.ProtectHom': must be a directive that systemd knows in [Service], got "ProtectHom"; did you mean ProtectHome=?`,
  ],
  [
    "what a prop says",
    of(BASELINE.with({ User: "blog" })),
    "PumaService 'web' 'hardening.User': carries a promise of this library; use 'user'",
  ],
  [
    "a line that a host's systemd is too old for",
    {
      service: {
        hosts: [new Host("old", { address: "10.0.1.11", key: SshKey.agent(), systemdVersion: 252 })],
        hardening: STRICT.with({ PrivateTmp: "disconnected" }),
      },
    },
    "Host 'old' 'systemdVersion': must be newer than 252 for PrivateTmp=disconnected, got 252",
  ],
])("refuses %s", (_, given, error) => {
  expect(refusal(given)).toBe(error);
});

test.each<[what: string, given: Given]>([
  ["no level, as root", { service: { hardening: NONE, user: undefined } }],
  [
    "root that keeps its capabilities",
    { service: { hardening: BASELINE.with({ CapabilityBoundingSet: "~" }), user: undefined } },
  ],
  ["a level with binds of Puma's own", of(STRICT)],
  ["a network of its own behind a socket", withSocket(of(ISOLATED))],
  [
    "a unix bind in the folder that was advised",
    {
      service: {
        hardening: STRICT,
        binds: [Bind.unix("/run/blog/puma.sock")],
        directives: { Service: { RuntimeDirectory: "blog" } },
      },
    },
  ],
  [
    "a unix bind that ReadWritePaths= lets in",
    {
      service: {
        hardening: STRICT.with({ ReadWritePaths: ["/run/blog"] }),
        binds: [Bind.unix("/run/blog/puma.sock")],
      },
    },
  ],
  [
    "an application in a home that is to be read",
    {
      service: {
        hardening: STRICT.with({ ProtectHome: "read-only" }),
        workingDirectory: "/home/deploy/blog",
      },
    },
  ],
  [
    "a capability that is let in",
    {
      service: { hardening: BASELINE.with({ CapabilityBoundingSet: "CAP_NET_BIND_SERVICE" }), ...PRIVILEGED },
    },
  ],
  [
    "a Ruby that compiles, in each level",
    {
      service: { hardening: STRICT, environment: { RUBY_YJIT_ENABLE: "1" } },
    },
  ],
  ["no level, of a user's own systemd", ofUser(NONE)],
])("takes %s", (_, given) => {
  expect(refusal(given)).toBe("no error");
});

const NOWHERE =
  "PumaService 'web' 'hardening': lets Puma write to /tmp alone, and to no log, upload or cache: say where, by " +
  `Hardening.with({ ReadWritePaths: ["/srv/blog/shared"] }), or ReadWritePaths: "" where it writes nowhere`;
const WRITING = { ReadWritePaths: ["/srv/blog/shared"] };

test.each<[what: string, given: Given, said: string[]]>([
  ["the least level", of(BASELINE), []],
  ["nowhere to write", of(STRICT), [NOWHERE]],
  ["somewhere to write", of(STRICT.with(WRITING)), []],
  [
    "somewhere to write, by a raw line",
    { service: { hardening: STRICT, directives: { Service: { StateDirectory: "blog" } } } },
    [],
  ],
  ["nowhere to write, as is said", of(STRICT.with({ ReadWritePaths: "" })), []],
  ["raw lines alone", { service: { directives: { Service: { ProtectSystem: "strict" } } } }, []],
  [
    "a Ruby in a home",
    {
      service: {
        hardening: STRICT.with(WRITING),
        environment: { PATH: "/home/deploy/.rbenv/shims:/usr/bin" },
      },
    },
    [
      "PumaService 'web' 'environment.PATH': names /home/deploy/.rbenv/shims, which ProtectHome=true of 'hardening' hides from Puma; say " +
        'Hardening.with({ ProtectHome: "read-only" })',
    ],
  ],
  [
    "a Ruby in a home that can be read",
    {
      service: {
        hardening: STRICT.with({ ...WRITING, ProtectHome: "read-only" }),
        environment: { PATH: "/home/deploy/.rbenv/shims:/usr/bin" },
      },
    },
    [],
  ],
  [
    "a server that is reached by a network",
    withSocket({
      service: { hardening: ISOLATED.with(WRITING), environment: { CACHE_URL: "redis://10.0.0.5:6379/1" } },
    }),
    [
      "PumaService 'web' 'environment.CACHE_URL': names a server at 10.0.0.5, which PrivateNetwork=true of 'hardening' closes; use a unix " +
        "socket, or Hardening.STRICT",
    ],
  ],
  [
    "a server at a unix socket",
    withSocket({
      service: {
        hardening: ISOLATED.with(WRITING),
        environment: { DATABASE: "postgresql:///blog", CACHE_URL: "unix:///run/redis" },
      },
    }),
    [],
  ],
  [
    "binds of a configuration file in a network of its own",
    { service: { hardening: ISOLATED.with(WRITING), binds: undefined, configFile: "config/puma.rb" } },
    [
      "PumaService 'web' 'configFile': may bind a port, which PrivateNetwork=true of 'hardening' closes; let a 'socket' hold it",
    ],
  ],
])("warns of %s", (_, given, said) => {
  expect(warnings(given)).toEqual(said);
});
