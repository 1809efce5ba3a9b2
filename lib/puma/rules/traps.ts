import { basename } from "node:path/posix";
import { type Service } from "../service";
import { isOn, valuesIn } from "../unit-values";
import { directiveAt, serviceIn, type Written, type WrittenUnit } from "./rule";

/** Throws if the unit asks for what a Puma cannot do. */
export function checkTraps(written: Written): void {
  const unit = serviceIn(written);
  checkThruster(written.service);
  if (unit === undefined) return;
  checkYjit(written.service, unit);
}

/** What may go wrong later, and not while an apply looks. */
export function trapsWarnings(written: Written): string[] {
  const unit = serviceIn(written);
  return [
    ...idleWarnings(written.service, unit),
    ...jobsWarnings(written),
    ...(unit === undefined ? [] : [...yjitWarnings(written.service, unit)]),
  ];
}

/** Thruster starts Puma as a child of its own, and hands on neither systemd's sockets nor the way to notify it. */
function checkThruster({ at, command, workingDirectory, isSocketActivated, type }: Service): void {
  const program = command
    ._argv(workingDirectory, isSocketActivated)
    .flatMap((word) => word.split(/[\s"']+/))
    .find((word) => basename(word) === "thrust");
  if (program === undefined || (!isSocketActivated && type !== "notify")) return;
  const what = isSocketActivated ? "no socket of systemd's" : "nothing of Type=notify";
  const way = isSocketActivated ? "bind a port without a 'socket'" : "say 'notify: false'";
  at.key("command").refuse(
    `not be Thruster, behind which Puma gets ${what}: start Puma itself behind a proxy, or ${way}`,
    program,
  );
}

function deniesNewCode({ unit }: WrittenUnit): boolean {
  return isOn(unit, "Service", "MemoryDenyWriteExecute");
}

/** The variable by which Ruby is told to compile as it runs. */
function yjitOf({ environment }: Service): string | undefined {
  const { RUBY_YJIT_ENABLE: enable = "", RUBYOPT: options = "" } = environment;
  if (/^(1|yes|true|on)$/i.test(enable)) return "RUBY_YJIT_ENABLE";
  return /(^|\s)--(yjit|rjit|mjit|jit|zjit)\b/.test(options) ? "RUBYOPT" : undefined;
}

function checkYjit(service: Service, unit: WrittenUnit): void {
  const name = yjitOf(service);
  if (name === undefined || !deniesNewCode(unit)) return;
  directiveAt(unit, "Service", "MemoryDenyWriteExecute").refuse(
    `not stand beside 'environment.${name}': a Ruby that compiles as it runs is ended by it; leave one of the two away`,
    true,
  );
}

function yjitWarnings({ environment }: Service, unit: WrittenUnit): string[] {
  if (!deniesNewCode(unit) || environment.RUBY_YJIT_ENABLE === "0") return [];
  const at = directiveAt(unit, "Service", "MemoryDenyWriteExecute");
  return [
    `${at}: ends a Ruby that compiles as it runs, which may be later than its boot: Rails 7.2 and newer turn YJIT on ` +
      "unless the application says 'config.yjit = false'",
  ];
}

/** A Puma that ends because nobody asks is started again at once. */
function idleWarnings({ at, args }: Service, unit: WrittenUnit | undefined): string[] {
  const i = args.findIndex((arg) => /^--idle-timeout(=|$)/.test(arg));
  const restart = valuesIn(unit?.unit, "Service", "Restart").at(-1);
  if (i < 0 || restart !== "always") return [];
  const way = "say Restart=on-failure in 'directives', with a 'socket'";
  return [
    `${at.key("args").index(i)}: ends Puma when nobody asks, and Restart=always starts it again for nothing; ${way}`,
  ];
}

/** Solid Queue's plugin, as Rails' own configuration file asks for it, forks its supervisor from Puma. */
function jobsWarnings({ service: { at, environment }, rehearses, isPhased }: Written): string[] {
  if (!("SOLID_QUEUE_IN_PUMA" in environment)) return [];
  const path = at.key("environment").key("SOLID_QUEUE_IN_PUMA");
  const how = `plugin :solid_queue if ENV["SOLID_QUEUE_IN_PUMA"] && !ENV["CDKTF_PUMA_ROLE"]`;
  return [
    ...(rehearses
      ? [`${path}: lets candidates run jobs, too, unless Puma's configuration file says ${how}`]
      : []),
    ...(isPhased
      ? [
          `${path}: lets jobs run on with the old code in a phased restart, which replaces Puma's workers alone`,
        ]
      : []),
  ];
}
