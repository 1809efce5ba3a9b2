import { Bind, type Directives, type PumaServiceProps, Restart } from "../../../lib";
import { refusal } from "./refused";

type Lines = Directives["Service"];

const given = (Service: Lines, changes: Partial<PumaServiceProps> = {}) =>
  refusal({ service: { ...changes, directives: { Service } } });

const activated = (Service: Lines, changes: Partial<PumaServiceProps> = {}) =>
  refusal({ socket: {}, service: { ...changes, directives: { Service } } });

const UNIX = { binds: [Bind.unix("/run/blog/puma.sock")] };
const IPV6 = { binds: [Bind.tcp(9292, { address: "::" })] };
const REHEARSED = { restart: Restart.hot({ rehearse: true }) };

describe("RestrictAddressFamilies=", () => {
  const families = (value: string | string[]) => ({ RestrictAddressFamilies: value });

  test.each<[string, string | string[], Partial<PumaServiceProps>, string]>([
    [
      "a candidate's bind",
      "AF_INET AF_INET6",
      REHEARSED,
      "PumaService 'web' 'directives.Service.RestrictAddressFamilies': must leave AF_UNIX in: a candidate has a unix bind of " +
        "its own ('restart'), got",
    ],
    [
      "the same, in an overlap",
      "AF_INET",
      { restart: Restart.overlap() },
      "leave AF_UNIX in: a candidate has",
    ],
    [
      "what Puma tells systemd",
      "AF_INET",
      { pumaVersion: "6.6" },
      "leave AF_UNIX in: by it Puma tells systemd that it is ready",
    ],
    ["what is denied", "~AF_UNIX", REHEARSED, "leave AF_UNIX in"],
    ["all", "none", REHEARSED, "leave AF_UNIX in"],
    [
      "what is taken back",
      ["AF_INET AF_UNIX", "~AF_UNIX"],
      REHEARSED,
      "a unix bind of its own ('restart'), got \"AF_INET AF_UNIX ~AF_UNIX\"",
    ],
  ])("takes away: %s", (_, value, changes, message) => {
    expect(activated(families(value), changes)).toContain(message);
  });

  test.each<[string, string, Partial<PumaServiceProps>, string]>([
    ["a unix bind", "AF_INET", UNIX, "leave AF_UNIX in: Puma binds /run/blog/puma.sock"],
    ["a port", "AF_UNIX", {}, "leave AF_INET in: Puma binds 0.0.0.0:9292"],
    ["a port over IPv6", "AF_UNIX AF_INET", IPV6, "leave AF_INET6 in: Puma binds [::]:9292"],
  ])("takes away from Puma itself: %s", (_, value, changes, message) => {
    expect(given(families(value), changes)).toContain(message);
  });

  test.each<[string, string | string[], Partial<PumaServiceProps>]>([
    ["no candidate", "AF_INET AF_INET6", {}],
    ["one with its bind", "AF_UNIX AF_INET", REHEARSED],
    ["what is added", ["AF_INET", "AF_UNIX"], REHEARSED],
    ["what is given back", ["~AF_UNIX AF_NETLINK", "AF_UNIX"], REHEARSED],
    ["what is reset", ["AF_INET", "", "AF_UNIX"], REHEARSED],
    ["nothing", [""], REHEARSED],
    ["what systemd holds, without any family", "none", {}],
  ])("leaves: %s", (_, value, changes) => expect(activated(families(value), changes)).toBe("no error"));
});

test.each<[string, string | boolean]>([
  ["PrivateNetwork", true],
  ["NetworkNamespacePath", "/run/netns/blue"],
])("%s= with a port of Puma's own", (name, value) => {
  const lines = { [name]: value };
  expect(given(lines)).toBe(
    `PumaService 'web' 'directives.Service.${name}': must not stand beside the bind 0.0.0.0:9292, which nobody outside ` +
      `would reach; let a 'socket' hold the bind, or leave it away, got "${value}"`,
  );
  expect(refusal({ socket: { directives: { Socket: lines } } })).toContain(
    `PumaSocket 'socket' 'directives.Socket.${name}': must not stand beside the bind 0.0.0.0:9292`,
  );
  expect(given(lines, UNIX)).toBe("no error");
  expect(activated(lines)).toBe("no error");
  expect(given({ PrivateNetwork: false, NetworkNamespacePath: "" })).toBe("no error");
});

