import { type IConstruct } from "constructs";
import { isConstruct, unitsOfConstruct } from "./constructs";
import { unitsOfJson } from "./stack-json";
import { PropPath } from "../values/prop-path";

/** A unit as it will stand on hosts. */
export interface PlacedUnit {
  /** Name of its file, such as `web.service`; of a drop-in with its folder. */
  readonly file: string;
  readonly text: string;
  /** The names of the hosts. */
  readonly hosts: readonly string[];
}

/** What can be asked for units: a construct, which is a stack, a service, a socket or what holds some; or a synthesized stack. */
export type UnitSource = IConstruct | string;

/**
 * The units of the services and drop-ins that are in something. Those of one name and text are one.
 * @throws if it is neither a construct nor the JSON of a stack
 */
export function placedUnits(at: PropPath, source: unknown): PlacedUnit[] {
  const units =
    typeof source === "string"
      ? unitsOfJson(at, source)
      : isConstruct(source)
        ? unitsOfConstruct(source)
        : at.refuse("be asked of a stack, a construct in it, or the JSON of a synthesized stack", source);
  return merged(units);
}

function merged(units: readonly PlacedUnit[]): PlacedUnit[] {
  const known = new Map<string, PlacedUnit>();
  for (const unit of units) {
    const key = `${unit.file}\n${unit.text}`;
    known.set(key, { ...unit, hosts: [...(known.get(key)?.hosts ?? []), ...unit.hosts] });
  }
  return [...known.values()];
}
