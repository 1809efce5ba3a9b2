import { Bind } from "../../lib/puma/bind";
import { checkBinds, checkMeeting } from "../../lib/puma/binds";
import { PropPath } from "../../lib/values/prop-path";
import { errorOf } from "../stack";

const TLS = { key: "tls/key.pem", cert: "/etc/cert.pem" };

describe("a bind yields Puma's flag, with and without a socket of systemd's, and the ListenStream", () => {
  test.each([
    ["tcp", Bind.tcp(9292), "tcp://0.0.0.0:9292", "tcp://0.0.0.0:9292", "0.0.0.0:9292"],
    [
      "tcp with all options",
      Bind.tcp(3001, { address: "10.0.0.5", backlog: 77 }),
      "tcp://10.0.0.5:3001?backlog=77",
      "tcp://10.0.0.5:3001",
      "10.0.0.5:3001",
    ],
    ["tcp over IPv6", Bind.tcp(1, { address: "::1" }), "tcp://[::1]:1", "tcp://[::1]:1", "[::1]:1"],
    [
      "a long form of IPv6, which the kernel shortens",
      Bind.tcp(65535, { address: "2001:DB8:0:0:0:0:0:1" }),
      "tcp://[2001:db8::1]:65535",
      "tcp://[2001:db8::1]:65535",
      "[2001:db8::1]:65535",
    ],
    [
      "ssl",
      Bind.ssl(9293, TLS),
      "ssl://0.0.0.0:9293?key=/srv/tls/key.pem&cert=/etc/cert.pem",
      "ssl://0.0.0.0:9293?key=/srv/tls/key.pem&cert=/etc/cert.pem",
      "0.0.0.0:9293",
    ],
    [
      "ssl with all options",
      Bind.ssl(8443, {
        key: "k&+#?= %.pem",
        cert: "c.pem",
        ca: "a.pem",
        verifyMode: "force_peer",
        address: "127.0.0.9",
        backlog: 55,
      }),
      "ssl://127.0.0.9:8443?key=/srv/k%26%2B%23%3F%3D%20%25.pem&cert=/srv/c.pem&ca=/srv/a.pem&verify_mode=force_peer&backlog=55",
      "ssl://127.0.0.9:8443?key=/srv/k%26%2B%23%3F%3D%20%25.pem&cert=/srv/c.pem&ca=/srv/a.pem&verify_mode=force_peer",
      "127.0.0.9:8443",
    ],
    ["unix", Bind.unix("/run/p.sock"), "unix:///run/p.sock", "unix:///run/p.sock", "/run/p.sock"],
    [
      "unix with all options",
      Bind.unix("/run/q-1.sock", { mode: "0660", umask: "0117", backlog: 66 }),
      "unix:///run/q-1.sock?umask=0117&mode=0660&backlog=66",
      "unix:///run/q-1.sock",
      "/run/q-1.sock",
    ],
    [
      "unix with a umask that Puma would take for a decimal number",
      Bind.unix("/run/r.sock", { umask: "117" }),
      "unix:///run/r.sock?umask=0117",
      "unix:///run/r.sock",
      "/run/r.sock",
    ],
  ])("%s", (_, bind, alone, held, listenStream) => {
    expect(bind._flag("/srv", false)).toBe(alone);
    expect(bind._flag("/srv", true)).toBe(held);
    expect(bind.listenStream).toBe(listenStream);
  });
});

test("a bind tells how to ask for it, and which files it reads", () => {
  expect(Bind.tcp(9292)._probe).toEqual({ scheme: "http", address: "0.0.0.0", port: 9292 });
  expect(Bind.ssl(9293, TLS)._probe).toEqual({ scheme: "https", address: "0.0.0.0", port: 9293 });
  expect(Bind.unix("/run/p.sock")._probe).toEqual({ scheme: "unix", path: "/run/p.sock" });
  expect(Bind.tcp(9292)._files("/srv")).toEqual([]);
  expect(Bind.ssl(9293, { ...TLS, ca: "ca.pem" })._files("/srv")).toEqual([
    "/srv/tls/key.pem",
    "/etc/cert.pem",
    "/srv/ca.pem",
  ]);
  const modes = (["peer", "force_peer"] as const).map((verifyMode) =>
    Bind.ssl(1, { ...TLS, ca: "ca.pem", verifyMode }),
  );
  expect(modes.map((bind) => bind._wantsClientCertificate)).toEqual([false, true]);
});

