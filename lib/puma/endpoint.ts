import { isIP, SocketAddress } from "node:net";
import { checkInteger, checkString } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { type TcpBindOptions } from "./bind-options";
import { type Probe } from "./probe";

/** Where the host itself finds what listens at an address: on all of them, at its own. */
export function addressOnHost(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

/** What Puma and systemd call a port at an address, and how it is asked whether Puma is there. */
export function endpoint(
  at: PropPath,
  scheme: "http" | "https",
  port: number,
  options: TcpBindOptions,
): { authority: string; probe: Probe } {
  checkInteger(at.key("port"), port, 1, 65535);
  const { address: asked = "0.0.0.0" } = options;
  const given = checkString(at.key("address"), asked);
  const family = isIP(given);
  if (family === 0 || given.includes("%")) {
    at.key("address").refuse(
      "be a literal IPv4 or IPv6 address (Puma never matches a name with a socket)",
      given,
    );
  }
  // Puma compares with what the kernel calls the socket, which is the shortest form of an IPv6 address.
  const address = family === 6 ? new SocketAddress({ address: given, family: "ipv6" }).address : given;
  const authority = `${family === 6 ? `[${address}]` : address}:${port}`;
  return { authority, probe: { scheme, address, port } };
}
