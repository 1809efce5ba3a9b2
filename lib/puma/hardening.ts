import { type UnitFile } from "../systemd/unit-file";
import { checkInstance, checkObject } from "../values/check";
import { PropPath } from "../values/prop-path";
import { applyLines, type DirectiveValue } from "./directives";
import { type Service } from "./service";
import { type ServiceUnitProps } from "./service-props";

/** Directives of [Service] by systemd's names. A value replaces, a list is added, and "" resets. */
type Lines = Record<string, DirectiveValue | DirectiveValue[]>;

/**
 * How much of the host is closed to Puma, as lines of its unit's sandbox. Each level holds the one before it. Every systemd from 247 on
 * knows all of them. What each takes from an application is in docs/hardening.md. A level goes with a `user` other than root, and
 * with no `scope` of a user.
 *
 * @example
 * const hardening = Hardening.STRICT.with({ ReadWritePaths: ["/srv/blog/shared"], RestrictNamespaces: false });
 */
export class Hardening {
  /** Nothing: what systemd's manager and `directives` say. The default of a service. */
  static readonly NONE = new Hardening({});

  /**
   * What hardly an application notices: no new privileges, no capabilities, its own /tmp and /dev, and nothing of the system to be
   * changed. At most 4.0 by `systemd-analyze security`.
   */
  static readonly BASELINE = Hardening.NONE.with({
    ...{ NoNewPrivileges: true, CapabilityBoundingSet: "" },
    ...{ PrivateTmp: true, PrivateDevices: true, ProtectSystem: "full" },
    ...{ ProtectClock: true, ProtectHostname: true, ProtectControlGroups: true },
    ...{ ProtectKernelLogs: true, ProtectKernelModules: true, ProtectKernelTunables: true },
    ...{ RestrictNamespaces: true, RestrictRealtime: true, RestrictSUIDSGID: true, LockPersonality: true },
    SystemCallArchitectures: "native",
    RestrictAddressFamilies: "AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  });

  /**
   * Besides, Puma sees no homes and no other processes, calls of the kernel's that no application needs fail, and it can write nowhere
   * but where ReadWritePaths= says. At most 1.5.
   */
  static readonly STRICT = Hardening.BASELINE.with({
    ...{ ProtectSystem: "strict", ProtectHome: true, ProtectProc: "invisible", ProcSubset: "pid" },
    ...{ PrivateUsers: true, PrivateMounts: true, RemoveIPC: true },
    SystemCallFilter: ["@system-service", "~@privileged @resources"],
    // What is refused fails, as File.chown does, and does not end Puma.
    SystemCallErrorNumber: "EPERM",
  });

  /** Besides, Puma has a network of its own: requests come from the service's `socket`, and all else goes by unix sockets. At most 0.8. */
  static readonly ISOLATED = Hardening.STRICT.with({
    PrivateNetwork: true,
    RestrictAddressFamilies: "AF_UNIX AF_NETLINK",
  });

  private constructor(private readonly lines: Lines) {}

  /**
   * The same with other lines, which `directives` can still replace.
   * @param directives of [Service], under systemd's names. A value replaces, a list is added, and "" resets
   * @throws if it is no object; what systemd does not know there is refused by the service
   * @example
   * Hardening.BASELINE.with({ UMask: "0027", ProtectHome: "read-only" });
   */
  with(directives: Record<string, DirectiveValue | DirectiveValue[]>): Hardening {
    const merged = { ...this.lines };
    for (const [name, value] of Object.entries(checkObject(PropPath.of("Hardening.with"), directives)))
      merged[name] = Array.isArray(value) ? [merged[name] ?? [], value].flat() : value;
    return new Hardening(merged);
  }

  /** @internal By the names of the directives. */
  get _lines(): Readonly<Lines> {
    return this.lines;
  }
}

/** @throws if it is none, or closes what a user's own systemd cannot */
export function hardeningOf(
  at: PropPath,
  { hardening = Hardening.NONE, scope }: ServiceUnitProps,
): Hardening {
  const { _lines: lines } = checkInstance(at.key("hardening"), hardening, Hardening);
  if (scope === "user" && Object.keys(lines).length > 0)
    at.key("hardening").fail(
      `must be left away where 'scope' is "user": most of it only root can close; what is in force there can stand in 'directives'`,
    );
  return hardening;
}

/** The directives that a service has from its hardening alone. */
export function hardenedBy({ hardening, directives }: Service): string[] {
  const given = Object.keys(directives.Service ?? {});
  return Object.keys(hardening._lines).filter((name) => !given.includes(name));
}

export function writeHardening(unit: UnitFile, { at, hardening }: Service): void {
  applyLines(at.key("hardening"), unit, "Service", hardening._lines);
}
