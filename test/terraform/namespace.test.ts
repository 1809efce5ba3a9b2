import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { type App, TerraformStack } from "cdktf";
import { Namespace } from "../../lib/terraform/namespace";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const INPUT = "cross-stack-reference-input-machines";
const OUTPUT = "cross-stack-output-null_resourcemachineid";
const FOREIGN = `\${data.terraform_remote_state.${INPUT}.outputs.${OUTPUT}}`;

/** What a stack and another one of the same app become, where the first one is given the id of a machine in the other. */
function synthesized(use: (stack: TerraformStack, id: string) => void): Record<string, Synthesized> {
  const machines = newStack("machines");
  const app = machines.node.root as App;
  new NullProvider(machines, "null");
  const { id } = new NullResource(machines, "machine");
  use(new TerraformStack(app, "blog"), id);
  app.synth();
  const read = (name: string): Synthesized =>
    JSON.parse(readFileSync(join(app.outdir, "stacks", name, "cdk.tf.json"), "utf8"));
  return { blog: read("blog"), machines: read("machines") };
}

describe("what is complete at synth only", () => {
  test("is a local with all that came after it", () => {
    const stack = newStack();
    const hosts: Record<string, string> = {};
    expect(new Namespace().late(stack, "all_hosts", () => hosts)).toBe("all_hosts");
    hosts.a = "10.0.0.1";
    expect(synth(stack).locals).toEqual({ all_hosts: { a: "10.0.0.1" } });
  });

  test.each([
    ["a value", (id: string) => ({ a: id })],
    ["a part of one, however deep", (id: string) => ({ a: [{ b: `on ${id}` }] })],
  ])("reads what another stack gives out, as %s, and lets it be given out", (_, valueOf) => {
    const { blog, machines } = synthesized((stack, id) =>
      new Namespace().late(stack, "all_hosts", () => valueOf(id)),
    );
    expect(blog?.locals.all_hosts).toEqual(valueOf(FOREIGN));
    expect(blog?.data.terraform_remote_state).toHaveProperty(INPUT);
    expect(machines?.output[OUTPUT].value).toBe("${null_resource.machine.id}");
  });

  test("does so for the address by which a removal reaches its host", () => {
    const { blog } = synthesized((stack, address) =>
      newService(stack, { hosts: [newHost("a", { address })] }),
    );
    expect(blog?.locals.puma_unordered_removals_hosts["web@a"].address).toBe(FOREIGN);
  });

  test("has its name alone", () => {
    const stack = newStack();
    const names = new Namespace();
    names.late(stack, "all_hosts", () => ({}));
    expect(() => names.late(stack, "all_hosts", () => ({}))).toThrow("choose other names");
  });
});
