import { type TerraformStack } from "cdktf";
import { Bind, Duration, HealthCheck, Host, PumaService, PumaSocket, Restart, SshKey } from "../../lib";
import { Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { BOOT_SECONDS, DIRECTORY, OTHERS, PORT, type Units } from "./units";

/** A service that is there, and its restarts. */
export interface Restarted {
  restart(): Promise<unknown>;
  remove(): Promise<unknown>;
}

/** How a service comes to a host, by what the page calls it. */
export const WAYS: Readonly<Record<string, (host: FleetHost) => Promise<Restarted>>> = {
  ...Object.fromEntries(
    Object.entries(OTHERS).map(([name, units]) => [name, (host: FleetHost) => byHand(host, units)]),
  ),
  "cdktf-puma, hot": (host) => byLibrary(host, Restart.hot()),
  "cdktf-puma, overlap": (host) => byLibrary(host, Restart.overlap()),
};

async function byHand(host: FleetHost, { units, config, restart }: Units): Promise<Restarted> {
  for (const [name, text] of Object.entries(units)) await host.write(`/etc/systemd/system/${name}`, text);
  const { others, capistrano } = DIRECTORY;
  await host.exec(`mkdir -p ${capistrano} && cp -RL ${others}/. ${capistrano}`);
  await host.write(`${capistrano}/config/puma.rb`, config ?? "");
  const names = Object.keys(units).reverse().join(" ");
  await host.exec(`systemctl daemon-reload && systemctl enable --now ${names}`);
  return {
    restart: () => host.exec(restart),
    remove: () =>
      host.exec(
        `systemctl disable --now ${names}; cd /etc/systemd/system && rm ${names} && systemctl daemon-reload`,
      ),
  };
}

async function byLibrary(host: FleetHost, restart: Restart): Promise<Restarted> {
  const workspace = await Workspace.open();
  let release = 0;
  const apply = (): Promise<unknown> =>
    workspace.apply((stack) => service(stack, host, restart, `${++release}`));
  await apply();
  return {
    restart: apply,
    async remove() {
      await workspace.destroy();
      await workspace.close();
    },
  };
}

function service(stack: TerraformStack, host: FleetHost, restart: Restart, release: string): void {
  const { name, address, user, keyFile, hostKey } = host;
  new PumaService(stack, "web", {
    hosts: [new Host(name, { address, user, key: SshKey.file(keyFile), hostKey })],
    socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(PORT)] }),
    user: "deploy",
    workingDirectory: DIRECTORY.others,
    environment: { BOOT_SECONDS: String(BOOT_SECONDS) },
    pumaVersion: "6.6",
    healthCheck: HealthCheck.answers({ settle: Duration.seconds(1) }),
    restart,
    release,
  });
}
