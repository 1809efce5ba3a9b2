import { isIP, isIPv6, SocketAddress } from "node:net";
import { type Probe } from "./probe";
import { checkInteger, refuse, checkString } from "../values/check";
import { type TcpBindOptions } from "./bind-options";

/** What a factory makes of a port and an address. */
export function endpoint(
  factory: string,
  scheme: "http" | "https",
  port: number,
  options: TcpBindOptions,
): { authority: string; probe: Probe } {
  checkInteger(`${factory} 'port'`, port, 1, 65535);
  const { address: asked = "0.0.0.0" } = options;
  const given = checkString(`${factory} 'address'`, asked);
  if (isIP(given) === 0 || given.includes("%")) {
    refuse(
      `${factory} 'address'`,
      "be a literal IPv4 or IPv6 address (Puma never matches a name with a socket)",
      given,
    );
  }
  // Puma compares with what the kernel calls the socket, which is the shortest form of an IPv6 address.
  const address = isIPv6(given) ? new SocketAddress({ address: given, family: "ipv6" }).address : given;
  const authority = `${isIPv6(address) ? `[${address}]` : address}:${port}`;
  return { authority, probe: { scheme, address, port } };
}
