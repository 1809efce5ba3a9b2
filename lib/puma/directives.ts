import {
  goneSince,
  knownSince,
  nearest,
  type SectionName,
  sectionsOf,
  sectionsWith,
} from "../systemd/directives";
import { VERSIONS } from "../systemd/directive-table";
import { checkValue } from "../systemd/text";
import { type UnitFile } from "../systemd/unit-file";
import { checkObject, checkKnown, refuse } from "../values/check";
import { checkNormal } from "../values/text";

/** A directive's value in systemd's own syntax: specifiers such as `%n` work, nothing is escaped. */
export type DirectiveValue = string | number | boolean;

/** Raw directives: section → directive → value. A value replaces, a list is added, and "" resets. */
export type Directives = Readonly<
  Record<string, Readonly<Record<string, DirectiveValue | readonly DirectiveValue[]>>>
>;

type Value = DirectiveValue | readonly DirectiveValue[];

type Broken = (unit: UnitFile, value: Value) => boolean;

/** Directives that carry the library's own promises, and the prop that says each instead. */
const PROPS: Record<"service" | "socket", Record<string, string>> = {
  service: {
    "Service.ExecStart": "'command' and 'args'",
    "Service.ExecStop": "nothing: the library's ends hanging stops",
    "Service.Type": "'pumaVersion' or 'notify'",
    "Service.Sockets": "'socket'",
    "Service.User": "'user'",
    "Service.Group": "'group'",
    "Service.WorkingDirectory": "'workingDirectory'",
    "Service.Environment": "'environment'",
    "Service.EnvironmentFile": "'environmentFiles'",
    "Service.TimeoutStartSec": "'startTimeout'",
    "Service.TimeoutSec": "'startTimeout' and TimeoutStopSec=",
    "Service.WatchdogSec": "'watchdog'",
    "Service.RemainAfterExit": "nothing: a Puma that ended would count as one that runs",
    "Service.PIDFile": "nothing: Puma runs in the foreground",
    "Service.RootDirectory": "nothing: the library checks the host's own files",
    "Service.RootImage": "nothing: the library checks the host's own files",
  },
  socket: {
    "Socket.ListenStream": "'binds'",
    "Socket.ListenDatagram": "'binds'",
    "Socket.ListenSequentialPacket": "'binds'",
    "Socket.ListenFIFO": "'binds'",
    "Socket.ListenSpecial": "'binds'",
    "Socket.ListenMessageQueue": "'binds'",
    "Socket.ListenNetlink": "'binds'",
    "Socket.ListenUSBFunction": "'binds'",
    "Socket.Service": "'name' of the PumaService",
    "Socket.Accept": "nothing: Puma accepts the connections",
    "Socket.Backlog": "'backlog'",
    "Socket.NoDelay": "'noDelay'",
    "Socket.ReusePort": "'reusePort'",
    "Socket.SocketUser": "'user'",
    "Socket.SocketGroup": "'group'",
    "Socket.SocketMode": "'mode'",
  },
};

/** Directives that break a promise only in some units, or with some values, and what to do instead. */
const PROMISES: Readonly<Record<string, { readonly broken: Broken; readonly instead: string }>> = {
  "Service.NotifyAccess": {
    broken: (unit) => unit.section("Service").get("Type").includes("notify"),
    instead: "nothing: Puma itself tells systemd that it is ready",
  },
  "Service.KillMode": {
    broken: (_, value) => [value].flat().includes("none"),
    instead: "another KillMode=: what a stop leaves behind would hold the binds",
  },
  "Socket.RemoveOnStop": {
    broken: (unit) => unit.section("Socket").get("RemoveOnStop").length > 0,
    instead: "nothing: a removed service leaves no unix socket",
  },
};

/** Lists that the library has put something into which must stay. */
const ONLY_ADDED = ["Unit.Requires", "Service.SuccessExitStatus"];

/** Writes raw directives into a unit, and refuses what would break it or the library's promises. */
export function applyDirectives(
  prop: string,
  unit: UnitFile,
  kind: "service" | "socket",
  directives: Directives = {},
): void {
  const sections = sectionsOf(`x.${kind}`);
  for (const [name, entries] of Object.entries(checkObject(`${prop} 'directives'`, directives))) {
    const section = sections.find((known) => known === name);
    if (!section)
      return refuse(`${prop} 'directives'`, `be in one of the sections ${sections.join(", ")}`, name);
    for (const [directive, value] of Object.entries(checkObject(`${prop} 'directives.${name}'`, entries))) {
      const at = `${prop} 'directives.${section}.${directive}'`;
      checkName(at, kind, section, directive);
      checkPromise(at, unit, `${section}.${directive}`, value);
      checkAdded(at, unit, section, directive, value);
      write(at, unit, section, directive, value);
    }
  }
}

/**
 * Refuses directives that a systemd of this version does not know. Of the versions between two that were asked, the
 * table cannot tell: the host's own systemd will, at apply.
 */
export function checkSystemdVersion(prop: string, unit: UnitFile, version: number): void {
  for (const section of unit.sections) {
    for (const entry of section.entries) {
      if (entry.kind !== "directive") continue;
      const without = lastWithout(knownSince(section.name as SectionName, entry.name));
      const until = goneSince(section.name as SectionName, entry.name) ?? Infinity;
      if (version <= without) refuse(prop, `be newer than ${without} for ${entry.name}=`, version);
      if (version >= until) refuse(prop, `be less than ${until} for ${entry.name}=`, version);
    }
  }
}

function lastWithout(since: number | undefined): number {
  return VERSIONS.filter((version) => since !== undefined && version < since).at(-1) ?? 0;
}

function write(prop: string, unit: UnitFile, section: SectionName, name: string, value: Value): void {
  if (Array.isArray(value)) {
    unit.section(section).add(
      name,
      value.map((one: DirectiveValue) => text(prop, one)),
    );
  } else {
    unit.section(section).set(name, text(prop, value as DirectiveValue));
  }
}

function checkPromise(prop: string, unit: UnitFile, name: string, value: Value): void {
  const promise = PROMISES[name];
  if (promise?.broken(unit, value)) refusePromise(prop, promise.instead);
}

function refusePromise(prop: string, instead: string): never {
  throw new Error(`${prop}: carries a promise of this library; use ${instead}`);
}

function checkAdded(prop: string, unit: UnitFile, section: SectionName, name: string, value: Value): void {
  if (!ONLY_ADDED.includes(`${section}.${name}`)) return;
  const [ours] = unit.section(section).get(name);
  if (ours !== undefined && (!Array.isArray(value) || value.includes("")))
    refuse(prop, `be a list, which is added to ${ours}`, value);
}

function checkName(prop: string, kind: "service" | "socket", section: SectionName, name: string): void {
  const instead = PROPS[kind][`${section}.${name}`];
  if (instead) refusePromise(prop, instead);
  if (knownSince(section, name) !== undefined) return;
  const elsewhere = sectionsWith(name);
  const near = nearest(section, name);
  const advice =
    elsewhere.length > 0
      ? `; it belongs to [${elsewhere.join("] or [")}]`
      : near && `; did you mean ${near}=?`;
  throw new Error(
    `${prop}: must be a directive that systemd knows in [${section}], got "${name}"${advice ?? ""}`,
  );
}

function text(prop: string, value: DirectiveValue): string {
  checkKnown(prop, value);
  const isValue = ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
  if (!isValue) refuse(prop, "be a text, a number or a boolean", value);
  const rendered = String(value);
  checkValue(prop, rendered);
  checkNormal(prop, rendered);
  return rendered;
}
