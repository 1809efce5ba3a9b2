import { parseAssignments } from "../systemd/parse";
import { PropPath } from "../values/prop-path";
import { type PlacedUnit, placedUnits, type UnitSource } from "./placed-unit";

/** A section of a unit: what each directive is set to. A list where it stands in several lines, in their order. */
export type UnitSection = Record<string, string | string[]>;

/** A unit: its sections by their names, without brackets. */
export type Unit = Record<string, UnitSection>;

/**
 * The units of all services and drop-ins in a stack, by the names of their files, as they will stand on the hosts.
 * @param source a stack, a service, a socket, whatever construct holds some; or the JSON that `Testing.synth()` returns
 * @throws if there are two different ones of a name, as a service has with different props for some hosts: ask each service
 * @example
 * assert.equal(unitsOf(stack)["web.service"].Service.User, "deploy");
 */
export function unitsOf(source: UnitSource): Record<string, Unit> {
  const at = PropPath.of("unitsOf");
  const units = placedUnits(at, source);
  units.forEach(({ file }, i) => {
    const [first, ...others] = units.filter((unit, j) => j <= i && unit.file === file);
    if (first && others.length > 0)
      at.fail(`must be asked of one service: ${twice(file, [first, ...others])}`);
  });
  return Object.fromEntries(units.map(({ file, text }) => [file, unitIn(text)]));
}

/**
 * The names of the hosts that each unit will stand on, by the name of its file.
 * @param source a stack, a service, a socket, whatever construct holds some; or the JSON that `Testing.synth()` returns
 * @example
 * assert.deepEqual(hostsOf(stack)["web.service"], ["web1", "web2"]);
 */
export function hostsOf(source: UnitSource): Record<string, string[]> {
  const hosts: Record<string, string[]> = {};
  for (const unit of placedUnits(PropPath.of("hostsOf"), source))
    hosts[unit.file] = [...(hosts[unit.file] ?? []), ...unit.hosts];
  return hosts;
}

function twice(file: string, units: readonly PlacedUnit[]): string {
  return `${file} is ${units.map(({ hosts }) => `one on ${hosts.join(", ")}`).join(", and another ")}`;
}

function unitIn(text: string): Unit {
  const unit: Record<string, Record<string, string | string[]>> = {};
  for (const { section, name, value } of parseAssignments(text)) {
    const directives = (unit[section] ??= {});
    const before = directives[name];
    directives[name] = before === undefined ? value : [before, value].flat();
  }
  return unit;
}
