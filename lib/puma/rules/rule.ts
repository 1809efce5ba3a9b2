import { type UnitFile } from "../../systemd/unit-file";
import { type PropPath } from "../../values/prop-path";
import { type Service } from "../service";

/** A unit as it will stand on a host. */
export interface WrittenUnit {
  /** Name of its file, `web.service`. */
  readonly file: string;
  readonly unit: UnitFile;
  /** The construct that its raw directives were given to. */
  readonly at: PropPath;
  /** Directives of [Service] that come from 'hardening'. */
  readonly hardened?: readonly string[];
}

/** What rules look at: a service, and all that its units will say. */
export interface Written {
  readonly service: Service;
  readonly units: readonly WrittenUnit[];
  /** Whether candidates of it run. */
  readonly rehearses: boolean;
  /** Whether its workers are replaced one by one. */
  readonly isPhased: boolean;
}

/** The service's own unit. */
export function serviceIn({ units }: Written): WrittenUnit | undefined {
  return units.find(({ file }) => file.endsWith(".service"));
}

/** The units of its sockets. */
export function socketsIn({ units }: Written): WrittenUnit[] {
  return units.filter(({ file }) => file.endsWith(".socket"));
}

/** Whether a line is there by 'hardening' alone. */
export function isHardened({ hardened = [] }: WrittenUnit, name: string): boolean {
  return hardened.includes(name);
}

/** Where a directive was given. */
export function directiveAt(unit: WrittenUnit, section: string, name: string): PropPath {
  const { at } = unit;
  if (section === "Service" && isHardened(unit, name)) return at.key("hardening").key(name);
  return at.key("directives").key(section).key(name);
}
