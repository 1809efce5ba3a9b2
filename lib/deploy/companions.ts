import { type Service } from "../puma/service";
import { type UnitFile } from "../systemd/unit-file";
import { type DeployProps } from "./deploy-props";
import { companionFileOf, type InstalledFile } from "./managed-file";
import { operatorsUnits } from "./operators";
import { watchUnits } from "./watch-units";

/** Units by the names of their files. */
export type Units = ReadonlyMap<string, UnitFile>;

/** What a service has units for beside its own: a function for each prop that asks for some, which is empty where it does not. */
const KINDS: readonly ((service: Service, props: DeployProps) => Units)[] = [operatorsUnits, watchUnits];

/**
 * The files of the units of this library beside a service's own, by which something else than an apply asks for something. Their names begin
 * with `cdktf-puma-SERVICE:`. All but services have an `[Install]`, and are enabled and started once the new version is healthy; a
 * service is what one of them starts. None of them restarts Puma when it changes (see companions.sh).
 * @throws if what asks for one of them is not what it should be
 */
export function companionFiles(service: Service, props: DeployProps): InstalledFile[] {
  return KINDS.flatMap((unitsOf) =>
    [...unitsOf(service, props)].map(([file, unit]) => companionFileOf(file, unit, service.scope)),
  );
}
