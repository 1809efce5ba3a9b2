import { isIPv6 } from "node:net";
import { valuesIn } from "../unit-values";
import { directiveAt, serviceIn, type Written } from "./rule";

type Family = "AF_UNIX" | "AF_INET" | "AF_INET6";

/** Throws if RestrictAddressFamilies= takes a kind of socket away without which Puma, or an apply, cannot do. */
export function checkFamilies(written: Written): void {
  const unit = serviceIn(written);
  if (unit === undefined) return;
  const values = valuesIn(unit.unit, "Service", "RestrictAddressFamilies");
  const allows = filterOf(values);
  for (const [family, why] of neededBy(written)) {
    if (!allows(family))
      directiveAt(unit, "Service", "RestrictAddressFamilies").refuse(
        `leave ${family} in: ${why}`,
        values.join(" "),
      );
  }
}

function neededBy({ service, rehearses }: Written): [Family, string][] {
  const { type, binds, isSocketActivated } = service;
  const own = isSocketActivated ? [] : binds;
  return [
    ...(type === "notify"
      ? [["AF_UNIX", "by it Puma tells systemd that it is ready"] satisfies [Family, string]]
      : []),
    ...own.map(({ _probe: probe, listenStream }): [Family, string] => [
      probe.scheme === "unix" ? "AF_UNIX" : isIPv6(probe.address) ? "AF_INET6" : "AF_INET",
      `Puma binds ${listenStream}`,
    ]),
    ...(rehearses
      ? [["AF_UNIX", "a candidate has a unix bind of its own ('restart')"] satisfies [Family, string]]
      : []),
  ];
}

/** What a list leaves, as systemd reads it: its first line says whether it allows or denies, a later one adds or takes back. */
function filterOf(values: readonly string[]): (family: Family) => boolean {
  const listed = new Set<string>();
  let isAllowList: boolean | undefined;
  for (const value of values) {
    const denies = value.startsWith("~");
    isAllowList ??= !denies;
    if (value === "none") {
      isAllowList = true;
      listed.clear();
      continue;
    }
    for (const family of value.replace(/^~/, "").split(/\s+/)) {
      if (denies === isAllowList) listed.delete(family);
      else listed.add(family);
    }
  }
  return (family) => isAllowList === undefined || listed.has(family) === isAllowList;
}
