import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, engineAt, findEngine } from "../../lab/engine/engine";
import { Fleet, type FleetHost } from "../../lab/fleet/fleet";
import { builtTool } from "../../lab/tools/built";
import { type CdkName, type Consumer, Consumers, type Packages, SETUPS } from "../consumers/consumer";
import { get } from "../e2e/hosts";
import { NODES, nodeAt, table } from "./consumers";

const TEXT = `## Node.js, the CDKs, and the engines

The packed library, as npm installs it. A program of each CDK is synthesized under each Node.js, and planned and applied by each engine to
one host of Debian 13: a new release each time, which its Puma then serves, and a plan behind it that finds nothing to do.
Terraform 1.11 and 1.13 are the machine's own, or built from their Go modules
without the backends that are modules of their own (PostgreSQL, S3 and others).
`;

/** Under each Node.js, by the packed library. */
const PROGRAM = (cdk: CdkName): string => `
const { App, LocalBackend, TerraformStack } = require("${cdk}");
const { Bind, Host, PumaService, SshKey } = require("cdktf-puma");
const { name, address, user, keyFile, hostKey } = JSON.parse(process.env.MATRIX_HOST);
const app = new App({ outdir: process.env.MATRIX_OUT });
const stack = new TerraformStack(app, "matrix");
new LocalBackend(stack, { path: process.env.MATRIX_STATE });
new PumaService(stack, "web", {
  hosts: [new Host(name, { address, user, key: SshKey.file(keyFile), hostKey })],
  binds: [Bind.tcp(9292)],
  user: "deploy",
  workingDirectory: "/srv/app/current",
  environment: { RELEASE: process.env.MATRIX_RELEASE },
});
app.synth();
`;

interface Row {
  readonly node: string;
  readonly cdk: CdkName;
  readonly consumer: Consumer;
}

/** Applies what each CDK makes under each Node.js by each engine; whether all of them served it. */
export async function proveMatrix(tell: (text: string) => void): Promise<boolean> {
  const consumers = new Consumers();
  const folder = mkdtempSync(join(tmpdir(), "cdktf-puma-matrix-"));
  const fleet = await Fleet.start([{ name: "web1", release: "trixie" }]);
  try {
    const modules = join(consumers.project("tools", NODES), "node_modules");
    const engines = await allEngines();
    const head = ["synthesized by", ...engines.map(versionOf)];
    const matrix = new Matrix(fleet.host("web1"), folder, engines);
    const lines: string[][] = [];
    for (const cdk of ["cdktf", "cdktn"] as const) {
      const consumer = consumers.install(cdk, setupOf(cdk));
      for (const name of Object.keys(NODES))
        lines.push(await matrix.line({ node: join(modules, name), cdk, consumer }));
    }
    tell(`${TEXT}\n${table(head, lines)}`);
    return lines.flat().every((cell) => !cell.startsWith("**"));
  } finally {
    await fleet.stop();
    consumers.remove();
    rmSync(folder, { recursive: true });
  }
}

function setupOf(cdk: CdkName): Packages {
  return SETUPS[`${cdk} alone`] as Packages;
}

async function allEngines(): Promise<Engine[]> {
  const tofu = await findEngine("tofu");
  const terraforms = [];
  for (const version of ["1.11", "1.13"] as const) terraforms.push(await terraform(version));
  return [...terraforms, tofu];
}

/** That of the machine, if it is of this version. */
async function terraform(version: "1.11" | "1.13"): Promise<Engine> {
  const own = await findEngine("terraform").catch(() => undefined);
  if (own && versionOf(own).startsWith(`Terraform ${version}.`)) return own;
  return engineAt("terraform", await builtTool(`terraform-${version}`));
}

/** Such as `Terraform 1.11.4`. */
function versionOf({ kind, binary, env }: Engine): string {
  const options = { env, encoding: "utf8", stdio: "pipe" } as const;
  const said = JSON.parse(execFileSync(binary, ["version", "-json"], options));
  return `${kind === "tofu" ? "OpenTofu" : "Terraform"} ${said.terraform_version}`;
}

/** One host, to which everything is applied. */
class Matrix {
  private releases = 0;

  constructor(
    private readonly host: FleetHost,
    private readonly folder: string,
    private readonly engines: readonly Engine[],
  ) {}

  /** What each engine makes of what one Node.js has synthesized; in bold what is not as it should be. */
  async line(row: Row): Promise<string[]> {
    const cells = [`Node.js ${nodeAt(row.node)}, ${row.cdk} ${setupOf(row.cdk)[row.cdk]}`];
    for (const engine of this.engines) {
      const problem = await this.apply(row, engine).catch((error: Error) => error.message);
      if (problem) console.error(problem);
      cells.push(problem ? "**no**" : "yes");
    }
    return cells;
  }

  /** What is wrong; nothing where the host serves the release. */
  private async apply(row: Row, engine: Engine): Promise<string | undefined> {
    const release = `${(this.releases += 1)}`;
    const dir = this.synthesize(row, engine, release);
    await engine.init(dir);
    await engine.apply(dir);
    const served = await get(this.host, "http://127.0.0.1:9292/env?RELEASE");
    if (served !== release) return `${engine.kind}: release ${release} is not served, but ${served}`;
    const { stdout } = await engine.plan(dir);
    return stdout.includes("No changes.") ? undefined : `${engine.kind}: not all is done: ${stdout}`;
  }

  /** An engine goes on with the state that it has for this CDK. */
  private synthesize({ node, cdk, consumer }: Row, { kind, binary }: Engine, release: string): string {
    const out = join(this.folder, `${release}-${kind}`);
    const { name, address, user, keyFile, hostKey } = this.host;
    consumer.runProgram("matrix.js", PROGRAM(cdk), join(node, "bin/node"), {
      MATRIX_HOST: JSON.stringify({ name, address, user, keyFile, hostKey }),
      MATRIX_OUT: out,
      MATRIX_STATE: join(this.folder, `of-${cdk}-by-${binary.replaceAll("/", "_")}.tfstate`),
      MATRIX_RELEASE: release,
    });
    return join(out, "stacks/matrix");
  }
}
