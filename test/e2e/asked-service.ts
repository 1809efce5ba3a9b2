/** The service that somebody asks for something of, on its host or from afar. */
import { Bind, PumaSocket, Restart } from "../../lib";
import { type Build } from "../../lab/engine/workspace";
import { type FleetHost } from "../../lab/fleet/fleet";
import { everywhere, says } from "./hosts";
import { type TestHosts } from "./set-up";

/** It on all hosts, with an environment that tells one version from another. */
export const overlapping =
  (at: TestHosts) =>
  (edited: string): Build =>
  (stack) =>
    everywhere(stack, at.hosts, "web", {
      socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
      environment: { EDITED: edited },
      restart: Restart.overlap(),
    });

/** What a command on the host prints, and its exit code in the last line. */
export function toldBy(host: FleetHost, command: string): Promise<string> {
  return says(host, `${command} 2>&1; echo $?`);
}
