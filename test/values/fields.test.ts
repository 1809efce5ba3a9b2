import { checkFields, checkOptions, type Fields } from "../../lib/values/fields";
import { PropPath } from "../../lib/values/prop-path";

interface Options {
  readonly must?: string;
  readonly may?: number;
}

const AT = PropPath.of("it");
const OPTIONS: Fields<Options> = { must: true, may: true };
// @ts-expect-error a field that is forgotten does not compile
const FORGOTTEN: Fields<Options> = { must: true };
// @ts-expect-error neither does one that is none
const TOO_MANY: Fields<Options> = { must: true, may: true, might: true };

const give = (value: object, fields = OPTIONS) => checkFields(AT, value as Options, fields);

test("fields that somebody reads are taken, whatever is in them", () => {
  const value = { must: undefined, may: null };
  expect(give(value)).toBe(value);
  expect(give({ might: 1 }, TOO_MANY)).toEqual({ might: 1 });
});

test.each<[object, string]>([
  [{ Must: "x" }, "it 'Must': must be left away, as nobody reads it; did you mean 'must'?"],
  [{ other: "x" }, "it 'other': must be left away, as nobody reads it; known are must, may"],
  [{ toString: "x" }, "it 'toString': must be left away"],
  [{ constructor: null }, "it 'constructor': must be left away"],
])("%j is refused", (value, message) => expect(() => give(value)).toThrow(message));

test("one that is known to nobody is refused even where it is an option elsewhere", () => {
  expect(() => give({ may: 1 }, FORGOTTEN)).toThrow(
    "it 'may': must be left away, as nobody reads it; known are must",
  );
});

test("what is no object is refused first", () => {
  expect(() => checkOptions(AT, 5 as unknown as Options, OPTIONS)).toThrow(
    "it 'options': must be an object, got 5",
  );
});
