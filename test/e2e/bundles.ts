import { Bind, type PumaServiceProps } from "../../lib";
import { Bundle } from "../../lib/deploy/bundle";
import { DeployStrategy } from "../../lib/deploy/deploy-strategy";
import { Service } from "../../lib/puma/service";
import { serviceUnit } from "../../lib/puma/service-unit";
import { PropPath } from "../../lib/values/prop-path";
import { type FleetHost } from "../../lab/fleet/fleet";
import { APP, PUMA } from "./hosts";

/** What a run prints, and its exit code. */
export interface Run {
  readonly code: number;
  readonly told: string;
}

/** Applies a service without an engine: as root, by its bundle. */
export async function applyBundle(
  host: FleetHost,
  name: string,
  props: Partial<PumaServiceProps>,
): Promise<Run> {
  const all = { ...APP, pumaVersion: PUMA[host.release], ...props };
  const at = PropPath.of("PumaService", name);
  const service = Service.resolve(at, { name, stack: "blog" }, all, {
    binds: props.binds ?? [Bind.tcp(9292)],
  });
  const units = new Map([[`${name}.service`, serviceUnit(service)]]);
  const script = Bundle.of(service, DeployStrategy.resolve(service, all), units, "blog").toShell();
  const { code, stdout } = await host.exec(`sh -s -- a 192.0.2.1 apply me ${name} ${name} blog`, {
    input: script,
    allowFailure: true,
  });
  return { code, told: stdout };
}

/** Another user of the host, without any rights. */
export const MALLORY = "useradd --create-home mallory";

/** Runs a Ruby program of a user's in a unit of its own, and waits until it says "ready"; it then sleeps. */
export async function leave(host: FleetHost, user: string, unit: string, program: string): Promise<void> {
  const file = `/home/${user}/${unit}.rb`;
  await host.write(
    file,
    `require "fileutils"\nrequire "socket"\n${program}\nputs "ready"\n$stdout.flush\nsleep\n`,
  );
  await host.exec(`systemd-run --quiet --unit=${unit} --uid=${user} --property=Delegate=yes ruby ${file}
    for _ in $(seq 300); do
      ! journalctl --quiet --output=cat --unit=${unit} | grep -qx ready || exit 0
      sleep 0.1
    done
    journalctl --unit=${unit}; exit 1`);
}
