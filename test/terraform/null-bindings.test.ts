import { cdktn, newService, newStack, synth } from "../stack";

/** As the bindings for the fork are, which not every registry has: those for cdktf, upon the fork. */
jest.mock(
  "@cdktn/provider-null",
  () => {
    const fork = jest.requireActual("cdktn");
    let bindings: unknown;
    jest.isolateModules(() => {
      jest.doMock("cdktf", () => fork);
      bindings = jest.requireActual("@cdktf/provider-null");
    });
    jest.dontMock("cdktf");
    return bindings;
  },
  { virtual: true },
);

test("where bindings of the provider are installed for both CDKs, each stack gets those of its own", () => {
  const [stack, other] = [newStack(), newStack("blog", cdktn)];
  newService(stack);
  const [resource] = newService(other).resources;
  expect(resource).toBeInstanceOf(cdktn.TerraformResource);
  for (const json of [synth(stack), synth(other, cdktn)]) {
    expect(json.terraform.required_providers).toEqual({ null: { source: "null", version: "3.2.4" } });
    expect(json.provider).toEqual({ null: [{}] });
  }
});
