import * as cdktf from "cdktf";
import { type Cdk } from "../../lib/terraform/cdk";
import { SshKey } from "../../lib";
import { cdktn, errorOf, newHost, newService, newStack, synth } from "../stack";

/** What each writes of itself, and what it knows of the provider. */
const ITS_OWN = ["//", "required_providers"];

const essence = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json, (key, value) => (ITS_OWN.includes(key) ? undefined : value)));

/** A stack with a token in every place that takes one. */
function withTokens(cdk: Cdk): cdktf.TerraformStack {
  const stack = newStack("blog", cdk);
  const { stringValue, numberValue, booleanValue } = new cdk.TerraformVariable(stack, "v", {});
  const login = { address: stringValue, port: numberValue, user: stringValue, key: SshKey.file(stringValue) };
  newService(stack, {
    hosts: [newHost("a", { ...login, sudo: booleanValue, bastion: login }), newHost("b", login)],
    environment: { A: `a ${stringValue}` },
    args: [`v-${numberValue}`],
    release: stringValue,
    dependsOn: [new cdk.TerraformLocal(stack, "before", 1)],
  });
  return stack;
}

test.each([
  ["cdktf", cdktf],
  ["cdktn", cdktn],
])("the resources in a stack of %s are its own", (_, cdk) => {
  const service = newService(newStack("blog", cdk));
  expect(service.resources[0]).toBeInstanceOf(cdk.TerraformResource);
});

test("on both a stack is the same, side by side in one program", () => {
  const [one, other] = [withTokens(cdktf), withTokens(cdktn)];
  expect(essence(synth(other, cdktn))).toEqual(essence(synth(one)));
});

test("outside a stack there is neither", () => {
  const app = newStack().node.root as cdktf.TerraformStack;
  expect(errorOf(() => newService(app))).toBe(
    "cdktf-puma: 'web' must be in a TerraformStack, and is in none",
  );
});

test("a stack of another copy is refused, and the error says what to do", () => {
  // What the library finds, it has found before there is another copy.
  newService(newStack());
  jest.isolateModules(() => {
    const copy = jest.requireActual<Cdk>("cdktf");
    expect(errorOf(() => newService(newStack("blog", copy)))).toMatch(
      /^cdktf-puma: the stack 'blog' is of another copy of cdktf or cdktn than cdktf-puma itself finds \(.*cdktf\/lib\/index\.js, .*cdktn\/lib\/index\.js\)\. 'npm ls cdktf cdktn' shows all copies\./,
    );
  });
});
