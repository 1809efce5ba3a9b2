import { onCallDocument } from "../layout";
import { UnitFile } from "../systemd/unit-file";
import { type ServiceIdentity } from "./service";

/** A unit without sections, which tells who opens it on a host where it comes from. */
export function emptyUnit({ stack }: ServiceIdentity): UnitFile {
  const unit = new UnitFile();
  const origin = `Written by cdktf-puma from the stack ${stack}: change it there.`;
  unit.comment(`${origin} The next apply replaces what is edited here.`);
  return unit;
}

/** A new unit, which tells whoever is on call what it is, whose, and where to read on. */
export function newUnit(service: ServiceIdentity, description: string): UnitFile {
  const unit = emptyUnit(service);
  unit.section("Unit").add("Description", `${description} (${service.name})`);
  unit.section("Unit").add("Documentation", onCallDocument(service.name, service.scope));
  return unit;
}
