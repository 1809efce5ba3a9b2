import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Build, Workspace } from "../lab/engine/workspace";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource } from "@cdktf/provider-null/lib/resource";
import { SshKey } from "../lib";
import { byHand } from "./by-hand";
import { fleet, type Machine } from "./fleet";

/** The service on so many hosts, all at once or in batches of a quarter. */
export const service =
  (hosts: number, rolling = false): Build =>
  (stack) =>
    fleet(stack, machines(hosts), rolling, SshKey.agent());

/** The same hosts by resources that are written by hand. */
export const handWritten =
  (hosts: number): Build =>
  (stack) =>
    byHand(stack, machines(hosts), { agent: true });

/** So many resources that nothing is done by. */
export const bare =
  (hosts: number): Build =>
  (stack) => {
    new NullProvider(stack, "null");
    for (const { name } of machines(hosts)) new Resource(stack, name);
  };

function machines(count: number): Machine[] {
  const hostKey = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE0=";
  return Array.from({ length: count }, (_, i) => ({
    name: `web${i + 1}`,
    address: `10.1.${i >> 8}.${i & 255}`,
    hostKey,
  }));
}

/** How timeout(1) ends where the time was over. */
const TIMED_OUT = 124;

/** What a plan took, in seconds. */
export interface Took {
  readonly passed: number;
  /** Of processors; Infinity if it came to no end. */
  readonly cpu: number;
  readonly hasChanges: boolean;
}

/** A stack that is planned, and applied without its provisioners, so that no host is needed. */
export class Planned {
  private constructor(private readonly workspace: Workspace) {}

  static async of(build: Build): Promise<Planned> {
    const workspace = await Workspace.open();
    await workspace.synth(build);
    return new Planned(workspace);
  }

  /** @param limit seconds, after which it ends: what it took then is at least that, and its changes are not known */
  plan(limit = 0): Took {
    const { engine, folder } = this.workspace;
    const script = 'TIMEFORMAT="%R %U %S"; time timeout "$@" >plan.txt 2>&1';
    const command = [String(limit), engine.binary, "plan", "-input=false", "-detailed-exitcode"];
    const { status, stderr } = spawnSync("bash", ["-c", script, "bash", ...command], {
      cwd: folder,
      env: engine.env,
      encoding: "utf8",
    });
    if (status === TIMED_OUT) return { passed: limit, cpu: Infinity, hasChanges: true };
    if (status !== 0 && status !== 2) throw new Error(readFileSync(join(folder, "plan.txt"), "utf8"));
    const [passed = NaN, user = NaN, system = NaN] = stderr.split(" ").map(Number);
    return { passed, cpu: user + system, hasChanges: status === 2 };
  }

  /** Applies, and tells how many bytes the state has. */
  async apply(): Promise<number> {
    const { engine, folder } = this.workspace;
    const file = join(folder, "cdk.tf.json");
    const configuration = readFileSync(file, "utf8");
    writeFileSync(file, withoutProvisioners(configuration));
    await engine.apply(folder);
    writeFileSync(file, configuration);
    return statSync(join(folder, "terraform.tfstate")).size;
  }

  close(): Promise<void> {
    return this.workspace.close();
  }
}

function withoutProvisioners(configuration: string): string {
  return JSON.stringify(
    JSON.parse(configuration, (key, value: unknown) => (key === "provisioner" ? undefined : value)),
  );
}
