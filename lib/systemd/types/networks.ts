import { isIP } from "node:net";
import { isWithin, wholeNumber } from "./numbers";
import { isAbsolute } from "./paths";
import {
  pattern,
  plainListOf,
  resettable,
  type ValueType,
  withAnySpecifiers,
  withSpecifiers,
  wordsOf,
} from "./value-type";

/** What stands for networks: the name of the own host in any case. */
const SYMBOLS = /^(any|link-local|multicast|[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt])$/;

function isAddress(word: string): boolean {
  const [address = "", length, ...more] = word.split("/");
  const version = address.includes("%") ? 0 : isIP(address);
  if (version === 0 || more.length > 0) return SYMBOLS.test(word);
  return length === undefined || isWithin(length, 0n, version === 4 ? 32n : 128n);
}

export const addresses = plainListOf(
  "be a list of addresses, each with its length behind '/' where it is a network's, or any, localhost, link-local, multicast",
  isAddress,
);

/** `ipv4:tcp:80-90`, of which each part may be left away, but not all. Port 0 is known since systemd 257. */
export const boundPorts: ValueType = {
  must: 'be a port, a range "80-90" or any, behind "ipv4:" or "ipv6:" and "tcp:" or "udp:" where it is for one of them',
  takes: (value, version) => {
    const parts = value.split(":");
    if (/^ipv[46]$/.test(parts[0] as string)) parts.shift();
    if (/^(tcp|udp)$/i.test(parts[0] ?? "")) parts.shift();
    const [ports, ...more] = parts;
    const least = version < 257 ? 1n : 0n;
    const ends = (ports ?? "any").split("-");
    const isRange = ends.length <= 2 && ends.every((port) => isWithin(port, least, 65_535n));
    return (
      more.length === 0 &&
      (ports === undefined || ports === "any" || (isRange && Number(ends[0]) <= Number(ends.at(-1))))
    );
  },
  emptySince: 0,
};

function isInterface(name: string, longest: number): boolean {
  return (
    /^(?!\.\.?$|all$|default$|\d+$)[^/:%\s\P{ASCII}]+$/u.test(name) &&
    name.length <= longest &&
    wholeNumber(name) === undefined
  );
}

export const networkInterfaces: ValueType = {
  must: "be a list of names of network interfaces, behind '~' for all but these",
  takes: (value, version) =>
    (wordsOf(value.replace(/^~/, "")) ?? [""]).every((word) => isInterface(word, version < 257 ? 15 : 127)),
  emptySince: 0,
};

export const networkInterface: ValueType = withAnySpecifiers({
  must: "be the name of a network interface",
  takes: (value, version) =>
    value === "*" || isInterface(version < 252 ? value.replace(/%/g, "x") : value, 15),
  emptySince: 0,
});

/** An address of a socket that accepts connections or takes packets. */
export const socketAddress: ValueType = withSpecifiers({
  must: 'be a port, "ADDRESS:PORT", "[ADDRESS]:PORT", an absolute path, "@NAME" or "vsock:CID:PORT"',
  takes: (value, version) => {
    if (value.startsWith("/")) return isAbsolute(value) || value.length < 108;
    if (value.startsWith("@")) return value.length > 1 && value.length < 108;
    if (value.startsWith("vsock")) return isVsock(value, version);
    const [, bracketed, plain, port = value] = /^(?:\[(.*)\]|([^:]*)):([^:]*)$/.exec(value) ?? [];
    const isHost = bracketed === undefined ? plain === undefined || isIP(plain) === 4 : isIP(bracketed) === 6;
    return isHost && isWithin(port, 1n, 65_535n);
  },
  emptySince: 0,
});

/** Packets in sequence go by no address of the internet. */
export const sequenceAddress: ValueType = {
  ...socketAddress,
  must: 'be an absolute path, "@NAME" or "vsock-seqpacket:CID:PORT"',
  takes: (value, version) =>
    /^[/@]|^vsock-seqpacket|%[A-Za-z%]/.test(value) && socketAddress.takes(value, version),
};

function isVsock(value: string, version: number): boolean {
  const [, kind, cid = "", port = ""] =
    /^vsock(-stream|-dgram|-seqpacket)?:([^:]*):([^:]*)$/.exec(value) ?? [];
  const most = 4_294_967_295n;
  return (
    (kind === undefined || version >= 257) &&
    (cid === "" || isWithin(cid, 0n, most)) &&
    isWithin(port, 0n, most)
  );
}

export const netlink = resettable(
  withSpecifiers(
    pattern('be a family of netlink and a group, such as "kobject-uevent 1"', /^[a-z0-9-]+(\s+\d+)?$/),
  ),
);

export const typeOfService: ValueType = {
  must: "be a number from 0 to 255, or one of low-delay, throughput, reliability, low-cost",
  takes: (value) => /^(low-delay|throughput|reliability|low-cost)$/.test(value) || isWithin(value, 0n, 255n),
  emptySince: 0,
};

export const bpfProgram = withSpecifiers(
  resettable(
    pattern('be TYPE:PATH, of an absolute path, such as "egress:/sys/fs/bpf/program"', /^[a-z0-9_]+:\/.*$/),
  ),
);

export const nftSets = withSpecifiers(
  plainListOf("be a list of SOURCE:FAMILY:TABLE:SET", (word) =>
    /^(cgroup|user|group):(arp|bridge|inet|ip|ip6|netdev):\w+:\w+$/.test(word),
  ),
);

export const extendedAttribute = withSpecifiers(
  resettable(pattern('be NAME=VALUE such as "user.a=b"', /^user\..+=/)),
);
