import { UnitFile } from "../systemd/unit-file";

/** A new unit, which tells who opens it on a host where it comes from. */
export function newUnit(): UnitFile {
  const unit = new UnitFile();
  unit.comment("Written by cdktf-puma: change the stack. The next apply replaces what is edited here.");
  return unit;
}
