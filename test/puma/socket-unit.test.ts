import { Bind } from "../../lib/puma/bind";
import { type UnixBindOptions } from "../../lib/puma/bind-options";
import { checkSocket, type SocketUnitProps, socketUnit } from "../../lib/puma/socket-unit";
import { PropPath } from "../../lib/values/prop-path";

const AT = PropPath.of("PumaSocket", "socket");
const UNIX = Bind.unix("/run/puma.sock");

function linesOf(settings: Partial<SocketUnitProps>, name = "web"): readonly string[] {
  const all = { binds: [Bind.tcp(9292), UNIX], ...settings };
  checkSocket(AT, all);
  return socketUnit(AT, all, name, { name: "web", stack: "blog" }).lines;
}

function difference(changes: Partial<SocketUnitProps>): string[] {
  const [before, after] = [linesOf({}), linesOf(changes)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

describe("each prop writes its own directive, and nothing else", () => {
  test.each<[string, Partial<SocketUnitProps>, string[]]>([
    ["backlog", { backlog: 511 }, ["-Backlog=1024", "+Backlog=511"]],
    ["noDelay", { noDelay: false }, ["-NoDelay=true", "+NoDelay=false"]],
    ["reusePort", { reusePort: false }, ["-ReusePort=true", "+ReusePort=false"]],
    ["deferAccept", { deferAccept: false }, ["-DeferAcceptSec=1"]],
    ["user", { user: "uuu" }, ["+SocketUser=uuu"]],
    ["group", { group: "ggg" }, ["+SocketGroup=ggg"]],
    ["mode", { mode: "0640" }, ["+SocketMode=0640"]],
    [
      "a bind's mode",
      { binds: [Bind.tcp(9292), Bind.unix("/run/puma.sock", { mode: "0600" })] },
      ["+SocketMode=0600"],
    ],
    [
      "binds",
      { binds: [Bind.tcp(1), UNIX, Bind.ssl(2, { key: "k", cert: "c", address: "::1" })] },
      ["-ListenStream=0.0.0.0:9292", "+ListenStream=0.0.0.0:1", "+ListenStream=[::1]:2"],
    ],
    [
      "only unix binds",
      { binds: [UNIX] },
      ["-ListenStream=0.0.0.0:9292", "-NoDelay=true", "-ReusePort=true", "-DeferAcceptSec=1"],
    ],
    ["directives", { directives: { Socket: { KeepAlive: true } } }, ["+KeepAlive=true"]],
  ])("%s", (_, changes, lines) => {
    expect(difference(changes)).toEqual(lines);
  });
});

test("it says whose it is, and where whoever is on call reads on", () => {
  expect(linesOf({}, "http").slice(0, 5)).toEqual([
    "# Written by cdktf-puma from the stack blog: change it there. The next apply replaces what is edited here.",
    "",
    "[Unit]",
    "Description=Puma HTTP Server Accept Sockets (web)",
    "Documentation=file:/var/lib/cdktf-puma/web/on-call.txt",
  ]);
});

test("the service is named where its name is another", () => {
  expect(linesOf({})).not.toContain("Service=web.service");
  expect(linesOf({}, "http")).toContain("Service=web.service");
});

const unix = (options: UnixBindOptions) => ({ binds: [Bind.unix("/run/a", options)] });
const TCP = { binds: [Bind.tcp(1)] };
const PORT = "must be a whole number between 1 and 65535, got";

test.each<[string, Partial<SocketUnitProps>, string]>([
  ["no bind", { binds: [] }, "'binds': must hold at least one bind, got []"],
  ["one bind twice", { binds: [UNIX, UNIX] }, "'binds[1]': must not repeat or overlap /run/puma.sock"],
  ["backlog 0", { backlog: 0 }, `'backlog': ${PORT} 0`],
  [
    "two backlogs",
    { backlog: 512, directives: { Socket: { Backlog: 4_294_967_295 } } },
    "'directives.Socket.Backlog': must not stand beside 'backlog', got 4294967295",
  ],
  ["backlog 65536", { backlog: 65536 }, `'backlog': ${PORT} 65536`],
  [
    "a bind's backlog",
    unix({ backlog: 9 }),
    "'binds[0].backlog': must be given as the socket's own 'backlog', got 9",
  ],
  [
    "a bind's umask",
    unix({ umask: "0117" }),
    `'binds[0].umask': must be given as 'mode': systemd makes this socket, not Puma, got "0117"`,
  ],
  ["mode", { mode: "rw-" }, `'mode': must be an access mode in octal such as "0660", got "rw-"`],
  [
    "mode given twice",
    { ...unix({ mode: "0600" }), mode: "0666" },
    `'mode': must not be combined with a bind's 'mode': 0600, got "0666"`,
  ],
  [
    "two modes",
    { binds: [Bind.unix("/run/a", { mode: "0600" }), Bind.unix("/run/b", { mode: "0660" })] },
    `'binds': must have one mode for all unix binds (SocketMode= is per unit), got ["0600","0660"]`,
  ],
  [
    "a mode and none",
    { binds: [Bind.unix("/run/a", { mode: "0600" }), UNIX] },
    "'binds': must have one mode for all",
  ],
  ["mode without unix bind", { ...TCP, mode: "0600" }, `'mode': must go with a unix bind, got "0600"`],
  ["user without unix bind", { ...TCP, user: "uuu" }, `'user': must go with a unix bind, got "uuu"`],
  ["group without unix bind", { ...TCP, group: "ggg" }, `'group': must go with a unix bind, got "ggg"`],
  [
    "noDelay without port",
    { binds: [UNIX], noDelay: true },
    "'noDelay': must go with a tcp or ssl bind, got true",
  ],
  [
    "reusePort without port",
    { binds: [UNIX], reusePort: false },
    "'reusePort': must go with a tcp or ssl bind, got false",
  ],
  [
    "deferAccept without port",
    { binds: [UNIX], deferAccept: true },
    "'deferAccept': must go with a tcp or ssl bind, got true",
  ],
  ["user", { user: "a/b" }, `'user': must not contain ':' or '/', got "a/b"`],
  ["group", { group: "" }, `'group': must not be empty, got ""`],
])("refused: %s", (_, changes, message) => {
  expect(() => linesOf(changes)).toThrow(`${AT} ${message}`);
});
