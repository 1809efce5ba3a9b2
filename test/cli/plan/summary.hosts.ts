/** What is said of what engines plan, as docs/ci.md shows it. No host is asked: the state is that of an apply without provisioners. */
import { readFileSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import * as fork from "cdktn";
import { type EngineKind } from "../../../lab/engine/engine";
import { Workspace } from "../../../lab/engine/workspace";
import {
  Bind,
  Host,
  PumaDropIn,
  PumaService,
  PumaSocket,
  Restart,
  Rollout,
  Secrets,
  SshKey,
  Task,
} from "../../../lib";
import { main } from "../../../lib/cli/main";
import { applyWithoutHosts } from "../../e2e/shown-plans";
import { cdktn, newStack, synth } from "../../stack";

const PAGE = join(__dirname, "../../../docs/ci.md");
const HOST_KEY = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE0=";

/** What is edited of the stack. */
interface Edit {
  readonly names: readonly string[];
  readonly greeting: string;
  readonly memory: string;
  readonly release: string;
  readonly version: string;
  readonly files: number;
}

const BEFORE: Edit = {
  names: ["web1", "web2", "web3", "web4"],
  ...{ greeting: "hello", memory: "1G", release: "2026-11-26.1", version: "3", files: 65536 },
};
const AFTER: Edit = {
  names: ["web1", "web2", "web3", "web5"],
  ...{ greeting: "good morning", memory: "2G", release: "2026-11-27.1", version: "4", files: 131072 },
};

const host = (name: string, address: string): Host =>
  new Host(name, { address, user: "ops", key: SshKey.agent(), hostKey: HOST_KEY });

/** A rollout with a canary, a migration and a secret, beside a drop-in. */
function fill(
  stack: TerraformStack,
  edit: Edit,
  Variable: typeof TerraformVariable = TerraformVariable,
): void {
  const { names, greeting, memory, release, version, files } = edit;
  const base = new Variable(stack, "secret_key_base", { type: "string", sensitive: true, default: "a" });
  new PumaService(stack, "web", {
    hosts: names.map((name) => host(name, `10.0.1.1${name.slice(3)}`)),
    ...{ user: "deploy", workingDirectory: "/srv/blog/current" },
    socket: new PumaSocket(stack, "socket", { binds: [Bind.tcp(9292)] }),
    environment: { GREETING: greeting },
    directives: { Service: { MemoryMax: memory } },
    secrets: Secrets.environment({ SECRET_KEY_BASE: base.stringValue }, { version }),
    restart: Restart.overlap(),
    release,
    tasks: [Task.once(["bin/rails", "db:migrate"])],
    rollout: Rollout.rolling({ canaries: 1, batchSize: 2 }),
  });
  new PumaDropIn(stack, "tuning", {
    hosts: [host("social1", "10.0.1.21")],
    unit: "mastodon-web.service",
    directives: { Service: { LimitNOFILE: files } },
  });
}

describe.each<EngineKind>(["terraform", "tofu"])("by %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await applyWithoutHosts(workspace, (stack) => fill(stack, BEFORE));
  }, 900_000);
  afterAll(() => workspace?.close());

  /** Plans what stands in the folder, and says it. */
  const said = async (): Promise<string> => {
    const { engine, folder } = workspace;
    await engine.plan(folder, ["-out=plan"]);
    const { stdout } = await engine.run(folder, ["show", "-json", "plan"]);
    await writeFile(join(folder, "plan.json"), stdout);
    let out = "";
    expect(
      await main(["summary", join(folder, "plan.json")], {
        out: (text) => (out += text),
        err: (text) => (out += text),
      }),
    ).toBe(0);
    return out;
  };
  const ofCdktf = async (edit: Edit): Promise<string> => {
    await workspace.synth((stack) => fill(stack, edit));
    return said();
  };
  const ofCdktn = async (edit: Edit): Promise<string> => {
    const stack = newStack("blog", cdktn);
    fill(stack, edit, fork.TerraformVariable as unknown as typeof TerraformVariable);
    const file = join(workspace.folder, "cdk.tf.json");
    const { terraform } = JSON.parse(await readFile(file, "utf8")) as { terraform: { backend: object } };
    const json = synth(stack, cdktn);
    await writeFile(
      file,
      JSON.stringify({ ...json, terraform: { ...json.terraform, backend: terraform.backend } }),
    );
    return said();
  };

  test("nothing changed", async () => {
    expect(await ofCdktf(BEFORE)).toContain("\n\nNothing changes.\n");
  });

  test("the comment of docs/ci.md, for cdktf as for cdktn", async () => {
    const comment = await ofCdktf(AFTER);
    const page = readFileSync(PAGE, "utf8");
    const [, shown = ""] = /^````markdown\n([^]*?)^````$/m.exec(page) ?? [];
    if (process.env.WRITE_PLANS === "true")
      writeFileSync(
        PAGE,
        page.replace(shown, () => comment),
      );
    else expect(shown).toBe(comment);
    expect(await ofCdktn(AFTER)).toBe(comment);
  });
});
