/** Removals of hosts that refer to resources: those have no order. */
import { Fn, TerraformVariable } from "cdktf";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { SshKey } from "../../lib";
import { newHost, newService, newStack, synth, type Synthesized } from "../stack";

const provisionerOf = (removal: Synthesized) => removal.provisioner[0]["remote-exec"] as Synthesized;

describe("a host that refers to resources", () => {
  const madeWith = (options: (text: string) => object): Synthesized => {
    const stack = newStack();
    const machine = new NullResource(stack, "machine");
    newService(stack, { hosts: [newHost("a", options(machine.id))] });
    return synth(stack);
  };
  const WAYS = [
    ["address", (text: string) => ({ address: text })],
    ["user", (text: string) => ({ user: text })],
    ["certificate", (text: string) => ({ certificate: text })],
    ["user, within a text of an expression", (text: string) => ({ user: Fn.lower(`ops-${text}`) })],
  ] as const;

  test.each(WAYS)("by its %s has a removal without an order, which does not spread to them", (_, options) => {
    const { resource, locals } = madeWith(options);
    const removal = resource.terraform_data.puma_unordered_removals;
    expect(Object.keys(locals.puma_unordered_removals_hosts)).toEqual(["web@a"]);
    expect(locals.puma_removals_hosts).toEqual({});
    expect(removal).toMatchObject({
      triggers_replace: "${local.puma_unordered_removals_hosts[each.key].address}",
      input: "${merge(local.puma_unordered_removals_hosts[each.key], { owner = local.puma_owner })}",
    });
    expect(removal).not.toHaveProperty("lifecycle");
    expect(resource.terraform_data.pumas_by_host.input).toEqual({ a: "web" });
  });

  test("is told from the same one whose address stands in the program, on the host as well", () => {
    const { resource } = madeWith((text) => ({ address: text }));
    const { triggers, provisioner } = resource.null_resource.puma_web_on_a;
    expect(triggers).toContain('"address" = "${null_resource.machine.id} (known to the engine)"}');
    expect(provisioner[0]["remote-exec"].inline[0]).toContain(" (known to the engine)' ");
    expect(provisionerOf(resource.terraform_data.puma_unordered_removals).inline[0]).toContain(
      " (known to the engine)' ",
    );
    expect(provisionerOf(resource.terraform_data.puma_removals).inline[0]).not.toContain(
      "known to the engine",
    );
  });

  test("is none that refers to a variable, but by its address, which is no part of a key then", () => {
    const keysWith = (options: (text: string) => object): object => {
      const stack = newStack();
      const variable = new TerraformVariable(stack, "v", { default: "x" }).stringValue;
      newService(stack, { hosts: [newHost("a", options(variable))] });
      const { puma_removals_hosts: ordered, puma_unordered_removals_hosts: others } = synth(stack).locals;
      return [Object.keys(ordered), Object.keys(others)];
    };
    expect(keysWith((text) => ({ user: text }))).toEqual([["web@a@a.example.org"], []]);
    expect(keysWith((text) => ({ key: SshKey.file(text) }))).toEqual([["web@a@a.example.org"], []]);
    expect(keysWith((text) => ({ address: text }))).toEqual([[], ["web@a"]]);
  });
});
