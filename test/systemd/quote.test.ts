import fc from "fast-check";
import { environmentAssignment, execPath, execWord, pathValue, patternValue } from "../../lib/systemd/quote";
import { UnitFile } from "../../lib/systemd/unit-file";
import { PropPath } from "../../lib/values/prop-path";
import { FIXED, HARD_STRING } from "./random-strings";

const AT = PropPath.of("at");

describe("an argument of an Exec line", () => {
  test.each([
    ["-C", "-C"],
    ["tcp://0.0.0.0:9292?backlog=10&x=[y]", "tcp://0.0.0.0:9292?backlog=10&x=[y]"],
    ["", '""'],
    [";", '";"'],
    ["a;b", "a;b"],
    ["a b", '"a b"'],
    ["100%", "100%%"],
    ["%i", "%%i"],
    ["$HOME", "$$HOME"],
    ["${HOME} $$", '"$${HOME} $$$$"'],
    ['say "hi"', '"say \\"hi\\""'],
    ["it's", `"it's"`],
    ["C:\\x41", '"C:\\\\x41"'],
    ["a\\", '"a\\\\"'],
    ["a\nb\r\tc", '"a\\nb\\r\\tc"'],
    ["\x01\x1b\x7f", '"\\x01\\x1b\\x7f"'],
    ["日本😀", "日本😀"],
    ["\u0085", '"\u0085"'],
    ["#{x}", "#{x}"],
  ])("%j is written %s", (text, written) => {
    expect(execWord(AT, text)).toBe(written);
  });

  test.each([
    ["\0", 'at: must not contain NUL, got "\\u0000"'],
    ["a\uDC00", 'at: must not contain a lone surrogate, got "a\\udc00"'],
    ["\uFDEF", "at: must not contain a Unicode noncharacter"],
    ["\uFFFF", "at: must not contain a Unicode noncharacter"],
    ["\u{10FFFE}", "at: must not contain a Unicode noncharacter"],
    ["a".repeat(131_072), "at: must be at most 131071 bytes long"],
    ["ä".repeat(65_536), "at: must be at most 131071 bytes long"],
  ])("%.20j is refused", (text, message) => {
    expect(() => execWord(AT, text)).toThrow(message);
  });

  test("of the greatest length is not", () => {
    expect(execWord(AT, "a".repeat(131_071))).toHaveLength(131_071);
  });
});

describe("the program of an Exec line", () => {
  test.each([
    ["/usr/bin/puma", "/usr/bin/puma"],
    ["/srv/my app/sbin/puma", '"/srv/my app/sbin/puma"'],
    ["/srv/100%/puma", "/srv/100%%/puma"],
    ["/srv/é/@puma", "/srv/é/@puma"],
  ])("%s is written %s", (path, written) => {
    expect(execPath(AT, path)).toBe(written);
  });

  test.each([
    ["puma", "must be an absolute path"],
    ["", "must be an absolute path"],
    ["-/usr/bin/puma", "must be an absolute path"],
    ["/usr/bin/", "must be a program, not a directory"],
    ["/opt/$HOME/puma", "must not contain '$'"],
    ["/opt/it's/puma", "must not contain a quote or a backslash"],
    ["/opt/\\/puma", "must not contain a quote or a backslash"],
    ["/opt/*/puma", "must not contain '*', '?' or '['"],
    ["/opt/a\nb", "must not contain a control character"],
    [`/${"a".repeat(256)}`, "must be at most 4095 bytes long, 255 in each part"],
  ])("%.20j is refused", (path, message) => {
    expect(() => execPath(AT, path)).toThrow(`at: ${message}`);
  });
});

describe("an assignment of Environment=", () => {
  test.each([
    ["RACK_ENV", "production", "RACK_ENV=production"],
    ["A", "", "A="],
    ["A", "b c", '"A=b c"'],
    ["A", "$HOME ${X}", '"A=$HOME ${X}"'],
    ["A", "$HOME", "A=$HOME"],
    ["A", "50%", "A=50%%"],
    ["A", "a\nExecStart=/bin/false", '"A=a\\nExecStart=/bin/false"'],
    ["A", "b=c;d", "A=b=c;d"],
  ])("%s, %j is written %s", (name, value, written) => {
    expect(environmentAssignment(AT, name, value)).toBe(written);
  });

  test.each(["", "1A", "A-B", "A B", "A=B", "Ä", "A\n"])("of a variable named %j is refused", (name) => {
    expect(() => environmentAssignment(AT, name, "x")).toThrow("at: must be letters, digits");
  });

  test("counts the name to the length that Linux allows", () => {
    expect(() => environmentAssignment(AT, "AB", "x".repeat(131_068))).not.toThrow();
    expect(() => environmentAssignment(AT, "AB", "x".repeat(131_069))).toThrow("131071 bytes");
  });
});

