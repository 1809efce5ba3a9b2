/** Proxies that stand in front of Puma, unpacked on a host without being installed. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type FleetHost } from "../../lab/fleet/fleet";
import { buildOnce, cacheFolder } from "../../lab/fleet/rootfs";

/** Debian's packages, of whatever release this machine is: they run on one that is as new or newer. */
const PACKAGES =
  "nginx caddy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0 libcrypt1 zlib1g";

export async function unpackProxies(host: FleetHost): Promise<void> {
  const folder = join(cacheFolder(), "deb-proxies");
  await buildOnce(folder, ["sh", "-c", `mkdir -p "$0" && cd "$0" && apt-get download ${PACKAGES}`]);
  await host.exec("mkdir -p /opt/proxies /var/log/nginx /var/lib/nginx");
  for (const name of await readdir(folder)) {
    const input = (await readFile(join(folder, name))).toString("base64");
    await host.exec("base64 -d >/root/it.deb && dpkg -x /root/it.deb /opt/proxies", { input });
  }
}

/** The command of a proxy, by its path in a package. */
export function proxyCommand(words: string): string {
  return `cd /opt/proxies && LD_LIBRARY_PATH=$(echo usr/lib/*-linux-gnu) ./${words}`;
}
