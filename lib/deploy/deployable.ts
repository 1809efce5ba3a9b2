import { type Service, tokenValues, type TokenValue } from "../puma/service";
import { type UnitFile } from "../systemd/unit-file";
import { type Duration } from "../values/duration";
import { Bundle } from "./bundle";
import { type DeployStrategy } from "./deploy-strategy";
import { runTimeout } from "./run-timeout";

/** What is put on hosts as one, and taken away as one. */
export interface Deployable extends Pick<
  Service,
  "at" | "name" | "scope" | "unitFiles" | "binds" | "secrets"
> {
  /** Of a drop-in: the unit of others that it is of. */
  readonly of?: string;
}

/** The same with all that a deployment has to know of it. */
export interface Deployed {
  readonly service: Deployable;
  /** The files of its units, or its drop-in, by their names below the folder of units. */
  readonly units: ReadonlyMap<string, UnitFile>;
  readonly strategy: DeployStrategy;
  /** Values in which Terraform tokens are welcome, each with how errors name it. */
  readonly tokens: readonly TokenValue[];
  /** How long a run may take on a host. */
  readonly runTimeout: Duration;
  /** What installs it, of an owner. */
  bundle(owner: string): Bundle;
}

/** A service as a deployment has it. */
export function deployedService(
  service: Service,
  strategy: DeployStrategy,
  units: ReadonlyMap<string, UnitFile>,
): Deployed {
  return {
    ...{ service, strategy, units },
    tokens: tokenValues(service),
    runTimeout: runTimeout(service, strategy),
    bundle: (owner) => Bundle.of(service, strategy, units, owner),
  };
}
