import { BlockList, isIP, isIPv6 } from "node:net";
import { type Bind } from "../bind";
import { addressOnHost } from "../endpoint";
import { isOn, valuesIn, wordsIn } from "../unit-values";
import { directiveAt, isHardened, socketsIn, serviceIn, type Written, type WrittenUnit } from "./rule";

/** What systemd.resource-control(5) has names for. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  any: ["0.0.0.0/0", "::/0"],
  localhost: ["127.0.0.0/8", "::1/128"],
  "link-local": ["169.254.0.0/16", "fe80::/64"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
};

/** A bind over tcp or ssl. */
interface Port {
  readonly bind: Bind;
  readonly address: string;
  readonly port: number;
}

/** Throws if a unit closes the network to those that are to reach its binds: the host itself, which asks Puma there, too. */
export function checkNetworks(written: Written): void {
  const { isSocketActivated, sockets, binds } = written.service;
  for (const socket of socketsIn(written)) {
    const { binds: own = [] } = sockets.find(({ file }) => file === socket.file) ?? {};
    checkOpener(socket, "Socket", portsOf(own));
  }
  const service = serviceIn(written);
  if (isSocketActivated || service === undefined) return;
  checkOpener(service, "Service", portsOf(binds));
  checkSocketBinds(service, portsOf(binds));
}

function portsOf(binds: readonly Bind[]): Port[] {
  return binds.flatMap((bind): Port[] => {
    const { _probe: probe } = bind;
    return probe.scheme === "unix" ? [] : [{ bind, address: probe.address, port: probe.port }];
  });
}

function checkOpener(opener: WrittenUnit, section: "Socket" | "Service", ports: readonly Port[]): void {
  checkAddresses(opener, section, ports);
  checkInterfaces(opener, section, ports);
  checkNamespace(opener, section, ports);
}

function checkNamespace(opener: WrittenUnit, section: string, [first]: readonly Port[]): void {
  const isPrivate = isOn(opener.unit, section, "PrivateNetwork");
  const name = isPrivate ? "PrivateNetwork" : "NetworkNamespacePath";
  const value = valuesIn(opener.unit, section, name).at(-1);
  if (first === undefined || !value) return;
  const { listenStream } = first.bind;
  const way =
    section === "Socket" ? "leave it away" : `let a 'socket' hold the bind, or ${awayFrom(opener, name)}`;
  directiveAt(opener, section, name).refuse(
    `not stand beside the bind ${listenStream}, which nobody outside would reach; ${way}`,
    value,
  );
}

function awayFrom(opener: WrittenUnit, name: string): string {
  return isHardened(opener, name) ? "use Hardening.STRICT" : "leave it away";
}

function checkAddresses(opener: WrittenUnit, section: string, ports: readonly Port[]): void {
  const denied = wordsIn(opener.unit, section, "IPAddressDeny");
  const [isDenied, isAllowed] = [denied, wordsIn(opener.unit, section, "IPAddressAllow")].map(filterOf);
  for (const { address } of ports) {
    const asked = addressOnHost(address);
    if (!isDenied?.(asked) || isAllowed?.(asked)) continue;
    const how = ["127.0.0.1", "::1"].includes(asked) ? "localhost" : asked;
    directiveAt(opener, section, "IPAddressDeny").refuse(
      `leave the host itself in, by IPAddressAllow=${how}: an apply asks Puma from there`,
      denied.join(" "),
    );
  }
}

function filterOf(words: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const word of words.flatMap((word) => NAMED[word] ?? [word])) {
    const [address = "", bits] = word.split("/");
    const [family, most] = isIPv6(address) ? (["ipv6", 128] as const) : (["ipv4", 32] as const);
    const prefix = Number(bits ?? most);
    // What is no address is systemd's to complain of.
    if (isIP(address) === 0 || !(prefix >= 0 && prefix <= most)) continue;
    list.addSubnet(address, prefix, family);
  }
  return (address) => list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

function checkInterfaces(opener: WrittenUnit, section: string, [first]: readonly Port[]): void {
  const values = valuesIn(opener.unit, section, "RestrictNetworkInterfaces");
  const [line = ""] = values;
  const names = line.replace(/^~/, "").split(/\s+/);
  const hasLoopback = values.length === 0 || line.startsWith("~") !== names.includes("lo");
  // What several lines say together is systemd's to tell.
  if (first === undefined || values.length > 1 || hasLoopback) return;
  directiveAt(opener, section, "RestrictNetworkInterfaces").refuse(
    "leave lo in: an apply asks Puma from the host itself",
    line,
  );
}

function checkSocketBinds(opener: WrittenUnit, ports: readonly Port[]): void {
  const denied = wordsIn(opener.unit, "Service", "SocketBindDeny");
  const allowed = wordsIn(opener.unit, "Service", "SocketBindAllow");
  for (const port of ports) {
    const isAllowed = allowed.some((item) => isAbout(item, port));
    if (isAllowed || !denied.some((item) => isAbout(item, port))) continue;
    directiveAt(opener, "Service", "SocketBindDeny").refuse(
      `leave ${port.bind.listenStream} to Puma, by SocketBindAllow=tcp:${port.port}`,
      denied.join(" "),
    );
  }
}

/** `[FAMILY:][PROTOCOL:][PORTS]`, or `any` (systemd.resource-control(5)). */
function isAbout(item: string, { address, port }: Port): boolean {
  return item.split(":").every((part) => {
    if (part === "any" || part === "tcp") return true;
    if (/^ipv[46]$/.test(part)) return part === (isIPv6(address) ? "ipv6" : "ipv4");
    const [from, to = from] = part.split("-").map(Number);
    return from !== undefined && to !== undefined && port >= from && port <= to;
  });
}
