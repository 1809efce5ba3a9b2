import {
  candidateDirectory,
  candidateFolder,
  type CandidateRole,
  controlFile,
  ROLE_VARIABLE,
} from "../layout";
import { Bind } from "../puma/bind";
import { execStart } from "../puma/exec-start";
import { emptyUnit } from "../puma/new-unit";
import { filesOf, type Service } from "../puma/service";
import { endedCommand, serviceUnit } from "../puma/service-unit";
import { type Directive } from "../systemd/entry";
import { UnitFile } from "../systemd/unit-file";
import { type DeployStrategy } from "./deploy-strategy";

/** Where the host puts the drop-ins that others have added to the service's unit. */
const DROP_INS = "# What others have added to the unit on the host stands here.";

/**
 * What a candidate has of [Unit], the service's own and drop-ins' alike, as patterns: what it is, what it waits for, and
 * without what it could not run. All else is left to the service. Whatever is done when a unit ends (OnFailure=,
 * FailureAction=) would be done although the service goes on. What ties it to others (BindsTo=, PartOf=, Upholds=) would end
 * the stand-in as they end. Conflicts= would stop what runs, and Wants= and the like start what is there beside Puma. A
 * condition stays: a version that would not be started by it must not get as far as its restart.
 */
export const KEPT_OF_UNIT: readonly string[] = [
  ...["Description", "Documentation", "After", "Requires", "RequiresMountsFor", "WantsMountsFor"],
  ...["JoinsNamespaceOf", "StartLimitIntervalSec", "StartLimitBurst", "Condition.*", "Assert.*"],
];

const IS_KEPT = new RegExp(`^(${KEPT_OF_UNIT.join("|")})$`);

/** The units of the candidates that a service needs as it changes, line by line. */
export function candidateUnits(
  service: Service,
  { restart, rehearse }: DeployStrategy,
): ReadonlyMap<CandidateRole, readonly string[]> {
  const roles: CandidateRole[] = [];
  if (rehearse) roles.push("rehearsal");
  if (restart === "overlap") roles.push("standin");
  return new Map(roles.map((role) => [role, candidateUnit(service, role)]));
}

/**
 * The unit of a candidate, a second Puma of the new version: the service's own, and then what two Pumas cannot share. The
 * rehearsal has nothing but a bind that no user reaches, the stand-in has the service's sockets beside it.
 */
export function candidateUnit(service: Service, role: CandidateRole): readonly string[] {
  return [...withoutTies(service).lines, DROP_INS, ...ownUnit(service, role).lines];
}

/** A service's unit without its ties to the boot, to its sockets, to other units, to what reloads it and what sees how it ended. */
function withoutTies(service: Service): UnitFile {
  const copy = emptyUnit(service);
  for (const { name, entries } of serviceUnit(service)._sections) {
    for (const entry of entries) {
      if (entry.kind !== "directive" || isTie(service, name, entry)) continue;
      copy.section(name).add(entry.name, valuesOf(service, entry));
    }
  }
  return copy;
}

function isTie(service: Service, section: string, { name, value }: Directive): boolean {
  if (name === "ExecStopPost") return value === endedCommand(service);
  if (name === "ExecReload") return true;
  return section === "Install" || (section === "Unit" && !IS_KEPT.test(name));
}

/** A directive's value, if there is one: one that lists units, without the service's sockets among them. */
function valuesOf({ sockets }: Service, { name, value }: Directive): string[] {
  if (!["Requires", "Sockets"].includes(name)) return [value];
  const own = filesOf(sockets);
  const others = value.split(/\s+/).filter((unit) => !own.includes(unit));
  return others.length > 0 ? [others.join(" ")] : [];
}

function ownUnit(service: Service, role: CandidateRole): UnitFile {
  const { name, scope, sockets, isSocketActivated, type } = service;
  const unit = new UnitFile();
  unit.section("Unit").add("Description", `Puma HTTP Server (${role} of ${name})`);
  // systemd takes it in [Service] too, where drop-ins may have it.
  unit.section("Unit").add("FailureAction", "none");
  const section = unit.section("Service");
  if (role === "standin" && isSocketActivated) section.add("Sockets", filesOf(sockets).join(" "));
  section.add("Environment", `${ROLE_VARIABLE}=${role}`);
  section.add("EnvironmentFile", `-${controlFile(name, scope)}`);
  section.add("ExecStart", ["", candidateCommand(service, role)]);
  section.add("Restart", "no");
  // It goes before Restart=: systemd would boot a candidate that crashed again and again.
  section.add("RestartForceExitStatus", "");
  section.add("RuntimeDirectory", candidateDirectory(name, role));
  section.add("RuntimeDirectoryPreserve", "yes");
  if (type === "forking") section.add("PIDFile", candidatePidFile(name, role));
  // Nobody waits for what a rehearsal still does.
  if (role === "rehearsal") section.add("TimeoutStopSec", "5");
  return unit;
}

function candidatePidFile(service: string, role: CandidateRole): string {
  return `${candidateFolder(service, role)}/pid`;
}

function candidateCommand(service: Service, role: CandidateRole): string {
  const { name, scope } = service;
  const folder = candidateFolder(name, role);
  const bind = Bind.unix(`${folder}/puma.sock`);
  const isStandIn = role === "standin";
  const command = execStart(service, {
    binds: isStandIn ? [...service.binds, bind] : [bind],
    isSocketActivated: isStandIn,
    options: ["--pidfile", candidatePidFile(name, role), "-S", `${folder}/state`, "$CDKTF_PUMA_CONTROL"],
  });
  return command.replaceAll(folder, candidateFolder(name, role, scope));
}
