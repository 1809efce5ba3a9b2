import { checkInstance, checkInteger, refuse } from "../../lib/values/check";
import { show } from "../../lib/values/show";
import { absolutePath, pathUnder } from "../../lib/values/path";

test.each([
  ["text", '"text"'],
  [["a", 1], '["a",1]'],
  [92920, "92920"],
  [undefined, "undefined"],
  [NaN, "NaN"],
  [{ a: 1 }, "an object of Object"],
  [Object.create(null), "an object of no class"],
  [Date, "the function Date"],
  ["a".repeat(100), `"${"a".repeat(78)}…`],
])("%j is shown as %s", (value, text) => {
  expect(show(value)).toBe(text);
});

test("an error names prop, limit and value", () => {
  expect(() => refuse("Bind.tcp 'port'", "be odd", 2)).toThrow("Bind.tcp 'port': must be odd, got 2");
});

test("an object of a class is told from its like by its prototype", () => {
  const date = new Date();
  expect(checkInstance("d", date, Date)).toBe(date);
  expect(() => checkInstance("d", Date.prototype, Date)).toThrow("d: must be of the class Date, got");
  expect(() => checkInstance("d", undefined as unknown as Date, Date)).toThrow(
    "d: must be of the class Date",
  );
});

test("integer() takes its limits, and nothing beyond or between", () => {
  expect(checkInteger("n", 3, 3, 5)).toBe(3);
  expect(checkInteger("n", 5, 3, 5)).toBe(5);
  for (const wrong of [2, 6, 3.5, NaN])
    expect(() => checkInteger("n", wrong, 3, 5)).toThrow(
      `n: must be a whole number between 3 and 5, got ${wrong}`,
    );
});

test("absolutePath() refuses relative ones", () => {
  expect(absolutePath("p", "/a")).toBe("/a");
  expect(() => absolutePath("p", "a")).toThrow('p: must be an absolute path, got "a"');
});

test.each([
  ["/srv/blog", "config.rb", "/srv/blog/config.rb"],
  ["/srv/blog/", "./config.rb", "/srv/blog/config.rb"],
  ["/", "config.rb", "/config.rb"],
  ["/srv/blog", "/etc/config.rb", "/etc/config.rb"],
])("under %s, %s is %s", (directory, path, whole) => {
  expect(pathUnder("p", directory, path)).toBe(whole);
});

test("pathUnder() wants a name", () => {
  expect(() => pathUnder("p", "/srv", "")).toThrow('p: must name a file, got ""');
});
