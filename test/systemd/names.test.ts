import { accountName, checkVariableName, unitFileName, unitType } from "../../lib/systemd/names";
import { PropPath } from "../../lib/values/prop-path";

const AT = PropPath.of("at");

describe("a unit's name", () => {
  test.each(["web", "web-1", "a.b", "A.b_c", "1"])("%s is taken", (name) => {
    expect(unitFileName(AT, name, "service")).toBe(`${name}.service`);
  });

  test.each([
    ["", "must not be empty"],
    ["a/b", "must not contain a slash"],
    ["web@", "must not contain '@': templates and instances are not supported"],
    ["-web", "must be letters, digits and '-_.'"],
    [".web", "must be letters, digits and '-_.'"],
    ["we b", "must be letters, digits and '-_.'"],
    ["a:b", "must be letters, digits and '-_.'"],
    ["web\\x2d1", "must be letters, digits and '-_.'"],
    ["wéb", "must be letters, digits and '-_.'"],
    ["web\n", "must be letters, digits and '-_.'"],
    ["web.service", "must be without the suffix '.service'"],
    ["web.socket", "must be without the suffix '.socket'"],
    ["a".repeat(248), "must be at most 247 characters long"],
  ])("%.20j is refused", (name, message) => {
    expect(() => unitFileName(AT, name, "service")).toThrow(`at: ${message}`);
  });

  test("may be as long as systemd allows, the suffix included", () => {
    expect(unitFileName(AT, "a".repeat(247), "service")).toHaveLength(255);
  });

  test.each([
    ["web.service", "service"],
    ["web.socket", "socket"],
    ["a.b.timer", "timer"],
    ["web", undefined],
    [".service", undefined],
    ["web.conf", undefined],
  ])("%s is of type %s", (name, type) => {
    expect(unitType(name)).toBe(type);
  });
});

describe("a variable's name", () => {
  test.each(["A", "_", "RACK_ENV", "a1"])("%s is taken", (name) => {
    expect(() => checkVariableName(AT, name)).not.toThrow();
  });

  test.each(["", "1", "A-B", "A.B", "A\n"])("%j is refused", (name) => {
    expect(() => checkVariableName(AT, name)).toThrow(`got ${JSON.stringify(name)}`);
  });
});

describe("an account", () => {
  test.each([
    ["deploy", "deploy"],
    ["www-data", "www-data"],
    ["0", "0"],
    ["1000", "1000"],
    ["EXAMPLE\\ops", "EXAMPLE\\ops"],
    ["ops@example.org", "ops@example.org"],
    ["100%", "100%%"],
    ["machine$", "machine$"],
  ])("%s is written %s", (name, written) => {
    expect(accountName(AT, name)).toBe(written);
  });

  test.each([
    ["", "must not be empty"],
    ["a:b", "must not contain ':' or '/'"],
    ["a/b", "must not contain ':' or '/'"],
    ["..", "must be the name of an account"],
    ["-", "must be the name of an account"],
    ["-1", "must be the name of an account"],
    ["65535", "must be 0 to 4294967294"],
    ["4294967295", "must be 0 to 4294967294"],
    ["007", "must be 0 to 4294967294"],
    ["a\nb", "must not contain a line break"],
    ["a\tb", "must not contain a control character"],
    ["e\u0301", "must be in Unicode's normal form C"],
    [" a", "must not begin or end with white space"],
    ["a\\", "must not end with a backslash"],
    ["a".repeat(256), "must be at most 255 bytes long"],
  ])("%.20j is refused", (name, message) => {
    expect(() => accountName(AT, name)).toThrow(`at: ${message}`);
  });
});