describe("a path", () => {
  test.each([
    ["/srv/my app", "/srv/my app"],
    ["/srv/100%", "/srv/100%%"],
    ['/srv/"q"', '/srv/"q"'],
    ["/srv/a*", "/srv/a*"],
    ["/srv/a\\b", "/srv/a\\b"],
  ])("%s is written %s", (path, written) => {
    expect(pathValue(AT, path)).toBe(written);
  });

  test.each([
    ["/srv/a*b", "/srv/a\\*b"],
    ["/srv/[a]?", "/srv/\\[a]\\?"],
    ["/srv/a\\", "/srv/a\\\\"],
    ["/srv/{a,b}", "/srv/{a,b}"],
  ])("%s is written %s where systemd reads a pattern", (path, written) => {
    expect(patternValue(AT, path)).toBe(written);
  });

  test.each([
    ["srv", "must be an absolute path"],
    ["~", "must be an absolute path"],
    ["/srv/../etc", "must be without '..'"],
    ["/srv/a ", "must not begin or end with white space"],
    ["/srv/a\nb", "must not contain a control character"],
    ["/srv/a\0", "must not contain NUL"],
    [`/${"é".repeat(128)}`, "must be at most 4095 bytes long, 255 in each part"],
  ])("%.20j is refused", (path, message) => {
    expect(() => pathValue(AT, path)).toThrow(`at: ${message}`);
    expect(() => patternValue(AT, path)).toThrow(`at: ${message}`);
  });

  test("that ends with a backslash is refused where nothing can escape it", () => {
    expect(() => pathValue(AT, "/srv/a\\")).toThrow("at: must not end with a backslash");
  });
});

describe("the marker of a token", () => {
  const TOKEN = "${TfToken[TOKEN.12]}";

  test("stays what it is, between quotes that are always there", () => {
    expect(execWord(AT, TOKEN)).toBe(`"${TOKEN}"`);
    expect(environmentAssignment(AT, "A", TOKEN)).toBe(`"A=${TOKEN}"`);
  });

  test("has all before and behind it quoted", () => {
    const text = `"\\%$${TOKEN}\n$`;

    expect(execWord(AT, text)).toBe(`"\\"\\\\%%$$${TOKEN}\\n$$"`);
    expect(environmentAssignment(AT, "A", text)).toBe(`"A=\\"\\\\%%$${TOKEN}\\n$"`);
  });

  test("of a number stays what it is too", () => {
    const number = "-8.155317261235942e+298";
    expect(execWord(AT, `v-${number}%`)).toBe(`"v-${number}%%"`);
  });

  test("takes no check from what stands beside it", () => {
    expect(() => execWord(AT, `${TOKEN}\0`)).toThrow("at: must not contain NUL");
    expect(() => environmentAssignment(AT, "A-B", TOKEN)).toThrow("at: must be letters, digits");
    expect(() => execWord(AT, "#{TfToken[TOKEN.12]}")).toThrow("at: must be a string, got a Terraform list");
  });
});

test("hard strings, as arguments and variables, add no line to a unit", () => {
  const addNoLine = (strings: string[]): void => {
    const file = new UnitFile();
    const service = file.section("Service");
    service.add("ExecStart", ["/bin/true", ...strings.map((text) => execWord(AT, text))].join(" "));
    const assignments = strings.map((text, i) => environmentAssignment(AT, `S${i}`, text));
    service.add("Environment", assignments);

    expect(file.toString().split(/[\n\r\0]/)).toHaveLength(1 + 1 + strings.length + 1);
    expect(UnitFile.parse(file.toString())._sections).toEqual(file._sections);
  };
  fc.assert(fc.property(fc.array(HARD_STRING, { minLength: 1 }), addNoLine), {
    numRuns: 1000,
    examples: [[FIXED]],
  });
});

describe("text that is not in normal form C, which Terraform would change on its way", () => {
  it.each([
    ["e\u0301", '"e\\xcc\\x81"'],
    ["\u0338x", '"\\xcc\\xb8x"'],
    ["\u212b \u00e9", '"\\xe2\\x84\\xab \\xc3\\xa9"'],
    ["\u00e9", "\u00e9"],
  ])("%j arrives by its bytes", (text, word) => {
    expect(execWord(AT, text)).toBe(word);
  });

  it("is refused where systemd knows no escapes", () => {
    expect(() => pathValue(AT, "/srv/e\u0301")).toThrow("at: must be in Unicode's normal form C");
  });
});
