import { runtimeFolder } from "../daemon";
import { type Service } from "../service";
import { redirects } from "./reloads";
import { type Written } from "./rule";
import { isBelow } from "../../values/path";

/** Throws if systemd would remove a socket that it holds itself, as a daemon ends. */
export function checkDaemon({ service }: Written): void {
  const { name, type, sockets } = service;
  if (type !== "forking") return;
  const listening = sockets.flatMap(({ at, binds }) => binds.map((bind) => ({ at, bind })));
  for (const { at, bind } of listening) {
    const { listenStream } = bind;
    if (isBelow(listenStream, runtimeFolder(name)))
      at.refuse(
        `not be in ${runtimeFolder(name)}, which systemd removes as a 'daemon' ends: use /run/${name}.sock`,
        listenStream,
      );
  }
}

/** What nobody sees of a daemon that does not boot. */
export function daemonWarnings({ service }: Written): string[] {
  const { at, type } = service;
  const advice = adviceOn(service);
  if (type !== "forking" || advice.length === 0) return [];
  return [
    `${at.key("daemon")}: a boot that fails is seen by nobody: systemd may wait until 'startTimeout' (${service.startTimeout}) is ` +
      `over, and the journal does not have what Puma says; ${advice.join(", and ")}`,
  ];
}

function adviceOn(service: Service): string[] {
  return [
    ...(service.hasStartTimeout ? [] : ["say in 'startTimeout' how long a boot takes at most"]),
    ...(redirects(service) ? [] : ['let Puma write a file (\'args\': "--redirect-stderr", "log/puma.err")']),
  ];
}
