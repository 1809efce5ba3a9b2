import { isIPv6 } from "node:net";
import { type Probe } from "./probe";
import { checkInstance, checkList, refuse } from "../values/check";
import { Bind } from "./bind";

/** Refuses two binds of which the second could never be bound. */
export function checkBinds(prop: string, binds: readonly Bind[]): void {
  if (checkList(prop, binds).length === 0) refuse(prop, "hold at least one bind", binds);
  binds.forEach((bind, i) => checkInstance(`${prop}[${i}]`, bind, Bind));
  binds.forEach((bind, i) => {
    const twin = binds.slice(0, i).find((earlier) => overlap(earlier.probe, bind.probe));
    if (twin) refuse(`${prop}[${i}]`, `not repeat or overlap ${twin.listenStream}`, bind.listenStream);
  });
}

/** Refuses binds that another service on the same host has. */
export function checkMeeting(
  prop: string,
  binds: readonly Bind[],
  other: string,
  theirs: readonly Bind[],
): void {
  for (const bind of binds) {
    if (theirs.some((their) => overlap(their.probe, bind.probe))) {
      refuse(prop, `not repeat or overlap those of ${other}`, bind.listenStream);
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

/** Whether who listens on `a` also takes what comes for `b`. Linux lets `::` take IPv4 too. */
function covers(a: string, b: string): boolean {
  return a === b || a === "::" || (a === "0.0.0.0" && !isIPv6(b));
}
