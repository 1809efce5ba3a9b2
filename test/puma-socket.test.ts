import { type TerraformStack, TerraformVariable } from "cdktf";
import { Bind, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../lib";
import { errorOf, newHost, newService, newStack, synth } from "./stack";

const BINDS = [Bind.tcp(9292), Bind.unix("/run/puma.sock")];

function made(props: Partial<PumaSocketProps> = {}, id = "socket") {
  const stack = newStack();
  return { stack, socket: new PumaSocket(stack, id, { binds: BINDS, ...props }) };
}

test("it is named after the service that takes it", () => {
  const { stack, socket } = made();
  expect(Object.keys(newService(stack, { socket, name: "blog" }).unitFiles)).toEqual([
    "blog.socket",
    "blog.service",
  ]);
});

test("with a name of its own, socket and service name each other", () => {
  const { stack, socket } = made({ name: "http" });
  const { unitFiles } = newService(stack, { socket });
  expect(Object.keys(unitFiles)).toEqual(["http.socket", "web.service"]);
  expect(unitFiles["http.socket"]).toContain("\nService=web.service\n");
  expect(unitFiles["web.service"]).toContain("\nSockets=http.socket\n");
  expect(unitFiles["web.service"]).toContain("\nRequires=http.socket\n");
});

test("several are one service's: units of their own, and all that they hold is Puma's", () => {
  const { stack, socket } = made();
  const admin = new PumaSocket(stack, "admin", { name: "admin", binds: [Bind.tcp(9393)] });
  const { unitFiles } = newService(stack, { sockets: [socket, admin] });
  expect(Object.keys(unitFiles)).toEqual(["web.socket", "admin.socket", "web.service"]);
  expect(unitFiles["web.socket"]).not.toContain("Service=");
  expect(unitFiles["admin.socket"]).toContain("ListenStream=0.0.0.0:9393\nService=web.service\n");
  expect(unitFiles["web.service"]).toContain("\nRequires=web.socket admin.socket\n");
  expect(unitFiles["web.service"]).toContain("\nSockets=web.socket admin.socket\n");
  expect(unitFiles["web.service"]).toContain("-b unix:///run/puma.sock -b tcp://0.0.0.0:9393\n");
});

test("a list of one is the same as a socket", () => {
  const [one, list] = [made(), made()];
  const { unitFiles } = newService(one.stack, { socket: one.socket });
  expect(newService(list.stack, { sockets: [list.socket] }).unitFiles).toEqual(unitFiles);
});

const heldSocket = (stack: TerraformStack, id = "socket", port = 9292): PumaSocket =>
  new PumaSocket(stack, id, { binds: [Bind.tcp(port)] });

test.each<[string, (stack: TerraformStack) => Partial<PumaServiceProps>, string]>([
  [
    "sockets beside binds",
    (stack) => ({ sockets: [heldSocket(stack)], binds: [Bind.tcp(1)] }),
    `'binds': must not stand beside 'sockets', which have binds of their own, got ["0.0.0.0:1"]`,
  ],
  [
    "sockets beside a socket",
    (stack) => ({ socket: heldSocket(stack), sockets: [heldSocket(stack, "admin")] }),
    `'sockets': must not stand beside 'socket', which is for a single one, got ["admin"]`,
  ],
  ["no sockets", () => ({ sockets: [] }), "'sockets': must hold at least one socket, got []"],
  [
    "what is no list of sockets",
    (stack) => ({ sockets: heldSocket(stack) as unknown as PumaSocket[] }),
    "'sockets': must be a list",
  ],
  [
    "what is no socket among them",
    (stack) => ({ sockets: [heldSocket(stack), Bind.tcp(1) as unknown as PumaSocket] }),
    "'sockets[1]': must be of the class PumaSocket, got",
  ],
  [
    "one socket twice",
    (stack) => {
      const socket = heldSocket(stack);
      return { sockets: [socket, socket] };
    },
    `'sockets[1]': must not be named twice, got "socket"`,
  ],
  [
    "two sockets of one name",
    (stack) => ({ sockets: [heldSocket(stack), heldSocket(stack, "admin", 9393)] }),
    `'sockets[1]': must have a 'name' of its own, as two sockets of 'web' would both be web.socket, got "web.socket"`,
  ],
  [
    "two sockets of which one has the service's name",
    (stack) => ({
      sockets: [heldSocket(stack), new PumaSocket(stack, "admin", { name: "web", binds: [Bind.tcp(1)] })],
    }),
    "'sockets[1]': must have a 'name' of its own",
  ],
  [
    "two sockets at one address",
    (stack) => ({
      sockets: [
        heldSocket(stack),
        new PumaSocket(stack, "admin", {
          name: "admin",
          binds: [Bind.tcp(1), Bind.tcp(9292, { address: "::" })],
        }),
      ],
    }),
    `'sockets[1].binds': must not repeat or overlap those of web.socket, got "[::]:9292"`,
  ],
])("refused of a service: %s", (_, props, message) => {
  const stack = newStack();
  expect(errorOf(() => newService(stack, props(stack)))).toContain(`PumaService 'web' ${message}`);
});

test("its binds are the service's: Puma's flags and the ListenStreams agree", () => {
  const { stack, socket } = made();
  const { unitFiles } = newService(stack, { socket });
  expect(unitFiles["web.socket"]).toContain("ListenStream=0.0.0.0:9292\nListenStream=/run/puma.sock\n");
  expect(unitFiles["web.service"]).toContain("-b tcp://0.0.0.0:9292 -b unix:///run/puma.sock\n");
});

test("below /var/run it is where systemd has it, and tells Puma so", () => {
  const { stack, socket } = made({ binds: [Bind.unix("/var/run/puma.sock", { mode: "0660" })] });
  const { unitFiles } = newService(stack, { socket });
  expect(unitFiles["web.socket"]).toContain("ListenStream=/run/puma.sock\n");
  expect(unitFiles["web.socket"]).toContain("SocketMode=0660\n");
  expect(unitFiles["web.service"]).toContain("-b unix:///run/puma.sock\n");
});

test("its list of binds is a copy", () => {
  const { socket } = made();
  socket.binds.pop();
  expect(socket.binds).toHaveLength(2);
  const given = [...BINDS];
  const other = made({ binds: given }).socket;
  given.push(BINDS[0] as Bind);
  expect(other.binds).toHaveLength(2);
});

test.each<[string, Partial<PumaSocketProps>, string]>([
  ["no bind", { binds: [] }, "'binds': must hold at least one bind, got []"],
  ["a slash in the name", { name: "a/b" }, `'name': must not contain a slash, got "a/b"`],
  [
    "a suffix in the name",
    { name: "a.socket" },
    `'name': must be without the suffix '.socket', got "a.socket"`,
  ],
  [
    "the file of a unix socket that stays",
    { directives: { Socket: { RemoveOnStop: false } } },
    "'directives.Socket.RemoveOnStop': carries a promise of this library; leave it away: a removed service leaves no unix socket",
  ],
  ["backlog", { backlog: 0 }, "'backlog': must be a whole number between 1 and 65535, got 0"],
  ["mode", { mode: "999" }, `'mode': must be an access mode in octal such as "0660", got "999"`],
  [
    "a bind's umask",
    { binds: [Bind.unix("/run/x", { umask: "0117" })] },
    `'binds[0].umask': must be given as 'mode': systemd makes this socket, not Puma, got "0117"`,
  ],
  [
    "a promise",
    { directives: { Socket: { ListenStream: "80" } } },
    "'directives.Socket.ListenStream': carries a promise of this library; use 'binds'",
  ],
  [
    "a service's directive",
    { directives: { Socket: { Restart: "no" } } },
    `'directives.Socket.Restart': must be a directive that systemd knows in [Socket], got "Restart"; it belongs to [Service]`,
  ],
])("refused: %s", (_, props, message) => {
  expect(
    errorOf(() => {
      const { stack, socket } = made(props);
      newService(stack, { socket });
    }),
  ).toBe(`PumaSocket 'socket' ${message}`);
});

test("a token as its name is refused", () => {
  const name = new TerraformVariable(newStack(), "v", {}).stringValue;
  expect(errorOf(() => made({ name }))).toMatch(/^PumaSocket 'socket' 'name': must be known at synth/);
});

test("one that no service takes is refused at synth", () => {
  const { stack } = made();
  expect(() => synth(stack)).toThrow("PumaSocket 'socket': must be taken by a PumaService, as its 'socket'");
});

test("one that two services take is refused", () => {
  const { stack, socket } = made();
  newService(stack, { socket });
  expect(() => newService(stack, { socket, hosts: [newHost("b")] }, "api")).toThrow(
    "PumaSocket 'socket': must be taken by one PumaService, got 'web' and 'api'; a second service needs a second socket",
  );
});
