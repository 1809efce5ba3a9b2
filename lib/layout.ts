/*
 * Names and places on a host. lib/runtime/run.sh has the same: a test compares the two.
 */

/** Whose systemd has a service: the machine's, or that of the user who logs in. */
export type Scope = "system" | "user";

/** Each scope. */
export const SCOPES: readonly Scope[] = ["system", "user"];

/** What is known of the services between two runs: a folder for each. */
export const STATE_ROOT = "/var/lib/cdktf-puma";

/** What a run has while it lasts: a folder for each service. */
export const RUN_ROOT = "/run/cdktf-puma";

/** Where systemd has the units of an administrator from (systemd.unit(5)). */
export const UNIT_FOLDER = "/etc/systemd/system";

/** The same of each scope. Where a user is at home the host knows, and systemd: by its specifiers. */
const STATE_ROOTS: Readonly<Record<Scope, string>> = {
  system: STATE_ROOT,
  user: "%h/.local/state/cdktf-puma",
};

const UNIT_FOLDERS: Readonly<Record<Scope, string>> = {
  system: UNIT_FOLDER,
  user: "%h/.config/systemd/user",
};

/** Where systemd makes a RuntimeDirectory=, as a unit has it. */
const RUNTIME: Readonly<Record<Scope, string>> = { system: "/run", user: "%t" };

/** How the names of the library's own units and folders begin. */
export const OWN_PREFIX = "cdktf-puma-";

/** A unit of the library beside those of a service, without its suffix. No service has a colon in its name. */
export function companionName(service: string, purpose: string): string {
  return `${OWN_PREFIX}${service}:${purpose}`;
}

/** A file that is kept for a service. */
function inState(service: string, file: string, scope: Scope): string {
  return `${STATE_ROOTS[scope]}/${service}/${file}`;
}

/** The script that a service's runs keep (see kept.sh). */
export function runHelper(service: string, scope: Scope = "system"): string {
  return inState(service, "run.sh", scope);
}

/** What a second Puma of a service can be there for. */
export const CANDIDATE_ROLES = ["rehearsal", "standin"] as const;

/** What a second Puma of a service is there for. */
export type CandidateRole = (typeof CANDIDATE_ROLES)[number];

/** The environment variable that tells a candidate what it is there for. */
export const ROLE_VARIABLE = "CDKTF_PUMA_ROLE";

/** The longest file name in a candidate's folder. */
export const CONTROL_SOCKET = "control.sock";

/** The file of a unit. */
export function unitPath(fileName: string, scope: Scope = "system"): string {
  return `${UNIT_FOLDERS[scope]}/${fileName}`;
}

/**
 * What a drop-in of others' unit is known by on a host: `puma@blog.service` and `tuning` make `puma:blog.service:tuning`. No service
 * has a colon in its name.
 */
export function dropInName(unit: string, name: string): string {
  return `${unit.replace("@", ":")}:${name}`;
}

/** The helper that a service's unit stops it by (see stop.sh). */
export function stopHelper(service: string, scope: Scope = "system"): string {
  return inState(service, "stop.sh", scope);
}

/** The helper that sees how a service ended (see ended.sh). */
export function endedHelper(service: string, scope: Scope = "system"): string {
  return inState(service, "ended.sh", scope);
}

/** The helper that a service's unit reloads it by (see reload.sh). */
export function reloadHelper(service: string, scope: Scope = "system"): string {
  return inState(service, "reload.sh", scope);
}

/** What restarts a service where its release link or a certificate is another (see follow.sh). */
export function followHelper(service: string, scope: Scope = "system"): string {
  return inState(service, "follow.sh", scope);
}

/** The units by which that is started. With the instance in its name, each is a file of its own. */
export function restartUnit(service: string, type: "service" | "path"): string {
  return `${OWN_PREFIX}restart@${service}.${type}`;
}

/** The secrets of a service, a folder for each version (see stage.sh). */
export function secretsRoot(service: string): string {
  return `${STATE_ROOT}/${service}/secrets`;
}

/** The environment file of one version of them. */
export function secretsFile(service: string, version: string): string {
  return `${secretsRoot(service)}/${version}/environment`;
}

/** The file of a credential among them. */
export function secretCredential(service: string, version: string, name: string): string {
  return `${secretsRoot(service)}/${version}/credentials/${name}`;
}

/** What whoever is on call reads of a service. */
export function onCallNotes(service: string, scope: Scope = "system"): string {
  return inState(service, "on-call.txt", scope);
}

/** The same as the value of a unit's Documentation=. */
export function onCallDocument(service: string, scope?: Scope): string {
  return `file:${onCallNotes(service, scope)}`;
}

/** Variables of a candidate that only a run knows: an environment file. */
export function controlFile(service: string, scope: Scope = "system"): string {
  return `${RUNTIME[scope]}/cdktf-puma/${service}/control`;
}

/** The name of a candidate's unit, without `.service`. */
export function candidateName(service: string, role: CandidateRole): string {
  return `${service}-${role}`;
}

/** The name of a candidate's RuntimeDirectory=. */
export function candidateDirectory(service: string, role: CandidateRole): string {
  return `${OWN_PREFIX}${candidateName(service, role)}`;
}

/** Where a candidate has what two Pumas cannot share. */
export function candidateFolder(service: string, role: CandidateRole, scope: Scope = "system"): string {
  return `${RUNTIME[scope]}/${candidateDirectory(service, role)}`;
}
