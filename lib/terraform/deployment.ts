import { type ITerraformDependable, Lazy } from "cdktf";
import { type Construct } from "constructs";
import { type Host } from "../host/host";
import { assignments, type Variables } from "../deploy/variables";
import { type UnitFile } from "../systemd/unit-file";
import { holdsToken } from "../values/marker";
import { tokenConditions } from "./conditions";
import { install, type PlaceInRollout } from "./installation";
import { type Resource } from "./null-provider";
import { type RemovalFailure } from "./removal";
import { type Rollout } from "../deploy/rollout";
import { StackContent } from "./stack-resources";
import { TerraformData } from "./terraform-data";
import { shellWord, unitLine } from "./terraform-text";
import { mapTokens, quotedByEngine } from "./tokens";

/** What one PumaService asks for. */
export interface DeploymentOptions {
  /** How errors name the PumaService. */
  readonly prop: string;
  readonly service: string;
  readonly hosts: readonly Host[];
  readonly units: ReadonlyMap<string, UnitFile>;
  readonly variables: Variables;
  /** Values that may hold tokens, by the prop that they were given as. */
  readonly values: Readonly<Record<string, string>>;
  readonly release: string;
  /** Seconds that a run waits for another one of the same service on the same host. */
  readonly lockTimeout: number;
  readonly removalFailure: RemovalFailure;
  readonly rollout: Rollout;
  readonly dependsOn: ITerraformDependable[];
}

/** Transitional, until the units of candidates are rendered as such: their commands are Exec lines. */
function withQuotedCommands(variables: Variables): Variables {
  const quote = (command: string): string =>
    mapTokens(
      command,
      (piece) => piece,
      (token) => quotedByEngine(token, { dollar: true }),
    );
  const { rehearsal_command = "", standin_command = "" } = variables;
  return {
    ...variables,
    rehearsal_command: quote(rehearsal_command),
    standin_command: quote(standin_command),
  };
}

/** Puts a service on its hosts: texts once for all hosts, a resource for each, and their removal. */
export class Deployment {
  /** What others can depend on: one resource for each host. */
  readonly resources: Resource[];

  private readonly stack: StackContent;
  private readonly id: string;

  constructor(
    private readonly scope: Construct,
    private readonly options: DeploymentOptions,
  ) {
    const { prop, service, hosts, removalFailure } = options;
    this.stack = StackContent.of(scope);
    this.id = this.stack.variantId(service, hosts);
    this.writeTexts();
    this.review();
    this.resources = this.install();
    const { removal, owner } = this.stack;
    for (const host of hosts) removal.add(prop, service, owner, host, removalFailure);
  }

  /** What all hosts have in common. */
  private writeTexts(): void {
    const { units, variables } = this.options;
    const lines = (unit: UnitFile): string[] => unit.lines.map(unitLine);
    const unitLines = (): unknown =>
      Object.fromEntries([...units].map(([file, unit]) => [file, lines(unit)]));
    this.local("units", Lazy.anyValue({ produce: unitLines }));
    const settings = assignments(withQuotedCommands(variables), shellWord);
    this.local("settings", `owner='${this.stack.owner}'\n${settings}`);
    this.local(
      "hashes",
      `\${{ for file, lines in local.${this.id}_units : file => substr(sha256(join("\\n", lines)), 0, 12) }}`,
    );
    this.local("apply", this.applyScript());
  }

  private local(name: string, expression: unknown): void {
    this.stack.local(this.scope, `${this.id}_${name}`, expression);
  }

  /** The whole script of a host, without what differs from host to host. */
  private applyScript(): string {
    const { service, lockTimeout } = this.options;
    const text = `base64encode(join("\\n", concat(lines, [""])))`;
    const files = `join("\\n", [for file, lines in local.${this.id}_units : "\${file} \${${text}}"])`;
    const payload = [
      `local.${this.id}_settings`,
      `"hash=\${substr(sha256(jsonencode(local.${this.id}_hashes)), 0, 12)}\\n"`,
      `"files='stop.sh \${base64encode(local.${this.stack.stopScript})}\\n\${${files}}'\\n"`,
      `local.${this.stack.hostScript}`,
    ];
    return [
      assignments({ service, action: "apply", lock_timeout: String(lockTimeout) }, shellWord),
      `payload='\${base64encode(join("", [${payload.join(", ")}]))}'\n`,
      `\${local.${this.stack.launchScript}}`,
    ].join("");
  }

  /** For the reviewer of a plan: each changed line of a unit, once, however many hosts it goes to. */
  private review(): void {
    const review = new TerraformData(this.scope, "units", { triggersReplace: `\${local.${this.id}_units}` });
    review.overrideLogicalId(this.id);
    const { prop, values, release } = this.options;
    review.lifecycle = tokenConditions(values, { [`${prop} 'release'`]: release });
  }

  private install(): Resource[] {
    const { hosts, rollout, dependsOn } = this.options;
    const batches = rollout.batches(hosts);
    const keepsDiff = batches.length > 1 && this.refersToNothing();
    let before: Resource[] = [];
    return batches.flatMap((batch, i) => {
      const place = { dependsOn: [...dependsOn, ...before], pause: i === 0 ? 0 : rollout.pause, keepsDiff };
      before = batch.map((host) => this.installOn(host, place));
      return before;
    });
  }

  private installOn(host: Host, place: PlaceInRollout): Resource {
    const { service, units, release } = this.options;
    return install(this.scope, host, {
      ...place,
      release,
      id: this.stack.claim(`puma_${service}_on_${host.name}`),
      texts: this.id,
      files: [...units.keys()],
      siblings: this.stack.servicesOn(host),
    });
  }

  /**
   * Replacement destroys first, so a stopped rollout would forget what its later batches had, unless what is new is
   * created first. That spreads along every reference, so it is for services that refer to nothing of the user's.
   */
  private refersToNothing(): boolean {
    const { hosts, values, release, dependsOn } = this.options;
    return dependsOn.length === 0 && !holdsToken([hosts.map((host) => host.options), values, release]);
  }
}
