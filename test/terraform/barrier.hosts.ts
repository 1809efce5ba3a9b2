import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TerraformResource } from "cdktf";
import { Bind, Host, PumaService, Rollout, SshKey } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { changesOf } from "../../lab/engine/output";
import { type Build, Workspace } from "../../lab/engine/workspace";

/** Installs on no host, but runs on the machine of the engine: it fails where a file says so. */
const install = (name: string) => ({ type: "local-exec", command: `test ! -e fail-${name}` }) as const;

function stackWith(edited: string, batchSize = 2): Build {
  return (stack) => {
    const service = new PumaService(stack, "web", {
      hosts: [..."abcdef"].map((name) => new Host(name, { address: name, key: SshKey.agent() })),
      rollout: Rollout.rolling({ batchSize }),
      environment: { EDITED: edited },
      binds: [Bind.tcp(9292)],
      user: "deploy",
      workingDirectory: "/srv/app/current",
    });
    for (const resource of service.resources as TerraformResource[])
      resource.provisioners = [install(resource.friendlyUniqueId.slice(-1))];
  };
}

/** The hosts that an apply has installed on, in that order. */
const installed = (said: string): string[] =>
  [...said.matchAll(/puma_web_on_(.): Creation complete/g)].map(([, name = ""]) => name);

describe.each<EngineKind>(["terraform", "tofu"])("batches, by %s", (kind) => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await Workspace.open(kind);
    await workspace.apply(stackWith("once"));
  }, 900_000);
  afterAll(() => workspace?.close());

  const planned = async (build: Build): Promise<string[]> =>
    changesOf(await workspace.plan(build)).map(({ address }) => address);

  test("another size of them alone changes nothing", async () => {
    for (const size of [1, 3, 6]) expect(await planned(stackWith("once", size))).toEqual([]);
  });

  test("the first failure stops the batches behind it, also one whose own batch has nothing else to do", async () => {
    const fail = join(workspace.folder, "fail-c");
    await writeFile(fail, "");
    const said = await workspace.applyInVain(stackWith("twice"));
    expect(installed(said).sort()).toEqual(["a", "b", "d"]);
    // What is left of the batch that failed is done, so that it alone holds the next one back.
    expect(installed(await workspace.applyInVain(stackWith("twice")))).toEqual([]);
    await rm(fail);
  });

  test("the next apply goes on there, in order, and changes the rest alone", async () => {
    const said = await workspace.apply(stackWith("twice"));
    const done = installed(said);
    expect([done[0], done.slice(1).sort()]).toEqual(["c", ["e", "f"]]);
    expect(await planned(stackWith("twice"))).toEqual([]);
  });

  test("a whole rollout keeps their order", async () => {
    const done = installed(await workspace.apply(stackWith("three times")));
    const batches = [0, 2, 4].map((from) =>
      done
        .slice(from, from + 2)
        .sort()
        .join(""),
    );
    expect(batches).toEqual(["ab", "cd", "ef"]);
  });
});
