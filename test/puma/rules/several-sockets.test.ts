/** Rules of a socket hold for each one that a service has, and for what that one holds. */
import { Bind, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../../lib";
import { errorOf, newService, newStack } from "../../stack";

/** What is said of a service with a socket on 9292, and with another one. */
function refusal(admin: Partial<PumaSocketProps>, changes: Partial<PumaServiceProps> = {}): string {
  const stack = newStack();
  const sockets = [
    new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
    new PumaSocket(stack, "admin", { name: "admin", binds: [Bind.tcp(9393)], ...admin }),
  ];
  return errorOf(() => newService(stack, { sockets, ...changes }));
}

const UNIX = [Bind.unix("/srv/blog/current/puma.sock")];

test.each<[string, Partial<PumaSocketProps>, Partial<PumaServiceProps>, string]>([
  [
    "the second one is tied to the service",
    { directives: { Unit: { PartOf: "web.service" } } },
    {},
    "PumaSocket 'admin' 'directives.Unit.PartOf': must not name web.service",
  ],
  [
    "the service is tied to the second one",
    {},
    { directives: { Unit: { PropagatesStopTo: "admin.socket" } } },
    "PumaService 'web' 'directives.Unit.PropagatesStopTo': must not name admin.socket",
  ],
  [
    "the second one closes the network to its bind",
    { directives: { Socket: { IPAddressDeny: "any" } } },
    {},
    "PumaSocket 'admin' 'directives.Socket.IPAddressDeny': must leave the host itself in",
  ],
  [
    "the second one gives away a path of the application's",
    { binds: UNIX, group: "www-data" },
    {},
    "PumaService 'web' 'sockets[1]': must not be below 'workingDirectory'",
  ],
  [
    "a daemon's end would remove what the second one holds",
    { binds: [Bind.unix("/run/web/puma.sock")] },
    { daemon: true, pumaVersion: "4.3" },
    "PumaService 'web' 'sockets[1]': must not be in /run/web",
  ],
])("refused: %s", (_, admin, changes, message) => {
  expect(refusal(admin, changes)).toContain(message);
});

test("a socket of unix binds alone may close the network, whatever the other one holds", () => {
  expect(refusal({ binds: UNIX, directives: { Socket: { IPAddressDeny: "any" } } })).toBe("no error");
});