const PORT = "must be a whole number between 1 and 65535, got";
const ADDRESS =
  "Bind.tcp 'address': must be a literal IPv4 or IPv6 address (Puma never matches a name with a socket), got";
const CHARACTERS = "Bind.unix 'path': must name a file in letters, digits and / . _ - @ + : ,, got";
const NORMAL = "Bind.unix 'path': must be without '//', '.' and '..', got";
const OCTAL = `must be an access mode in octal such as "0660", got`;

test.each<[string, () => unknown, string]>([
  ...[0, -1, 65536, 92920, 80.5, NaN, Infinity].flatMap<[string, () => unknown, string]>((port) => [
    [`tcp ${port}`, () => Bind.tcp(port), `Bind.tcp 'port': ${PORT} ${port}`],
    [`ssl ${port}`, () => Bind.ssl(port, TLS), `Bind.ssl 'port': ${PORT} ${port}`],
  ]),
  ["a name", () => Bind.tcp(1, { address: "localhost" }), `${ADDRESS} "localhost"`],
  ["no address", () => Bind.tcp(1, { address: "" }), `${ADDRESS} ""`],
  ["brackets", () => Bind.tcp(1, { address: "[::1]" }), `${ADDRESS} "[::1]"`],
  ["a zone", () => Bind.tcp(1, { address: "fe80::1%eth0" }), `${ADDRESS} "fe80::1%eth0"`],
  ["tcp backlog", () => Bind.tcp(1, { backlog: 0 }), `Bind.tcp 'backlog': ${PORT} 0`],
  ["ssl backlog", () => Bind.ssl(1, { ...TLS, backlog: 65536 }), `Bind.ssl 'backlog': ${PORT} 65536`],
  ["unix backlog", () => Bind.unix("/run/x", { backlog: 1.5 }), `Bind.unix 'backlog': ${PORT} 1.5`],
  ["no key", () => Bind.ssl(1, { ...TLS, key: "" }), `Bind.ssl 'key': must name a file, got ""`],
  [
    "a control character",
    () => Bind.ssl(1, { ...TLS, ca: "a\tb" }),
    "Bind.ssl 'ca': must not contain a control",
  ],
  ["NUL", () => Bind.ssl(1, { ...TLS, key: "k\0" }), `Bind.ssl 'key': must not contain NUL, got "k\\u0000"`],
  [
    "a surrogate",
    () => Bind.ssl(1, { ...TLS, cert: "\ud800" }),
    "Bind.ssl 'cert': must not contain a lone surrogate",
  ],
  [
    "no normal form",
    () => Bind.ssl(1, { ...TLS, key: "e\u0301" }),
    "Bind.ssl 'key': must be in Unicode's normal form C",
  ],
  ["no cert", () => Bind.ssl(1, { ...TLS, cert: "" }), `Bind.ssl 'cert': must name a file, got ""`],
  [
    "verify mode",
    () => Bind.ssl(1, { ...TLS, verifyMode: "all" as "none" }),
    `Bind.ssl 'verifyMode': must be one of none, peer, force_peer, got "all"`,
  ],
  [
    "no authorities",
    () => Bind.ssl(1, { ...TLS, verifyMode: "peer" }),
    `Bind.ssl 'ca': must be given where 'verifyMode' is "peer", got undefined`,
  ],
  ["relative", () => Bind.unix("run/x"), `Bind.unix 'path': must be an absolute path, got "run/x"`],
  [
    "too long",
    () => Bind.unix(`/${"x".repeat(107)}`),
    "Bind.unix 'path': must be at most 107 bytes long, got",
  ],
  ["a folder", () => Bind.unix("/run/"), `${CHARACTERS} "/run/"`],
  ["the root", () => Bind.unix("/"), `${CHARACTERS} "/"`],
  ["a query", () => Bind.unix("/run/x?"), `${CHARACTERS} "/run/x?"`],
  ["a line break", () => Bind.unix("/run/x\n"), "Bind.unix 'path': must not contain a control character"],
  ["an accent", () => Bind.unix("/run/é"), `${CHARACTERS} "/run/é"`],
  ["a specifier", () => Bind.unix("/run/%i/x"), `${CHARACTERS} "/run/%i/x"`],
  ["..", () => Bind.unix("/run/../x"), `${NORMAL} "/run/../x"`],
  [".", () => Bind.unix("/run/./x"), `${NORMAL} "/run/./x"`],
  ["//", () => Bind.unix("/run//x"), `${NORMAL} "/run//x"`],
  [".. at the end", () => Bind.unix("/run/.."), `${NORMAL} "/run/.."`],
  ["mode", () => Bind.unix("/run/x", { mode: "660 " }), `Bind.unix 'mode': ${OCTAL} "660 "`],
  ["umask", () => Bind.unix("/run/x", { umask: "0888" }), `Bind.unix 'umask': ${OCTAL} "0888"`],
])("refused: %s", (_, make, message) => {
  expect(errorOf(make)).toContain(message);
});

