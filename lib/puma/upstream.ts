import { PropPath } from "../values/prop-path";
import { checkOneOf } from "../values/check";
import { type Bind } from "./bind";
import { addressOnHost } from "./endpoint";
import { type Probe } from "./probe";

/** A proxy in front of Puma. */
export enum ProxyServer {
  /** An `upstream` of nginx. */
  NGINX = "nginx",
  /** A `reverse_proxy` of a Caddyfile. */
  CADDY = "caddy",
  /** A `backend` of HAProxy. */
  HAPROXY = "haproxy",
}

type Writer = (name: string, place: string, isSecure: boolean) => string[];

/** How each writes a socket's path. */
const UNIX: Readonly<Record<ProxyServer, string>> = {
  [ProxyServer.NGINX]: "unix:",
  [ProxyServer.CADDY]: "unix/",
  [ProxyServer.HAPROXY]: "unix@",
};

const WRITERS: Readonly<Record<ProxyServer, Writer>> = {
  [ProxyServer.NGINX]: (name, place, isSecure) => [
    `# proxy_pass ${isSecure ? "https" : "http"}://${name};`,
    `upstream ${name} {`,
    `    server ${place};`,
    "}",
  ],
  [ProxyServer.CADDY]: (_, place, isSecure) => [`reverse_proxy ${isSecure ? "https://" : ""}${place}`],
  [ProxyServer.HAPROXY]: (name, place, isSecure) => [
    `backend ${name}`,
    "    mode http",
    `    server ${name} ${place}${isSecure ? " ssl verify required ca-file @system-ca" : ""}`,
  ],
};

/**
 * By what a proxy on the same host reaches a service: its unix bind if it has one, else its first over tcp, else over ssl, of those the ones last that want a certificate of it.
 * @throws if it has none that is known
 */
export function upstream(at: PropPath, name: string, binds: readonly Bind[], proxy: ProxyServer): string {
  checkOneOf(PropPath.of("upstream").key("proxy"), proxy, Object.values(ProxyServer));
  // A certificate of its own is nothing that a proxy has unless somebody gives it one.
  const open = binds.filter(({ _wantsClientCertificate: isMutual }) => !isMutual);
  const probes = [...new Set([...open, ...binds])].map(({ _probe: probe }) => probe);
  const found =
    probes.find(({ scheme }) => scheme === "unix") ??
    probes.find(({ scheme }) => scheme === "http") ??
    probes[0];
  if (found === undefined)
    return at.key("binds").fail("must say what Puma listens on, or nobody can tell a proxy");
  const lines = WRITERS[proxy](name, placeOf(found, proxy), found.scheme === "https");
  return `${lines.join("\n")}\n`;
}

function placeOf(probe: Probe, proxy: ProxyServer): string {
  if (probe.scheme === "unix") return `${UNIX[proxy]}${probe.path}`;
  const address = addressOnHost(probe.address);
  return `${address.includes(":") ? `[${address}]` : address}:${probe.port}`;
}
