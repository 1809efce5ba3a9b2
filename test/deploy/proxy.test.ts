import { Bind, type PumaServiceProps, PumaSocket, type PumaSocketProps } from "../../lib";
import { errorOf, newService, newStack, synth } from "../stack";

/** What a host is told of the sockets that a proxy is to reach. */
function told(props: Partial<PumaServiceProps>, socket?: Partial<PumaSocketProps>): string | undefined {
  const stack = newStack();
  const held = socket && new PumaSocket(stack, "s", { binds: [Bind.unix("/run/a.sock")], ...socket });
  newService(stack, { proxyUser: "www-data", ...(held && { socket: held }), ...props });
  return /PUMA_PROXY_SOCKETS='([^']*)'/.exec(JSON.stringify(synth(stack)).replace(/\\+n/g, "\n"))?.[1];
}

test.each<[string, Partial<PumaServiceProps>, string]>([
  ["its umask", { binds: [Bind.unix("/run/a.sock")] }, "755 deploy - /run/a.sock"],
  [
    "another umask of the unit",
    { binds: [Bind.unix("/run/a.sock")], group: "web", directives: { Service: { UMask: "0007" } } },
    "770 deploy web /run/a.sock",
  ],
  ["the bind's own", { binds: [Bind.unix("/run/a.sock", { umask: "0002" })] }, "775 deploy - /run/a.sock"],
  ["the bind's mode", { binds: [Bind.unix("/run/a.sock", { mode: "0660" })] }, "0660 deploy - /run/a.sock"],
])("a socket that Puma makes is by %s", (_, props, line) => {
  expect(told(props)).toBe(line);
});

test("one that systemd makes is open to all, or as the PumaSocket says", () => {
  expect(told({}, {})).toBe("0666 - - /run/a.sock");
  expect(told({}, { user: "deploy", group: "www-data", mode: "0660" })).toBe(
    "0660 deploy www-data /run/a.sock",
  );
});

test("without a unix bind there is nothing to see to", () => {
  expect(errorOf(() => told({ binds: [Bind.tcp(9292)] }))).toBe(
    "PumaService 'web' 'proxyUser': must go with a unix bind: over tcp nobody asks who it is, got \"www-data\"",
  );
});

test("of binds that only Puma's configuration file has, nothing could be seen to", () => {
  expect(errorOf(() => told({ binds: undefined, configFile: "config/puma.rb" }))).toBe(
    "PumaService 'web' 'proxyUser': must go with 'binds' or a 'socket': of those in a configuration file nothing is known, got \"www-data\"",
  );
});
