import fc from "fast-check";
import { environmentAssignment, execWord } from "../../lib/systemd/quote";
import { unquote } from "../../lib/systemd/unquote";
import { PropPath } from "../../lib/values/prop-path";
import { FIXED, HARD_STRING } from "./random-strings";

const AT = PropPath.of("at");
const words = (text: string): string[] => unquote(AT, text).map((word) => word.text);

test.each([
  ["", []],
  ["  ", []],
  ["/usr/bin/puma  -C\tconfig/puma.rb ", ["/usr/bin/puma", "-C", "config/puma.rb"]],
  [`'a b' "c d"`, ["a b", "c d"]],
  [`''`, [""]],
  [`A=1 B='x y' C="z"`, ["A=1", "B=x y", "C=z"]],
  [`"it's" '"'`, ["it's", '"']],
  [`a\\ b c\\`, ["a\\ b", "c\\"]],
  [`a\\sb`, ["a b"]],
  [`"\\x41\\101\\u00e9\\U0001F600\\n"`, ["AAé😀\n"]],
  [`"\\xc3\\xa9"`, ["é"]],
  [`"\\N\\q\\X41\\x00\\000"`, ["\\N\\q\\X41\\x00\\000"]],
  [`'\\''`, ["'"]],
  ["$HOME ${X} %i", ["$HOME", "${X}", "%i"]],
])("%s is %j", (text, expected) => {
  expect(words(text)).toEqual(expected);
});

test("a plain semicolon is told from a quoted one", () => {
  expect(unquote(AT, `a ; ";" \\;`)).toEqual([
    { text: "a", isQuoted: false },
    { text: ";", isQuoted: false },
    { text: ";", isQuoted: true },
    { text: "\\;", isQuoted: true },
  ]);
});

test.each([`"a b`, `a 'b`, `"a\\"`])("%s is refused: a quote is not closed", (text) => {
  expect(() => unquote(AT, text)).toThrow(/^at: must close the ['"] that it opens, got /);
});

test("what the library quotes comes back", () => {
  const comesBack = (strings: string[]): void => {
    const line = strings.map((text) => execWord(AT, text)).join(" ");
    expect(words(line)).toEqual(strings.map((text) => text.replace(/[$%]/g, "$&$&")));
    const assignments = strings.map((text) => environmentAssignment(AT, "A", text)).join("  ");
    expect(words(assignments)).toEqual(strings.map((text) => `A=${text.replace(/%/g, "%%")}`));
  };
  fc.assert(fc.property(fc.array(HARD_STRING, { minLength: 1 }), comesBack), {
    numRuns: 1000,
    examples: [[FIXED]],
  });
});
