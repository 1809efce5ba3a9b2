import { isIPv6 } from "node:net";
import { checkInstance, checkList } from "../values/check";
import { type PropPath } from "../values/prop-path";
import { Bind } from "./bind";
import { type Probe } from "./probe";

/** Throws if there is no bind, or if two of them take the same address. */
export function checkBinds(at: PropPath, binds: readonly Bind[]): void {
  if (checkList(at, binds).length === 0) at.refuse("hold at least one bind", binds);
  binds.forEach((bind, i) => checkInstance(at.index(i), bind, Bind));
  binds.forEach((bind, i) => {
    const twin = binds.slice(0, i).find((earlier) => overlap(earlier._probe, bind._probe));
    if (twin) at.index(i).refuse(`not repeat or overlap ${twin.listenStream}`, bind.listenStream);
  });
}

/** Throws if a bind takes an address of another service on the same host. */
export function checkMeeting(
  at: PropPath,
  binds: readonly Bind[],
  other: string,
  theirs: readonly Bind[],
): void {
  for (const bind of binds) {
    if (theirs.some((their) => overlap(their._probe, bind._probe))) {
      at.refuse(`not repeat or overlap those of ${other}`, bind.listenStream);
    }
  }
}

function overlap(a: Probe, b: Probe): boolean {
  if (a.scheme === "unix" || b.scheme === "unix") {
    return a.scheme === "unix" && b.scheme === "unix" && a.path === b.path;
  }
  const [one, other] = [plain(a.address), plain(b.address)];
  return a.port === b.port && (covers(one, other) || covers(other, one));
}

/** An IPv4 address also where it is written as one of IPv6 (`::ffff:10.0.0.1`): Linux takes both for one. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Whether a listener on `a` also gets the connections to `b`. On Linux, `::` takes IPv4 too. */
function covers(a: string, b: string): boolean {
  return a === b || a === "::" || (a === "0.0.0.0" && !isIPv6(b));
}
