import { isOn, valuesIn, wordsIn } from "../unit-values";
import { mountsOf } from "./mounts";
import { isHardened, serviceIn, type Written, type WrittenUnit } from "./rule";
import { isBelow } from "../../values/path";

/** Throws if a service cannot be what a level of hardening takes it for. */
export function checkHardening(written: Written): void {
  const unit = serviceIn(written);
  if (unit === undefined) return;
  checkRoot(written, unit);
  checkAmbient(written, unit);
}

/** What a level of hardening may take from the application. */
export function hardeningWarnings(written: Written): string[] {
  const unit = serviceIn(written);
  if (unit === undefined) return [];
  return [
    ...writesWarnings(written, unit),
    ...homesWarnings(written, unit),
    ...networkWarnings(written, unit),
  ];
}

/** Root that has no capabilities may read no file of another user's, and owns all that it should be kept from. */
function checkRoot({ service: { at, scope, user } }: Written, unit: WrittenUnit): void {
  const isRoot = scope === "system" && (user === undefined || user === "root");
  const capabilities = valuesIn(unit.unit, "Service", "CapabilityBoundingSet");
  if (isRoot && isHardened(unit, "CapabilityBoundingSet") && capabilities.length === 0)
    at.key("hardening").fail(
      "must go with a 'user' other than root: without capabilities root reads no file of others, and still owns what it should be kept from",
    );
}

/** A capability that is given, but for what the unit's bounding set, or its users, take away. */
function checkAmbient({ service: { at } }: Written, unit: WrittenUnit): void {
  const given = wordsIn(unit.unit, "Service", "AmbientCapabilities");
  const [capability] = given;
  if (capability === undefined) return;
  if (isHardened(unit, "PrivateUsers") && isOn(unit.unit, "Service", "PrivateUsers"))
    at.key("hardening").refuse(
      `have PrivateUsers=false, by Hardening.with(), beside AmbientCapabilities=${capability}: among users of its own Puma has that of nothing on the host; or let a 'socket' hold the bind`,
      true,
    );
  const bounding = wordsIn(unit.unit, "Service", "CapabilityBoundingSet");
  if (isHardened(unit, "CapabilityBoundingSet") && bounding.length === 0)
    at.key("hardening").refuse(
      `have CapabilityBoundingSet=${given.join(" ")}, by Hardening.with(), beside AmbientCapabilities=, which it takes away; or let a 'socket' hold the bind`,
      "",
    );
}

/** Lines by which a folder can be written to although the rest cannot. */
const WRITABLE = ["ReadWritePaths", "BindPaths", "StateDirectory", "CacheDirectory", "LogsDirectory"];

/** Most applications write somewhere; one that does not says so by an empty ReadWritePaths=. */
function writesWarnings({ service: { at } }: Written, unit: WrittenUnit): string[] {
  const isStrict = valuesIn(unit.unit, "Service", "ProtectSystem").at(-1) === "strict";
  const isSaid = WRITABLE.some((name) => unit.unit.section("Service").get(name).length > 0);
  if (!isHardened(unit, "ProtectSystem") || !isStrict || isSaid) return [];
  return [
    `${at.key("hardening")}: lets Puma write to /tmp alone, and to no log, upload or cache: say where, by ` +
      'Hardening.with({ ReadWritePaths: ["/srv/blog/shared"] }), or ReadWritePaths: "" where it writes nowhere',
  ];
}

/** Variables with paths below what is hidden, such as those of a Ruby in somebody's home. */
function homesWarnings({ service }: Written, unit: WrittenUnit): string[] {
  if (!isHardened(unit, "ProtectHome")) return [];
  const hidden = (mountsOf(unit, service.name) ?? []).filter(({ line }) =>
    /^ProtectHome=(?!read)/.test(line),
  );
  return Object.entries(service.environment).flatMap(([name, value]) => {
    const path = value.split(":").find((part) => hidden.some((mount) => isBelow(part, mount.path)));
    const line = hidden[0]?.line;
    return path === undefined
      ? []
      : [
          `${service.at.key("environment").key(name)}: names ${path}, which ${line} of 'hardening' hides from Puma; ` +
            'say Hardening.with({ ProtectHome: "read-only" })',
        ];
  });
}

const SERVER =
  /^(postgres(?:ql)?|postgis|mysql2?|trilogy|rediss?|amqps?|mongodb|memcached):\/\/(?:[^@/]*@)?([^/:?%,]+)/;

const CLOSED = "which PrivateNetwork=true of 'hardening' closes";

/** Servers that are reached by a network, in URLs of the environment. */
function networkWarnings({ service }: Written, unit: WrittenUnit): string[] {
  if (!isHardened(unit, "PrivateNetwork") || !isOn(unit.unit, "Service", "PrivateNetwork")) return [];
  const { at, binds, environment } = service;
  const servers = Object.entries(environment).flatMap(([name, value]) => {
    const [, , host] = SERVER.exec(value) ?? [];
    const path = at.key("environment").key(name);
    return host === undefined
      ? []
      : [`${path}: names a server at ${host}, ${CLOSED}; use a unix socket, or Hardening.STRICT`];
  });
  return binds.length > 0
    ? servers
    : [`${at.key("configFile")}: may bind a port, ${CLOSED}; let a 'socket' hold it`, ...servers];
}
