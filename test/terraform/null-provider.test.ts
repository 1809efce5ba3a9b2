import { NullProvider } from "@cdktf/provider-null/lib/provider";
import * as cdktf from "cdktf";
import { TerraformProvider, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { cdktn, newHost, newService, newStack, synth } from "../stack";

function providersOf(build: (stack: TerraformStack) => void): unknown {
  const stack = newStack();
  build(stack);
  return synth(stack).provider.null;
}

test("a stack without a null provider gets one, however many services are in it", () => {
  expect(
    providersOf((stack) => {
      newService(stack);
      newService(stack, { hosts: [newHost("b")] }, "api");
    }),
  ).toEqual([{}]);
});

test.each<[string, (stack: TerraformStack) => void]>([
  ["before", (stack) => (new NullProvider(stack, "mine"), newService(stack))],
  ["after", (stack) => (newService(stack), new NullProvider(stack, "mine"))],
  ["deep inside", (stack) => (newService(stack), new NullProvider(new Construct(stack, "deep"), "mine"))],
])("one that its author adds %s is enough", (_, build) => {
  expect(providersOf(build)).toEqual([{}]);
});

test("one of bindings that `cdktf get` generated is enough", () => {
  class Generated extends TerraformProvider {}
  const config = { terraformResourceType: "null", terraformGeneratorMetadata: { providerName: "null" } };
  expect(
    providersOf((stack) => {
      newService(stack);
      new Generated(stack, "mine", config);
    }),
  ).toEqual([{}]);
});

test("one with an alias is no default", () => {
  expect(
    providersOf((stack) => {
      newService(stack);
      new NullProvider(stack, "mine", { alias: "other" });
    }),
  ).toEqual([{}, { alias: "other" }]);
});

test.each([
  ["cdktf", cdktf],
  ["cdktn", cdktn],
])("whatever its author calls 'null' stays out of its way, by %s", (_, cdk) => {
  const stack = newStack("blog", cdk);
  new Construct(stack, "null");
  newService(stack);
  expect(synth(stack, cdk).provider.null).toEqual([{}]);
});

test("synthesizing twice adds none", () => {
  const stack = newStack();
  newService(stack);
  expect(synth(stack).provider).toEqual(synth(stack).provider);
});

test("a stack without services gets none", () => {
  expect(synth(newStack())).not.toHaveProperty("provider");
});

test("where no bindings are installed for a CDK, the library's own lines stand for them", () => {
  const stack = newStack("blog", cdktn);
  newService(stack);
  expect(synth(stack, cdktn)).toMatchObject({
    terraform: { required_providers: { null: { source: "hashicorp/null", version: "~> 3.2" } } },
    provider: { null: [{}] },
    resource: {
      null_resource: {
        puma_web_on_web1: { triggers: expect.stringContaining('{ host = "web1", ') as unknown },
      },
    },
  });
});
