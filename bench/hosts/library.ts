import { Bind, Host, PumaService, PumaSocket, SshKey } from "../../lib";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { bare } from "../engine";
import { type ServiceName, SERVICES, type Way } from "./way";

/** Services as a user would write them, who leaves the wait to its default. */
export const services =
  (names: readonly ServiceName[], hosts: readonly FleetHost[], edited: string): Build =>
  (stack) => {
    const declared = hosts.map(
      ({ name, address, user, keyFile, hostKey }) =>
        new Host(name, { address, user, key: SshKey.file(keyFile), hostKey }),
    );
    for (const name of names) {
      new PumaService(stack, name, {
        hosts: declared,
        socket: new PumaSocket(stack, `${name}-socket`, { binds: [Bind.tcp(SERVICES[name])] }),
        user: "deploy",
        workingDirectory: "/srv/app/current",
        pumaVersion: "6.6",
        environment: { EDITED: edited },
      });
    }
  };

/** One apply of the engine, of so many resources at a time. */
export function library(workspace: Workspace, hosts: readonly FleetHost[], parallelism: number): Way {
  const apply = async (): Promise<string> =>
    (await workspace.engine.apply(workspace.folder, [], { parallelism })).stdout;
  return {
    prepare: (edited) => workspace.synth(services(["library"], hosts, edited)),
    async change() {
      const said = await apply();
      if (said.split("(remote-exec): done: ").length !== hosts.length + 1)
        throw new Error(`not done on all:\n${said}`);
    },
    again: async () => checkUnchanged(await apply()),
  };
}

/** The engine with as many resources that nothing is done by: the least that it takes. */
export async function engineAlone(workspace: Workspace, hosts: number): Promise<Way> {
  await workspace.apply(bare(hosts));
  const apply = (): Promise<{ stdout: string }> => workspace.engine.apply(workspace.folder);
  return { again: async () => checkUnchanged((await apply()).stdout) };
}

function checkUnchanged(said: string): void {
  if (!said.includes("0 added, 0 changed, 0 destroyed")) throw new Error(`not without a change:\n${said}`);
}