describe("binds that take the same address", () => {
  const BINDS = PropPath.of("PumaService", "web").key("binds");
  const all = (port: number) => Bind.tcp(port);
  const at = (address: string) => Bind.tcp(80, { address });
  const twice = (a: Bind, b: Bind) => errorOf(() => checkBinds(BINDS, [a, b]));

  test.each([
    ["the same", all(80), all(80), `'binds[1]': must not repeat or overlap 0.0.0.0:80, got "0.0.0.0:80"`],
    ["tcp and ssl", all(80), Bind.ssl(80, TLS), "'binds[1]': must not repeat or overlap 0.0.0.0:80"],
    ["one of all IPv4", all(80), at("10.0.0.1"), 'must not repeat or overlap 0.0.0.0:80, got "10.0.0.1:80"'],
    ["all IPv4 and one", at("10.0.0.1"), all(80), 'must not repeat or overlap 10.0.0.1:80, got "0.0.0.0:80"'],
    ["IPv4 in IPv6", at("::"), all(80), "must not repeat or overlap [::]:80"],
    ["IPv4 as IPv6", at("10.0.0.1"), at("::ffff:10.0.0.1"), "must not repeat or overlap 10.0.0.1:80"],
    ["IPv4 as IPv6 in all", all(80), at("::ffff:a00:1"), "must not repeat or overlap 0.0.0.0:80"],
    ["one address, written twice", at("::1"), at("0:0::1"), "must not repeat or overlap [::1]:80"],
    ["one path", Bind.unix("/run/x"), Bind.unix("/run/x"), "must not repeat or overlap /run/x"],
  ])("are refused: %s", (_, a, b, message) => {
    expect(twice(a, b)).toContain(message);
  });

  test.each([
    [all(80), all(81)],
    [at("10.0.0.1"), at("10.0.0.2")],
    [all(80), at("::1")],
    [Bind.unix("/run/x"), Bind.unix("/run/y")],
    [all(80), Bind.unix("/run/y")],
  ])("are told from others (%#)", (a, b) => {
    expect(twice(a, b)).toBe("no error");
  });

  test("no bind at all is refused, and one of another service", () => {
    expect(() => checkBinds(BINDS, [])).toThrow(
      "PumaService 'web' 'binds': must hold at least one bind, got []",
    );
    expect(() => checkMeeting(BINDS, [all(1), all(2)], "'api'", [all(2)])).toThrow(
      `PumaService 'web' 'binds': must not repeat or overlap those of 'api', got "0.0.0.0:2"`,
    );
    expect(errorOf(() => checkMeeting(BINDS, [all(1)], "'api'", [all(2)]))).toBe("no error");
  });
});
