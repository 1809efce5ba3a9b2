import { PropPath } from "../../lib/values/prop-path";

const WEB = PropPath.of("PumaService", "web");

test.each([
  [PropPath.of("Bind.tcp"), "Bind.tcp"],
  [PropPath.of("Bind.tcp").key("port"), "Bind.tcp 'port'"],
  [WEB, "PumaService 'web'"],
  [WEB.key("hosts"), "PumaService 'web' 'hosts'"],
  [WEB.key("hosts").index(0), "PumaService 'web' 'hosts[0]'"],
  [WEB.key("binds").index(1).key("backlog"), "PumaService 'web' 'binds[1].backlog'"],
  [WEB.key("directives").key("Service").key("Slice"), "PumaService 'web' 'directives.Service.Slice'"],
])("%s", (at, text) => {
  expect(String(at)).toBe(text);
});

test("a path that is gone on from stays what it is", () => {
  const hosts = WEB.key("hosts");
  hosts.index(1).key("user");
  expect(String(hosts)).toBe("PumaService 'web' 'hosts'");
});

test("an error names place, limit and value, or says what it is told", () => {
  expect(() => PropPath.of("Bind.tcp").key("port").refuse("be odd", 2)).toThrow(
    /^Bind.tcp 'port': must be odd, got 2$/,
  );
  expect(() => WEB.fail("is no more")).toThrow(/^PumaService 'web': is no more$/);
});
