import { type PropPath } from "../values/prop-path";
import { type PlacedUnit } from "./placed-unit";

/** What a synthesized stack has of the units, as far as it is read here. */
interface Synthesized {
  readonly locals?: Readonly<Record<string, unknown>>;
  readonly resource?: { readonly null_resource?: Readonly<Record<string, { readonly triggers?: unknown }>> };
}

/** The local of a service that has its units, each as a list of lines (lib/terraform/service-locals.ts). */
const UNITS = /^(puma_.+)_units$/;

/** What a resource of a host refers to, and the host in it (lib/terraform/installation.ts). */
const TRIGGERS = /\blocal\.(puma_[\w-]+)_triggers\b/;
const HOST = /\bhost"? = ("(?:[^"\\]|\\.)*")/;

/** The units in a synthesized stack. @throws if it is not the JSON of one */
export function unitsOfJson(at: PropPath, json: string): PlacedUnit[] {
  const { locals = {}, resource } = parsed(at, json);
  const resources = Object.values(resource?.null_resource ?? {});
  return Object.entries(locals).flatMap(([name, units]) => {
    const [, id] = UNITS.exec(name) ?? [];
    return id === undefined ? [] : unitsIn(units, hostsOfService(id, resources));
  });
}

function parsed(at: PropPath, json: string): Synthesized {
  try {
    const stack: unknown = JSON.parse(json);
    if (typeof stack === "object" && stack !== null && "terraform" in stack) return stack as Synthesized;
  } catch {
    // As for what is JSON, and no stack.
  }
  return at.refuse("be asked of the JSON of one synthesized stack, as Testing.synth() returns it", json);
}

function unitsIn(units: unknown, hosts: readonly string[]): PlacedUnit[] {
  return Object.entries(units as Readonly<Record<string, readonly string[]>>).map(([file, lines]) => ({
    file,
    text: lines.map((line) => `${unescaped(line)}\n`).join(""),
    hosts,
  }));
}

function hostsOfService(id: string, resources: readonly { readonly triggers?: unknown }[]): string[] {
  return resources.flatMap(({ triggers }) => {
    const text = String(triggers);
    const [, host] = HOST.exec(text) ?? [];
    return TRIGGERS.exec(text)?.[1] === id && host !== undefined ? [JSON.parse(host)] : [];
  });
}

/** As the engine reads what is no template. */
function unescaped(line: string): string {
  return line.replace(/([$%])\1\{/g, "$1{");
}
