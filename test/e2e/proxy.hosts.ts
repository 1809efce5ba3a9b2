/** What a proxy in front needs, and what one that is trusted too much costs. */
import { type TerraformStack } from "cdktf";
import { Bind, ProxyServer, PumaService, type PumaServiceProps } from "../../lib";
import { type FleetHost } from "../../lab/fleet/fleet";
import { newService, newStack } from "../stack";
import { APP, declared, PUMA, says } from "./hosts";
import { proxyCommand, unpackProxies } from "./proxies";
import { setUpHosts } from "./set-up";

/** The file of each proxy around what the library prints, and the command that reads it. */
const READ: Readonly<Record<ProxyServer, readonly [around: (text: string) => string, command: string]>> = {
  nginx: [
    (text) =>
      `pid /run/n.pid;\nevents {}\nhttp {\n${text}server { listen 8080; location / { proxy_pass http://web; } }\n}\n`,
    "usr/sbin/nginx -t -c",
  ],
  caddy: [(text) => `:8081 {\n${text}}\n`, "usr/bin/caddy validate --adapter caddyfile --config"],
  haproxy: [
    (text) =>
      `defaults\n    timeout connect 1s\n    timeout client 1s\n    timeout server 1s\n${text}frontend all\n    bind :8082\n    default_backend web\n`,
    "usr/sbin/haproxy -c -f",
  ],
};

/** An application that tells who asks it. */
const WHO =
  'run ->(env) { [200, { "content-type" => "text/plain" }, ["#{env["REMOTE_ADDR"]} #{env["PATH_INFO"]}\\n"]] }\n';

/** One connection of a client behind a load balancer, which has told of it once. */
const CLIENT = `require "socket"
client = TCPSocket.new("127.0.0.1", 9292)
client.write "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\\r\\nGET /first HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
sleep 0.5
client.write "PROXY TCP4 203.0.113.9 192.0.2.2 1 2\\r\\nGET /second HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
puts client.read.lines.grep(/^\\d+\\.|^HTTP/)
`;

const at = setUpHosts(
  [
    { name: "a", release: "trixie" },
    { name: "b", release: "forky" },
  ],
  {
    prepare: async ({ hosts }) => {
      await unpackProxies(hosts[0] as FleetHost);
      for (const host of hosts) {
        await host.exec("mkdir -p /srv/who && cp -a /srv/app/current/sbin /srv/who");
        await host.write("/srv/who/config.ru", WHO);
        await host.write("/srv/who/puma.rb", "set_remote_address proxy_protocol: :v1\n");
        await host.write("/root/client.rb", CLIENT);
      }
    },
  },
);

const service =
  (props: Partial<PumaServiceProps>, hosts = at.hosts) =>
  (stack: TerraformStack): void => {
    for (const host of hosts)
      new PumaService(stack, `web-${host.name}`, {
        ...{ ...APP, name: "web", hosts: [declared(host)], pumaVersion: PUMA[host.release] },
        ...props,
      });
  };

test.each(Object.values(ProxyServer))("%s reads its upstream", async (proxy) => {
  const [host] = at.hosts as [FleetHost];
  const [around, command] = READ[proxy];
  const binds = [
    [Bind.unix("/run/web/puma.sock")],
    [Bind.tcp(9292, { address: "::" })],
    [Bind.ssl(9293, { key: "/etc/app/key.pem", cert: "/etc/app/cert.pem" })],
  ];
  for (const bind of binds) {
    await host.write("/root/proxy.conf", around(newService(newStack(), { binds: bind }).upstream(proxy)));
    const run = `${proxyCommand(command)} /root/proxy.conf 2>&1; echo "exit $?"`;
    expect(await says(host, run)).toMatch(/exit 0$/);
  }
});

test("a home that is closed to the proxy, and a socket that it may not write to, are told before anything is touched", async () => {
  const [host] = at.hosts as [FleetHost];
  await host.exec("install -d -o deploy -m 700 /home/deploy/app && chmod 750 /home/deploy");
  const closed = service({ binds: [Bind.unix("/home/deploy/app/puma.sock")], proxyUser: "www-data" }, [host]);
  const said = await at.workspace.applyInVain(closed);
  expect(said).toContain(
    "www-data may not enter /home/deploy, so it reaches no socket below it ('proxyUser'): chmod o+x /home/deploy",
  );
  expect(said).toContain(
    "www-data may not write to /home/deploy/app/puma.sock, which will be of deploy and deploy, mode 755",
  );
  const open = service(
    { binds: [Bind.unix("/srv/app/puma.sock", { mode: "0666" })], proxyUser: "www-data" },
    [host],
  );
  await at.workspace.apply(open);
  const asked = "curl -fsS --unix-socket /srv/app/puma.sock http://a/";
  const { stdout } = await host.exec(asked, { user: "www-data" });
  expect(stdout).toMatch(/^hello from/);
  await at.workspace.destroy();
});

test("before 7.2.1 and 8.0.2 whoever keeps a connection can be anybody by the PROXY protocol, which the run tells", async () => {
  const own = { binds: [Bind.tcp(9292)], workingDirectory: "/srv/who", configFile: "puma.rb" };
  const said = await at.workspace.apply(service(own));
  const [old, mended] = await Promise.all(at.hosts.map((host) => says(host, "ruby /root/client.rb")));
  expect(old).toMatch(/^192.0.2.1 \/first\r?$[^]*^203.0.113.9 \/second\r?$/m);
  expect(mended).toMatch(/^192.0.2.1 \/first\r?$/m);
  expect(mended).not.toContain("203.0.113.9");
  const note = "note: in Puma 6.6.0 whoever asks can claim any address by the PROXY protocol";
  expect(said.split("\n").filter((line) => /set_remote_address/.test(line))).toEqual([
    expect.stringContaining(note),
  ]);
});
