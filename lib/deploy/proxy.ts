import { type Bind } from "../puma/bind";
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
export function proxyUserOf({ at, binds, scope }: Service, { proxyUser }: DeployProps): string {
  if (proxyUser === undefined) return "";
  const path = at.key("proxyUser");
  accountName(path, proxyUser);
  if (scope === "user")
    path.refuse(
      `be left away where 'scope' is "user": only root can see what another user may do`,
      proxyUser,
    );
  if (binds.length === 0)
    path.refuse(
      "go with 'binds' or a 'socket': of those in a configuration file nothing is known",
      proxyUser,
    );
  if (pathsOf(binds).length === 0)
    path.refuse("go with a unix bind: over tcp nobody asks who it is", proxyUser);
  return proxyUser;
}

type Units = ReadonlyMap<string, UnitFile>;

/** The unix sockets of a service as they will be: systemd makes those of a PumaSocket, Puma its own. */
export function proxySockets(service: Service, units: Units): ProxySocket[] {
  if (!service.isSocketActivated) return socketsOfPuma(service, units);
  return service.sockets.flatMap(({ file, binds }) => {
    const of = (name: string): string => valuesIn(units.get(file), "Socket", name).at(-1) ?? "";
    const access = { mode: of("SocketMode") || "0666", owner: of("SocketUser"), group: of("SocketGroup") };
    return pathsOf(binds).map((path) => ({ path, ...access }));
  });
}

function socketsOfPuma({ name, binds, user = "", group = "" }: Service, units: Units): ProxySocket[] {
  const [umask = "0022"] = valuesIn(units.get(`${name}.service`), "Service", "UMask").slice(-1);
  return binds.flatMap((bind) => {
    const { mode, umask: own } = bind._socketOptions;
    return pathsOf([bind]).map((path) => ({
      ...{ path, mode: mode ?? masked(own ?? umask), owner: user, group },
    }));
  });
}

function pathsOf(binds: readonly Bind[]): string[] {
  return binds.flatMap(({ _probe: probe }) => (probe.scheme === "unix" ? [probe.path] : []));
}

function masked(umask: string): string {
  return (0o777 & ~parseInt(umask, 8)).toString(8);
}
