import { createHash } from "node:crypto";
import { posix } from "node:path";
import { type CandidateRole } from "../layout";
import { type Service } from "../puma/service";
import { type UnitFile } from "../systemd/unit-file";
import { checkKnown } from "../values/check";
import { PropPath } from "../values/prop-path";
import { candidateUnits } from "./candidate";
import { type DeployStrategy } from "./deploy-strategy";
import { type HostSettings, shellVariables } from "./host-settings";
import { followHelperOf, type InstalledFile, onCallNotesOf, unitFileOf, unitHelpersOf } from "./managed-file";
import { keptScript, runScript } from "./run-script";
import { type ApplySettings, serviceSettings } from "./service-settings";
import { type Quote, shellQuoted, shellSettings } from "./shell-settings";

/**
 * What a run does on a host. To `retain` is to hand over what a removal would remove. With the bundle of an apply, `plan`
 * is a dry run, `check` tells what it can without root, and `task` runs a task. `stage` has a script of its own, which brings
 * secrets.
 */
export type Action = "apply" | "remove" | "retain" | "check" | "plan" | "task" | "stage";

/** How what is in a bundle is written: known at synth, or as expressions of an engine. */
export interface Encoding {
  readonly quote: Quote;
  /** Tells one state of the units from another. */
  readonly hash: (files: readonly InstalledFile[]) => string;
  readonly file: (file: InstalledFile) => string;
  readonly candidate: (role: CandidateRole, lines: readonly string[]) => string;
}

/** All that goes to a host: settings, files, and the script that makes of them what they say. */
export class Bundle {
  /**
   * What installs a service: its units, and the helpers that systemd calls for them.
   * @param units by the names of their files
   * @param owner the stack that the service belongs to
   */
  static of(
    service: Service,
    strategy: DeployStrategy,
    units: ReadonlyMap<string, UnitFile>,
    owner: string,
  ): Bundle {
    return new Bundle(
      "apply",
      serviceSettings(service, strategy, units, owner),
      [
        ...helpersOf(service, strategy),
        ...[...units].map(([file, unit]) => unitFileOf(file, unit, service.scope)),
        ...strategy.files,
      ],
      candidateUnits(service, strategy),
    );
  }

  /** What installs a drop-in of others' unit, and nothing else. */
  static ofDropIn(settings: ApplySettings, dropIn: InstalledFile): Bundle {
    return new Bundle("apply", settings, [dropIn]);
  }

  /** The same with files beside the units. */
  with(files: readonly InstalledFile[]): Bundle {
    return new Bundle(this.action, this.settings, [...this.files, ...files], this.candidates);
  }

  private constructor(
    readonly action: Action,
    private readonly settings: ApplySettings,
    private readonly files: readonly InstalledFile[] = [],
    readonly candidates: ReadonlyMap<CandidateRole, readonly string[]> = new Map(),
  ) {}

  /** What stands before the script: settings, and the line that keeps them. */
  settingsText({ quote, hash, file, candidate }: Encoding): string {
    const settings: HostSettings = {
      ...this.settings,
      hash: hash(this.files),
      files: this.files.map((one) => ({ ...one, base64: file(one) })),
      candidates: [...this.candidates].map(([role, lines]) => ({ role, base64: candidate(role, lines) })),
    };
    return shellSettings(shellVariables(settings), quote);
  }

  /**
   * What stands before the script, where all of it is known at synth.
   * @throws if a Terraform token is in it
   */
  plainSettings(): string {
    return this.settingsText(PLAIN);
  }

  /**
   * The whole script, which runs as root: `sh -s -- HOST ADDRESS ACTION WHO SIBLINGS`.
   * @throws if a Terraform token is in it
   */
  toShell(): string {
    return this.plainSettings() + shellSettings(keptScript()) + runScript();
  }
}

/** What only helps the library, and the people on call. */
function helpersOf(service: Service, { watches }: DeployStrategy): InstalledFile[] {
  const follow = watches.length > 0 ? [followHelperOf(service)] : [];
  return [...unitHelpersOf(service), onCallNotesOf(service), ...follow];
}

const TO_SHELL = PropPath.of("Bundle.toShell");

const PLAIN: Encoding = {
  quote: (value) => shellQuoted(checkKnown(TO_SHELL, value)),
  hash: (files) => hashOf(files.filter(({ effect }) => effect === "unit" || effect === "drop-in")),
  file: ({ content }) => base64(TO_SHELL, content),
  candidate: (_, lines) => base64(TO_SHELL, textOf(lines)),
};

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * A file's content on its way to a host.
 * @throws if a Terraform token is in it
 */
export function base64(at: PropPath, content: string): string {
  return Buffer.from(checkKnown(at, content)).toString("base64");
}

/** As the engine makes it of the same units. */
function hashOf(units: readonly InstalledFile[]): string {
  const texts = units.map(({ path, content }) => `${posix.basename(path)}\n${content.replace(/\n$/, "")}`);
  return createHash("sha256").update(texts.sort().join("\n")).digest("hex").slice(0, 12);
}
