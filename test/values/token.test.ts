import { TerraformLocal, TerraformVariable } from "cdktf";
import { holdsListToken, isToken, mapPieces, quotedByEngine, tokensIn } from "../../lib/values/token";
import { newStack, synth } from "../stack";

const variable = () => new TerraformVariable(newStack(), "v", { type: "string" });

test("tokens are told from texts, and those of lists from those of texts", () => {
  const { stringValue, numberValue, listValue } = variable();
  expect([stringValue, `a${stringValue}b`, numberValue, "text", 1, undefined].map(isToken)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([listValue[0], stringValue, "text"].map(holdsListToken)).toEqual([true, false, false]);
});

test("a text is rendered piece by piece, and a piece hears that a token follows it", () => {
  const { stringValue } = variable();
  const literal = (piece: string, beforeToken: boolean) => `(${piece}${beforeToken ? ">" : ""})`;
  expect(mapPieces(`a${stringValue}b`, literal, () => "T")).toBe("(a>)T(b)");
  expect(mapPieces("plain", literal, () => "T")).toBe("(plain)");
  expect(tokensIn(`a${stringValue}b${stringValue}`)).toEqual([stringValue, stringValue]);
});

test.each([
  [false, '${replace(trimsuffix(trimprefix(jsonencode(tostring(var.v)), "\\""), "\\""), "%", "%%")}'],
  [
    true,
    '${replace(replace(trimsuffix(trimprefix(jsonencode(tostring(var.v)), "\\""), "\\""), "%", "%%"), "$", "$$")}',
  ],
])("the engine quotes a token's value (with dollars: %s)", (dollar, expression) => {
  const stack = newStack();
  const { stringValue } = new TerraformVariable(stack, "v", { type: "string" });
  new TerraformLocal(stack, "quoted", quotedByEngine(stringValue, { dollar }));
  expect(synth(stack).locals.quoted).toBe(expression);
});
