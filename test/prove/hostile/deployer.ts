import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { PumaService, type PumaServiceProps } from "../../../lib";
import { outputOf } from "../../../lab/engine/output";
import type { Workspace } from "../../../lab/engine/workspace";
import { declared, PUMA } from "../../e2e/hosts";
import { type Kind, KINDS, serviceOf } from "./deploys";
import type { HostileHost } from "./hostile-host";
import { type Apply, endOf, lies } from "./verdict";

/** Applies one version after another. */
export class Deployer {
  private count = 0;
  private healthy = "";
  /** What the healthy version says. */
  private last: Partial<PumaServiceProps> = {};

  constructor(
    private readonly hostile: HostileHost,
    private readonly workspace: Workspace,
  ) {}

  /** An apply that nobody disturbs, which has to be done. */
  async quiet(): Promise<string[]> {
    const apply = await this.apply({ name: "quiet", props: () => ({}) });
    return endOf(apply) === "done" ? lies(apply) : [`a quiet apply is not done: ${apply.said}`];
  }

  async deployFor(seconds: number): Promise<Apply[]> {
    const applies: Apply[] = [];
    const ends = Date.now() + seconds * 1000;
    while (Date.now() < ends) {
      const apply = await this.apply(KINDS[applies.length % KINDS.length] as Kind);
      applies.push(apply);
      const wrong = lies(apply);
      console.log(
        `${apply.kind}: ${endOf(apply)}, ${apply.seconds.toFixed(1)} s${wrong.map((one) => ` **${one}**`).join("")}`,
      );
      if (wrong.length > 0) console.log(apply.said);
    }
    return applies;
  }

  /** What is wrong once nobody is hostile any more. */
  async settle(): Promise<string[]> {
    await this.hostile.version();
    const damage = await this.hostile.damage();
    const wrong = await this.quiet();
    return [...damage, ...wrong];
  }

  private async apply({ name, bad = false, same = false, props }: Kind): Promise<Apply> {
    const wanted = same ? this.healthy : String(++this.count);
    let given: Partial<PumaServiceProps> = {};
    await this.workspace.synth((stack) => {
      given = same ? this.last : props(stack);
      this.declare(stack, wanted, given);
    });
    const ran = await this.run(same);
    const { healthy } = this;
    if (!ran.failed) [this.healthy, this.last] = [wanted, given];
    return {
      kind: name,
      bad,
      wanted,
      healthy,
      limit: this.limit(),
      ...ran,
      answers: await this.hostile.version(),
    };
  }

  /** Lets the engine apply what stands in the workspace, also where it would find nothing to do. */
  private async run(always: boolean): Promise<Pick<Apply, "failed" | "said" | "seconds">> {
    const { folder, engine } = this.workspace;
    const resource = `null_resource.puma_web_on_${this.hostile.host.name}`;
    const began = Date.now();
    const args = always ? [`-replace=${resource}`] : [];
    const { code, stdout, stderr } = await engine.apply(folder, args, { allowFailure: true });
    const seconds = (Date.now() - began) / 1000;
    const said = outputOf(stdout + stderr, resource);
    if (said === "") console.log(stdout + stderr);
    return { failed: code !== 0, said, seconds };
  }

  private declare(stack: TerraformStack, version: string, props: Partial<PumaServiceProps>): void {
    const { host } = this.hostile;
    new PumaService(stack, "web", {
      name: "web",
      hosts: [declared(host)],
      pumaVersion: PUMA[host.release],
      ...serviceOf(stack, version, props),
    });
  }

  /** Seconds that the run may take, by what is sent to the host. */
  private limit(): number {
    const text = readFileSync(join(this.workspace.folder, "cdk.tf.json"), "utf8");
    return Number(/PUMA_RUN_TIMEOUT=\W*(\d+)/.exec(text)?.[1]);
  }
}
