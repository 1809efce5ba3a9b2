import { Fn, Lazy, TerraformVariable, Token } from "cdktf";
import { holdsListToken, holdsToken, isToken, mapPieces, tokensIn } from "../../lib/values/marker";
import { newStack } from "../stack";

const variable = () => new TerraformVariable(newStack(), "v", { type: "string" });

/** One of each kind of token that cdktf has. */
function tokens(): [string, unknown][] {
  const { stringValue, numberValue, listValue, booleanValue, value } = variable();
  return [
    ["a string", stringValue],
    ["a part of a string", `a ${stringValue} b`],
    ["a number", numberValue],
    ["a boolean", booleanValue],
    ["a list", listValue],
    ["a list of numbers", Token.asNumberList(value)],
    ["a map", Token.asStringMap(value)],
    ["a map of numbers", Token.asNumberMap(value)],
    ["a map of booleans", Token.asBooleanMap(value)],
    ["any value", Token.asAny(value)],
    ["an expression", Fn.upper(stringValue)],
    ["a lazy value", Lazy.anyValue({ produce: () => "x" })],
    ["a lazy string", Lazy.stringValue({ produce: () => "x" })],
    ["a lazy number", Lazy.numberValue({ produce: () => 1 })],
  ];
}

const NO_TOKENS: [string, unknown][] = [
  ["a string", "text"],
  ["an empty string", ""],
  ["what looks like a marker", "${TfToken[]} ${TfToken[a b]} #{TfToken[TOKEN.1]} ${var.a}"],
  ["a number", 1],
  ["a large number", -8.1e297],
  ["the largest number", -Number.MAX_VALUE],
  ["no number", NaN],
  ["infinity", -Infinity],
  ["a boolean", true],
  ["undefined", undefined],
  ["null", null],
  ["an empty list", []],
  ["a list", ["text"]],
  ["a list of numbers", [1]],
  ["an object", { resolve: "text" }],
  ["a date", new Date()],
];

test.each([...tokens(), ...NO_TOKENS.map(([name, value]): [string, unknown] => [`${name}, known`, value])])(
  "%s is a token if, and only if, cdktf takes it for one",
  (_, value) => {
    expect(isToken(value)).toBe(Token.isUnresolved(value));
  },
);

test.each(tokens())("%s is a token", (_, value) => {
  expect(isToken(value)).toBe(true);
});

test.each(NO_TOKENS)("%s is none, however deep", (_, value) => {
  expect([isToken(value), holdsToken([{ a: value }])]).toEqual([false, false]);
});

test.each(tokens())("%s is found however deep", (_, value) => {
  expect(isToken([{ a: value }])).toBe(false);
  expect(holdsToken([{ a: value }])).toBe(true);
  expect(holdsToken({ a: { b: [1, value] } })).toBe(true);
});

test("a number in a string is a token, which cdktf does not say", () => {
  const { numberValue } = variable();
  for (const text of [`${numberValue}`, `v-${numberValue}`, `1${numberValue}00`]) {
    expect([isToken(text), Token.isUnresolved(text)]).toEqual([true, false]);
  }
  expect(isToken("-8.1e+297 -1.5e+300")).toBe(false);
});

test("every number that cdktf gives a token is told from others", () => {
  const { value } = variable();
  const numbers = Array.from({ length: 1000 }, () => Token.asNumber(value));
  expect(numbers.filter((number) => !isToken(number) || !isToken(`${number}`))).toEqual([]);
});

test("an element of a list of the engine's is told from a string", () => {
  const { listValue, stringValue } = variable();
  expect([listValue[0] as string, `a${listValue[0]}`, stringValue, "text"].map(holdsListToken)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("a string is rendered piece by piece, and a piece hears that a token follows it", () => {
  const { stringValue, numberValue } = variable();
  const literal = (piece: string, beforeToken: boolean) => `(${piece}${beforeToken ? ">" : ""})`;
  expect(mapPieces(`a${stringValue}b`, literal, () => "T")).toBe("(a>)T(b)");
  expect(mapPieces(`-1.5e+300${numberValue}00`, literal, () => "N")).toBe("(-1.5e+300>)N(00)");
  expect(mapPieces("plain", literal, () => "T")).toBe("(plain)");
});

test("the markers in a string are found as they stand there", () => {
  const { stringValue, numberValue } = variable();
  expect(tokensIn(`a${stringValue}b${numberValue}-${stringValue}`)).toEqual([
    stringValue,
    `${numberValue}`,
    stringValue,
  ]);
});
