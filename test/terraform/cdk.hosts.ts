import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../lab/engine/engine";
import { Rollout } from "../../lib";
import { type Cdk } from "../../lib/terraform/cdk";
import { cdktn, newHost, newService, newStack, synth, type Synthesized } from "../stack";

function synthesized(cdk?: Cdk): Synthesized {
  const stack = newStack("blog", cdk);
  const hosts = ["web1", "web2", "web3"].map((name) => newHost(name));
  newService(stack, { hosts, rollout: Rollout.rolling({ batchSize: 1 }), release: "1" });
  return synth(stack, cdk);
}

/** So that an apply connects to nobody. */
const withoutProvisioners = (json: Synthesized): Synthesized =>
  JSON.parse(JSON.stringify(json, (key, value) => (key === "provisioner" ? undefined : value)));

test.each(["terraform", "tofu"] as const)(
  "a stack that moves from cdktf and its null provider to cdktn without one changes nothing (%s)",
  async (kind) => {
    const engine = await findEngine(kind);
    const dir = await mkdtemp(join(tmpdir(), "cdktf-puma-cdk-"));
    const write = (json: Synthesized): Promise<void> =>
      writeFile(join(dir, "main.tf.json"), JSON.stringify(json));
    try {
      await write(withoutProvisioners(synthesized()));
      await engine.init(dir);
      await engine.apply(dir);
      await write(synthesized(cdktn));
      await engine.init(dir);
      expect((await engine.plan(dir)).stdout).toContain("No changes.");
    } finally {
      await rm(dir, { recursive: true });
    }
  },
  900_000,
);
