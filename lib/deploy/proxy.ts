import { type Service } from "../puma/service";
import { type UnitFile } from "../systemd/unit-file";
import { accountName } from "../systemd/names";
import { valuesIn } from "../puma/unit-values";
import { type DeployProps } from "./deploy-props";

/** A unix socket that a proxy is to reach, and who may write to it. */
export interface ProxySocket {
  readonly path: string;
  /** In octal: `660`. */
  readonly mode: string;
  /** Empty for root. */
  readonly owner: string;
  /** Empty for the owner's. */
  readonly group: string;
}

/**
 * The user of a proxy; empty for none.
 * @throws if there is nothing that it could be kept from
 */
export function proxyUserOf({ at, binds }: Service, { proxyUser }: DeployProps): string {
  if (proxyUser === undefined) return "";
  const path = at.key("proxyUser");
  accountName(path, proxyUser);
  const isUnix = binds.some(({ _probe: probe }) => probe.scheme === "unix");
  if (binds.length > 0 && !isUnix)
    path.refuse("go with a unix bind: over tcp nobody asks who it is", proxyUser);
  return proxyUser;
}

/** The unix sockets of a service as they will be: systemd makes those of a PumaSocket, Puma its own. */
export function proxySockets(service: Service, units: ReadonlyMap<string, UnitFile>): ProxySocket[] {
  const own = units.get(`${service.name}.service`);
  const socket = service.socket === undefined ? undefined : units.get(`${service.socket}.socket`);
  const [umask = "0022"] = valuesIn(own, "Service", "UMask").slice(-1);
  const of = (name: string): string => valuesIn(socket, "Socket", name).at(-1) ?? "";
  return service.binds.flatMap(({ _probe: probe, _socketOptions: options }): ProxySocket[] => {
    if (probe.scheme !== "unix") return [];
    const { path } = probe;
    return socket === undefined
      ? [
          {
            path,
            mode: options.mode ?? masked(options.umask ?? umask),
            owner: service.user ?? "",
            group: service.group ?? "",
          },
        ]
      : [{ path, mode: of("SocketMode") || "0666", owner: of("SocketUser"), group: of("SocketGroup") }];
  });
}

function masked(umask: string): string {
  return (0o777 & ~parseInt(umask, 8)).toString(8);
}
