/** Policies over plans in which the level of hardening changes. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Hardening } from "../../lib";
import { type EngineKind } from "../../lab/engine/engine";
import { type Build, Workspace } from "../../lab/engine/workspace";
import { conftest } from "../../lab/tools/conftest";
import { applyWithoutHosts } from "../e2e/shown-plans";
import { ROOT } from "../example";
import { stackWith, tell } from "./policed";

/** Of lines that a level has. */
const gone = (...lines: string[]): string[] =>
  lines.map((line) => `web.service: switches hardening off: was ${line}`);

test.each<EngineKind>(["terraform", "tofu"])("levels of hardening in plans of %s", async (kind) => {
  const workspace = await Workspace.open(kind);
  const hosts = 2;
  const directives = { MemoryMax: "1G" };
  const hardened = (hardening?: Hardening): Build => stackWith({ hosts, directives, hardening });
  try {
    await applyWithoutHosts(workspace, hardened(Hardening.ISOLATED));
    const judged = async (hardening?: Hardening): Promise<string[]> => {
      await writeFile(
        join(workspace.folder, "plan.json"),
        JSON.stringify(await workspace.plan(hardened(hardening))),
      );
      const words = ["test", "plan.json", "--policy", join(ROOT, "policy"), "--namespace", "puma"];
      return (await conftest(workspace.folder, words)).stdout
        .split("\n")
        .filter((line) => line.startsWith("FAIL"));
    };
    const told = async (what: string, hardening: Hardening | undefined, refused: string[]): Promise<void> => {
      expect(await judged(hardening)).toEqual(refused.map((text) => expect.stringContaining(text)));
      tell(kind, what, refused.length === 0 ? "passes" : `refused, by ${refused.length} of its lines`);
    };
    await told("ISOLATED, as before", Hardening.ISOLATED, []);
    await told("STRICT after ISOLATED", Hardening.STRICT, gone("PrivateNetwork=true, is not set"));
    const open = Hardening.ISOLATED.with({ CapabilityBoundingSet: "~", ProcSubset: "all" });
    const opened = [
      "CapabilityBoundingSet=, is CapabilityBoundingSet=~",
      "ProcSubset=pid, is ProcSubset=all",
    ];
    await told("ISOLATED, with two lines less", open, gone(...opened));
  } finally {
    await workspace.close();
  }
});
