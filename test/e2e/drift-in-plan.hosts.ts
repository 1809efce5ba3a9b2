/** What a plan has of what was edited by hand, as docs/drift.md shows it; the state is that of an apply without provisioners. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bind, Drift, Host, PumaService, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { changesOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { checkPage, applyWithoutHosts } from "./shown-plans";

const DOCS = join(__dirname, "../../docs/drift.md");

describe.each<EngineKind>(["terraform", "tofu"])("by %s", (kind) => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await apply(web());
  });
  afterAll(() => workspace?.close());

  /** Two hosts, and what was seen of the second. */
  const web =
    (sentence?: string): Build =>
    (stack) => {
      const file = join(workspace.folder, "cdktf-puma.drift.json");
      const seen = sentence === undefined ? {} : { blog: { "web on web2": [sentence] } };
      writeFileSync(file, JSON.stringify({ format: 1, stacks: seen }));
      Drift.of(stack).read(file);
      const hosts = ["web1", "web2"].map(
        (name, i) => new Host(name, { address: `10.0.1.1${i}`, user: "ops", key: SshKey.agent() }),
      );
      new PumaService(stack, "web", {
        hosts,
        binds: [Bind.tcp(9292)],
        user: "app",
        workingDirectory: "/srv",
      });
    };

  const apply = (build: Build): Promise<void> => applyWithoutHosts(workspace, build);

  const changed = async (build: Build): Promise<string[]> =>
    changesOf(await workspace.plan(build)).map(({ address }) => address);

  test("its host alone, once, and once more for what is done next", async () => {
    const first = web("web.service edited by hand, 2026-11-26 14:02:11");
    await workspace.synth(first);
    await checkPage(DOCS, "In the plan", workspace);
    expect(await changed(first)).toEqual(["null_resource.puma_web_on_web2"]);
    await apply(first);
    expect(await changed(first)).toEqual([]);
    const next = web("web.service edited by hand, 2026-11-27 08:30:00");
    expect(await changed(next)).toEqual(["null_resource.puma_web_on_web2"]);
  });
});
