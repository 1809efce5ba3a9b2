import { renderLines } from "../systemd/render";
import { type SectionContent, type UnitFile } from "../systemd/unit-file";
import { type Effect, effectOf } from "./directive-table";

/**
 * The lines of a unit, apart by what brings a change of them into effect. In each part they keep their order. Where nothing
 * restarts stand comments and section headers too; a section of which it has nothing is not named there.
 */
export function linesByEffect(unit: UnitFile): ReadonlyMap<Effect, readonly string[]> {
  const header = renderLines([{ entries: unit._header.filter(({ kind }) => kind === "comment") }]);
  const parts = new Map<Effect, string[]>([["reload", header]]);
  for (const section of unit._sections) {
    for (const [effect, lines] of partsOfSection(section))
      parts.set(effect, [...(parts.get(effect) ?? []), ...lines]);
  }
  return parts;
}

function partsOfSection({ name, entries }: SectionContent): Map<Effect, string[]> {
  const parts = new Map<Effect, string[]>();
  for (const entry of entries) {
    if (entry.kind === "blank") continue;
    const effect = entry.kind === "directive" ? effectOf(name, entry.name) : "reload";
    const before = parts.get(effect) ?? (effect === "reload" ? [`[${name}]`] : []);
    parts.set(effect, [...before, ...renderLines([{ entries: [entry] }])]);
  }
  return parts;
}
