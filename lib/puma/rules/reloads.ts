import { type Service } from "../service";
import { valuesIn } from "../unit-values";
import { directiveAt, serviceIn, type Written, type WrittenUnit } from "./rule";

const HANG_UP = /\bkill\b.*\s-(s\s*)?(HUP|SIGHUP|1)\b/;

/** Whether Puma has files of its own to open anew, as far as its arguments say. */
export function redirects({ args }: Service): boolean {
  return args.some((arg) => /^--redirect-std(out|err)(=|$)/.test(arg));
}

function hangUpIn(unit: WrittenUnit): string | undefined {
  return valuesIn(unit.unit, "Service", "ExecReload").find((command) => HANG_UP.test(command));
}

/** Throws if a reload could only stop Puma. */
export function checkReload(written: Written): void {
  const { service } = written;
  const unit = serviceIn(written);
  const command = unit && hangUpIn(unit);
  if (unit === undefined || command === undefined || redirects(service) || service.configFile !== false)
    return;
  directiveAt(unit, "Service", "ExecReload").refuse(
    "not send SIGHUP: it stops a Puma that writes no log file of its own (--redirect-stdout); leave it away",
    command,
  );
}

/** What a reload may do instead. */
export function reloadWarnings(written: Written): string[] {
  const { service } = written;
  const unit = serviceIn(written);
  return unit === undefined ? [] : [...hangUpWarnings(service, unit), ...restartWarnings(service, unit)];
}

function hangUpWarnings(service: Service, unit: WrittenUnit): string[] {
  if (hangUpIn(unit) === undefined || redirects(service)) return [];
  const at = directiveAt(unit, "Service", "ExecReload");
  return [`${at}: sends SIGHUP, which stops Puma unless its configuration file says stdout_redirect`];
}

const BY_ITSELF = /\bkill\b.*\s-(s\s*)?(USR2|SIGUSR2|12)\b|\bpumactl\b.*\s(phased-)?restart\b/;
const BY_PHASES = /\bkill\b.*\s-(s\s*)?(USR1|SIGUSR1|10)\b/;

/** A Puma that restarts itself stops its own server first. */
function restartWarnings(service: Service, unit: WrittenUnit): string[] {
  const { version, workers } = service;
  if (version && !version.since(6, 0)) return [];
  const command = valuesIn(unit.unit, "Service", "ExecReload").at(-1) ?? "";
  const mayReplaceWorkers = (workers === undefined || workers > 0) && !version?.since(7, 0);
  const isRestart = BY_ITSELF.test(command) || (BY_PHASES.test(command) && !mayReplaceWorkers);
  if (!isRestart) return [];
  const at = directiveAt(unit, "Service", "ExecReload");
  return [
    `${at}: lets Puma restart itself, in which Puma 6 and newer often hang (puma#3677); leave it away: with a 'socket' the ` +
      "library's own is a hot restart",
  ];
}
