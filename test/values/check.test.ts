import { checkInstance, checkInteger } from "../../lib/values/check";
import { absolutePath, pathUnder } from "../../lib/values/path";
import { PropPath } from "../../lib/values/prop-path";
import { show } from "../../lib/values/show";

const AT = PropPath.of("at");

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

test("an object of a class is told from its like by its prototype", () => {
  const date = new Date();
  expect(checkInstance(AT, date, Date)).toBe(date);
  expect(() => checkInstance(AT, Date.prototype, Date)).toThrow("at: must be of the class Date, got");
  expect(() => checkInstance(AT, undefined as unknown as Date, Date)).toThrow(
    "at: must be of the class Date",
  );
});

test("checkInteger() takes its limits, and nothing beyond or between", () => {
  expect(checkInteger(AT, 3, 3, 5)).toBe(3);
  expect(checkInteger(AT, 5, 3, 5)).toBe(5);
  for (const wrong of [2, 6, 3.5, NaN])
    expect(() => checkInteger(AT, wrong, 3, 5)).toThrow(
      `at: must be a whole number between 3 and 5, got ${wrong}`,
    );
});

test("absolutePath() refuses relative ones", () => {
  expect(absolutePath(AT, "/a")).toBe("/a");
  expect(() => absolutePath(AT, "a")).toThrow('at: must be an absolute path, got "a"');
});

test.each([
  ["/srv/blog", "config.rb", "/srv/blog/config.rb"],
  ["/srv/blog/", "./config.rb", "/srv/blog/config.rb"],
  ["/", "config.rb", "/config.rb"],
  ["/srv/blog", "/etc/config.rb", "/etc/config.rb"],
])("under %s, %s is %s", (directory, path, whole) => {
  expect(pathUnder(AT, directory, path)).toBe(whole);
});

test("pathUnder() wants a name", () => {
  expect(() => pathUnder(AT, "/srv", "")).toThrow('at: must name a file, got ""');
});