const ADDRESSES = "must leave the host itself in, by IPAddressAllow=";

test.each<[string, Lines, Partial<PumaServiceProps>, string]>([
  ["all", { IPAddressDeny: "any" }, {}, `${ADDRESSES}localhost: an apply asks Puma from there, got "any"`],
  ["all of IPv6", { IPAddressDeny: "::/0" }, IPV6, `${ADDRESSES}localhost`],
  ["the host", { IPAddressDeny: "127.0.0.1" }, {}, `${ADDRESSES}localhost`],
  [
    "all but the host's loopback",
    { IPAddressDeny: "any", IPAddressAllow: "localhost" },
    { binds: [Bind.tcp(9292, { address: "10.0.1.11" })] },
    `${ADDRESSES}10.0.1.11`,
  ],
  ["another network than is allowed", { IPAddressDeny: "any", IPAddressAllow: "10.0.0.0/8" }, {}, ADDRESSES],
  [
    "all ports",
    { SocketBindDeny: "any" },
    {},
    'leave 0.0.0.0:9292 to Puma, by SocketBindAllow=tcp:9292, got "any"',
  ],
  ["this one", { SocketBindDeny: "ipv4:tcp:9000-9300" }, {}, "leave 0.0.0.0:9292 to Puma"],
  [
    "all but another",
    { SocketBindDeny: "any", SocketBindAllow: ["tcp:80", "ipv6:9292"] },
    {},
    "leave 0.0.0.0:9292 to Puma",
  ],
  [
    "all interfaces but one",
    { RestrictNetworkInterfaces: "eth0" },
    {},
    'leave lo in: an apply asks Puma from the host itself, got "eth0"',
  ],
  ["the loopback", { RestrictNetworkInterfaces: "~lo" }, {}, "leave lo in"],
])("a service that closes %s", (_, lines, changes, message) => {
  expect(given(lines, changes)).toContain(message);
  expect(given(lines, UNIX)).toBe("no error");
});

test.each<[string, Lines, Partial<PumaServiceProps>]>([
  ["all but the host", { IPAddressDeny: "any", IPAddressAllow: ["10.0.0.0/8", "localhost"] }, {}],
  ["a network", { IPAddressDeny: "10.0.0.0/8 multicast" }, {}],
  ["IPv4, with a bind of IPv6", { IPAddressDeny: "0.0.0.0/0" }, IPV6],
  ["all ports but Puma's", { SocketBindDeny: "any", SocketBindAllow: "9292" }, {}],
  ["ports of udp's", { SocketBindDeny: "udp" }, {}],
  ["another port", { SocketBindDeny: ["tcp:9291", "ipv6:tcp"] }, {}],
  ["interfaces but the loopback", { RestrictNetworkInterfaces: "lo eth0" }, {}],
  ["one interface", { RestrictNetworkInterfaces: "~eth1" }, {}],
  ["what is taken back", { IPAddressDeny: ["any", ""], SocketBindDeny: ["any", ""] }, {}],
])("a service may close %s", (_, lines, changes) => expect(given(lines, changes)).toBe("no error"));

test("with a socket, it is the socket that may not close them", () => {
  const lines = { IPAddressDeny: "any" };
  expect(activated({ ...lines, SocketBindDeny: "any" })).toBe("no error");
  expect(refusal({ socket: { directives: { Socket: lines } } })).toContain(
    `PumaSocket 'socket' 'directives.Socket.IPAddressDeny': ${ADDRESSES}localhost`,
  );
});
