import { type TerraformStack } from "cdktf";
import { Bind, Host, PumaService, PumaSocket, Rollout, SshKey } from "../lib";

/** Where a host is, and by what it is known. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly hostKey: string;
}

/** The service that is measured: all at once, or in batches of a quarter. */
export function fleet(
  stack: TerraformStack,
  machines: readonly Machine[],
  rolling: boolean,
  key: SshKey,
): void {
  const hosts = machines.map(
    ({ name, address, hostKey }) => new Host(name, { address, user: "ops", key, hostKey }),
  );
  serviceOn(stack, hosts, rolling);
}

/** The same on hosts that are declared already. */
export function serviceOn(stack: TerraformStack, hosts: Host[], rolling: boolean): void {
  new PumaService(stack, "web", {
    hosts,
    socket: new PumaSocket(stack, "socket", {
      binds: [Bind.tcp(9292), Bind.ssl(9293, { key: "/etc/blog/key.pem", cert: "/etc/blog/cert.pem" })],
    }),
    user: "deploy",
    workingDirectory: "/srv/blog/current",
    pumaVersion: "6.6",
    environmentFiles: ["/etc/blog/env"],
    rollout: rolling ? Rollout.rolling({ batchSize: "25%" }) : Rollout.allAtOnce(),
  });
}
