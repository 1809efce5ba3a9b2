import { Bind, ProxyServer, PumaSocket } from "../../lib";
import { errorOf, newService, newStack } from "../stack";

const upstreamOf = (binds: Bind[], proxy: ProxyServer): string =>
  newService(newStack(), { binds, name: "blog" }).upstream(proxy);

test.each([
  [
    ProxyServer.NGINX,
    "# proxy_pass http://blog;\nupstream blog {\n    server unix:/run/blog/puma.sock;\n}\n",
  ],
  [ProxyServer.CADDY, "reverse_proxy unix//run/blog/puma.sock\n"],
  [ProxyServer.HAPROXY, "backend blog\n    mode http\n    server blog unix@/run/blog/puma.sock\n"],
])("of %s, a unix bind goes before others", (proxy, text) => {
  expect(upstreamOf([Bind.tcp(9292), Bind.unix("/run/blog/puma.sock")], proxy)).toBe(text);
});

const SSL = Bind.ssl(9293, { key: "/k", cert: "/c" });
const MUTUAL = Bind.ssl(9294, { key: "/k", cert: "/c", ca: "/ca", verifyMode: "force_peer" });

test.each([
  [ProxyServer.NGINX, [SSL, Bind.tcp(9292)], "    server 127.0.0.1:9292;\n"],
  [ProxyServer.NGINX, [Bind.tcp(9292, { address: "::" })], "    server [::1]:9292;\n"],
  [ProxyServer.NGINX, [SSL], "# proxy_pass https://blog;\n"],
  [ProxyServer.CADDY, [SSL], "reverse_proxy https://127.0.0.1:9293\n"],
  [ProxyServer.CADDY, [Bind.tcp(80, { address: "10.0.1.11" })], "reverse_proxy 10.0.1.11:80\n"],
  [ProxyServer.CADDY, [MUTUAL, SSL], "reverse_proxy https://127.0.0.1:9293\n"],
  [ProxyServer.HAPROXY, [SSL], "    server blog 127.0.0.1:9293 ssl verify required ca-file @system-ca\n"],
])("of %s over a network: %#", (proxy, binds, text) => {
  expect(upstreamOf(binds, proxy)).toContain(text);
});

test("it is the socket's where systemd holds the binds", () => {
  const stack = newStack();
  const socket = new PumaSocket(stack, "socket", { binds: [Bind.unix("/run/a.sock")] });
  expect(newService(stack, { socket }).upstream(ProxyServer.CADDY)).toBe("reverse_proxy unix//run/a.sock\n");
});

test("what cannot be told a proxy is refused", () => {
  expect(errorOf(() => upstreamOf([Bind.tcp(1)], "apache" as ProxyServer))).toBe(
    `upstream 'proxy': must be one of nginx, caddy, haproxy, got "apache"`,
  );
  const service = newService(newStack(), { binds: undefined, configFile: "config/puma.rb" });
  expect(errorOf(() => service.upstream(ProxyServer.NGINX))).toContain("must say what Puma listens on");
});
