import * as cdk from "cdktf";
import { TerraformLocal, TerraformVariable } from "cdktf";
import { Host, SshKey } from "../../lib";
import {
  choice,
  fieldsWithStringTokens,
  needsSudo,
  quotedByEngine,
  stringTokensIn,
  withStringTokens,
} from "../../lib/terraform/tokens";
import { type IBooleanToken } from "../../lib/values/marker";
import { newStack, synth } from "../stack";

/** What Terraform is given for an expression of tokens. */
function written(expression: (text: string, number: number, flag: IBooleanToken) => unknown): unknown {
  const stack = newStack();
  const { booleanValue } = new TerraformVariable(stack, "b", { type: "bool" });
  const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
  const { numberValue } = new TerraformVariable(stack, "n", { type: "number" });
  new TerraformLocal(stack, "written", expression(stringValue, numberValue, booleanValue));
  return synth(stack).locals.written;
}

test.each([
  [false, '${replace(trimsuffix(trimprefix(jsonencode(tostring(var.v)), "\\""), "\\""), "%", "%%")}'],
  [
    true,
    '${replace(replace(trimsuffix(trimprefix(jsonencode(tostring(var.v)), "\\""), "\\""), "%", "%%"), "$", "$$")}',
  ],
])("the engine quotes a token's value (with dollars: %s)", (dollar, expression) => {
  expect(written((text) => quotedByEngine(cdk, text, { dollar }))).toBe(expression);
});

test("a number in a string is seen where cdktf alone would overlook it", () => {
  expect(written((_, number) => withStringTokens(cdk, `v-${number}`))).toBe("v-${var.n}");
  expect(written((text, number) => stringTokensIn(cdk, `${text}1${number}00`))).toEqual([
    "${var.v}",
    "${var.n}",
  ]);
  expect(
    written((text, number) => fieldsWithStringTokens(cdk, { a: `1${number}`, b: text, c: 5, d: undefined })),
  ).toEqual({ a: "1${var.n}", b: "${var.v}", c: 5 });
});

test("the engine decides who needs sudo if it alone knows the user", () => {
  const host = (user: string) => new Host("web1", { address: "192.0.2.1", key: SshKey.agent(), user });
  expect([needsSudo(cdk, host("root")), needsSudo(cdk, host("ops"))]).toEqual([false, true]);
  expect(written((text) => needsSudo(cdk, host(text)))).toBe('${(var.v != "root")}');
  expect(written((_, number) => needsSudo(cdk, host(`u-${number}`)))).toBe('${("u-${var.n}" != "root")}');
});

test("the engine chooses between two strings", () => {
  expect(written((_text, _number, flag) => choice(cdk, flag, "yes", "no"))).toBe('${var.b ? "yes" : "no"}');
});
